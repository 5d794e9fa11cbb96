# verdict = "failed"
# finding = "finite"
import numpy as np


def f(z):
    return np.log(z)
