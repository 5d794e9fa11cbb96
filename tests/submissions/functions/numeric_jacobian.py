# ruff: noqa
# function: f(z: 2) -> 2
# function: log_det(z: 2) -> 0
# value: log_det([0.5, -1.0]) = 0.6931471805599453
import numpy as np


def f(z):
    return np.array([2 * z[0], z[1] + np.sin(z[0])])


def jacobian(f, z, h=1e-5):
    J = np.zeros((2, 2))
    for j in range(2):
        e = np.zeros(2)
        e[j] = h
        J[:, j] = (f(z + e) - f(z - e)) / (2 * h)
    return J


def log_det(z):
    sign, value = np.linalg.slogdet(jacobian(f, z))
    return value
