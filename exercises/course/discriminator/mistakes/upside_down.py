# verdict = "failed"
# finding = "accuracy"
# misconception = "inverted"
import numpy as np


def discriminator(x):
    log_p = -2 * (x[1] - x[0] ** 2) ** 2
    log_q = -((x[1] - 1) ** 2) / 4.5 - np.log(3)
    return 1 / (1 + np.exp(log_p - log_q))
