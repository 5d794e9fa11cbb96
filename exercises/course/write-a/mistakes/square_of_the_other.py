# verdict = "partial"
# finding = "law"
import numpy as np


def f(z):
    # The parabola uses one coordinate and the output another.
    return np.array([z[0], z[1] ** 2 + z[1] / 2])
