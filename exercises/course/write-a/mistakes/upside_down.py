# verdict = "failed"
# finding = "law"
# misconception = "sign of x2"
import numpy as np


def f(z):
    return np.array([z[0], -(z[0] ** 2) + z[1] / 2])
