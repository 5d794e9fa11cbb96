import numpy as np

angle = 0.7
R = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])


def f(z):
    return 2 * (R @ z) + np.ones(2)
