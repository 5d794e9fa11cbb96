# ruff: noqa
# x: finite
import numpy as np
from numpy.polynomial import Polynomial

p = Polynomial([0.0, 1.0, 0.0, 1.0])
q = np.poly1d([1, 0, 1])


def f(z):
    return p(z) + q(z) + p.deriv()(z) + np.polyval([1.0, 2.0], z)
