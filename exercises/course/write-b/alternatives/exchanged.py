import numpy as np


def f(z):
    return np.array([z[1] ** 2, z[0] / 2 - z[1]])
