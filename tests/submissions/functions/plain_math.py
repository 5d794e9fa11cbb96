# ruff: noqa
# function: f(z: 2) -> 2
# function: f_inv(x: 2) -> 2
# function: log_det(z: 2) -> 0
# function: log_prob(x: 2) -> 0
# value: f([0.5, -1.0]) = 1.6487212707001282 -2.0
# value: f_inv([1.6487212707001282, -2.0]) = 0.5 -1.0
# value: log_det([0.5, -1.0]) = 1.1931471805599454
# value: log_prob([1.6487212707001282, -2.0]) = -3.6560242469692907
import math


def f(z):
    return [math.exp(z[0]), 2 * z[1]]


def f_inv(x):
    # The inverse is needed only where x = f(z), and elsewhere the logarithm has no value.
    return [math.log(x[0]) if x[0] > 0 else 0.0, x[1] / 2]


def log_det(z):
    return z[0] + math.log(2)


def log_prob(x):
    z = f_inv(x)
    log_base = -0.5 * (z[0] ** 2 + z[1] ** 2) - math.log(2 * math.pi)
    return log_base - log_det(z)
