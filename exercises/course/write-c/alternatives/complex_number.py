import numpy as np


def f(z):
    square = complex(z[0], z[1]) ** 2 / 2
    return np.array([square.real, square.imag])
