import math

import numpy as np


def f(z):
    return [math.sinh(z[0]), z[1] * math.exp(z[0] / 2)]


def f_inv(x):
    a = math.asinh(x[0])
    return np.array([a, x[1] / math.exp(a / 2)])


def jacobian(z):
    e = math.exp(z[0] / 2)
    return np.array([[math.cosh(z[0]), 0.0], [z[1] * e / 2, e]])


def log_prob(x):
    z = f_inv(x)
    sign, log_det = np.linalg.slogdet(jacobian(z))
    return -0.5 * z @ z - math.log(2 * math.pi) - log_det
