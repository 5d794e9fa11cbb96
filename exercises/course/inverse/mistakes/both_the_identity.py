# verdict = "failed"
# finding = "law"
import numpy as np

A = np.array([[1.0, 1.0], [0.0, 2.0]])


def f(z):
    y = np.array([np.sinh(z[0]), z[1]])
    y = np.array([y[0], y[1] + y[0] ** 2 / 4])
    return A @ y


def f(z):
    return z


def f_inv(x):
    return x
