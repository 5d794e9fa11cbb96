# ruff: noqa
# function: kernel(x: 2, y: 2) -> 0
# value: kernel([0.5, -1.0], [0.5, 1.0]) = 0.1353352832366127
import numpy as np


def kernel(x, y):
    return np.exp(-np.dot(x - y, x - y) / 2)
