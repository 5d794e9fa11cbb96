# ruff: noqa
# x: finite
import cmath
import numpy as np


def f(z):
    w = complex(z[0], z[1])
    w = w * w + cmath.exp(1j * w)
    v = z.view(complex)[0]
    return np.array([w.real + v.real, (w.conjugate()).imag])
