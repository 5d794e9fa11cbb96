# ruff: noqa
# x: finite
from scipy.optimize import brentq


def f(z):
    return [brentq(lambda x: x**3 + x - zi, -50, 50) for zi in z]
