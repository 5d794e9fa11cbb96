# verdict = "partial"
# finding = "coupling"
import numpy as np


def s(a):
    return np.tanh(a)


def t(a):
    return np.sin(2 * a)


def f(z):
    # The scale looks at the coordinate that it scales.
    return np.array([z[0], z[1] * np.exp(s(z[1])) + t(z[0])])


def f_inv(x):
    return np.array([x[0], (x[1] - t(x[0])) * np.exp(-s(x[1]))])


def log_det(z):
    return s(z[1])
