import numpy as np


def halves(x):
    return x.reshape(2, 2048)


def f(z):
    a, b = halves(z)
    return np.concatenate([a, b * np.exp(np.sin(a)) + a**2])


def f_inv(x):
    a, b = halves(x)
    return np.concatenate([a, (b - a**2) * np.exp(-np.sin(a))])


def log_det(z):
    a, _ = halves(z)
    return float(np.sum(np.sin(a)))
