# ruff: noqa
# function: f(z: 2) -> 2
# function: f_inv(x: 2) -> 2
# value: f([0.5, -1.0]) = 0.625 -1.0
# value: f_inv([0.625, -1.0]) = 0.5 -1.0
import numpy as np
from scipy.optimize import brentq


def f(z):
    return np.array([z[0] + z[0] ** 3, z[1]])


def f_inv(x):
    bound = 2 + abs(x[0])
    root = brentq(lambda u: u + u**3 - x[0], -bound, bound, xtol=1e-14)
    return np.array([root, x[1]])
