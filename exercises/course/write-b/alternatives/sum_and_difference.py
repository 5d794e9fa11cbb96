import numpy as np


def f(z):
    # The sum and the difference of two standard Gaussians are independent.
    u = (z[0] + z[1]) / np.sqrt(2)
    v = (z[0] - z[1]) / np.sqrt(2)
    return np.array([u * u, v / 2 - u])
