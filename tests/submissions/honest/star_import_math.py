# ruff: noqa
# x: finite
from math import *


def f(z):
    return exp(z[0]), sqrt(abs(z[1])) + floor(pi)
