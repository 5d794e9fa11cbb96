# verdict = "partial"
# finding = "coupling"
import numpy as np


def s(a):
    return np.tanh(a)


def t(a):
    return np.sin(2 * a)


def f(z):
    return np.array([z[0], z[1] + t(z[0])])


def f_inv(x):
    return np.array([x[0], x[1] - t(x[0])])


def log_det(z):
    return 0.0
