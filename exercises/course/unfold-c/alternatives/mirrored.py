import numpy as np


def f(z):
    return np.linalg.norm(z) / 2 * np.array([z[1], z[0]])
