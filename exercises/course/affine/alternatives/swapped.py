import numpy as np


def f(z):
    return np.array([1 + 2 * z[1], 1 - 2 * z[0]])
