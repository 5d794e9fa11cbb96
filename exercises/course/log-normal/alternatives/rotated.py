import numpy as np

R = np.array([[3, -4], [4, 3]]) / 5


def f(z):
    return np.exp(R @ z)
