# ruff: noqa
# x: finite
import numpy as np
import scipy.linalg

A = scipy.linalg.expm(np.array([[0.0, -1.0], [1.0, 0.0]]))
L = np.linalg.cholesky(np.array([[2.0, 0.5], [0.5, 1.0]]))


def f(z):
    return L @ A @ z + scipy.linalg.solve(L, z)
