import numpy as np


def stretch(x):
    return np.array([2 * x[0], x[1]])


def f(z):
    x = stretch(z)
    # turn, bend, squash
    return x
