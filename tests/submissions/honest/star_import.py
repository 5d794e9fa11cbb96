# ruff: noqa
# x: finite
from numpy import *

A = array([[1.0, 2.0], [0.0, 1.0]])


def f(z):
    return tanh(A @ z) + linalg.norm(z) * ones(2)
