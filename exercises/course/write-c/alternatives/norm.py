import numpy as np


def f(z):
    return z * np.linalg.norm(z) / 2 * np.array([1, -1])
