# ruff: noqa
# x: 2.0 -1.0
import numpy as np


def f(z):
    return 2 * z + 1
