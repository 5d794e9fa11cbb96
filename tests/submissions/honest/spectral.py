# ruff: noqa
# x: finite
import numpy as np

M = np.array([[2.0, 1.0], [1.0, 3.0]])
values, vectors = np.linalg.eigh(M)
U, s, Vh = np.linalg.svd(M)
same = np.linalg.svd(M).S


def f(z):
    return vectors @ np.diag(values) @ vectors.T @ z + U @ (s * (Vh @ z)) + same
