import numpy as np


def f(z):
    return np.array([np.exp(z[0]), z[0] + z[1] / 2])
