import numpy as np


def f(z):
    return 1 / np.exp(z)
