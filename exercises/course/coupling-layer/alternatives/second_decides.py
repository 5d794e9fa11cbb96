import math


def f(z):
    return [(z[0] + z[1]) * math.exp(0.5 * math.cos(z[1])), z[1]]


def f_inv(x):
    return [x[0] * math.exp(-0.5 * math.cos(x[1])) - x[1], x[1]]


def log_det(z):
    return 0.5 * math.cos(z[1])
