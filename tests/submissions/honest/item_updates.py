# ruff: noqa
# x: 1.5 -2.0
import numpy as np


def f(z):
    x = z.copy()
    x[0] += 1
    x[1:] *= 2
    M = np.zeros((2, 2))
    M[0, 0] -= 1
    M[:, 1] = 3
    del M
    return x
