# ruff: noqa
# x: 0.5 0.5
import numpy as np

A = np.array([[1.0, 0.0], [1.0, 0.0]])
b = np.zeros(2)


def f(z):
    return A @ z + b
