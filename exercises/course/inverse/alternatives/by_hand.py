import math


def f(z):
    a = math.sinh(z[0])
    b = z[1] + a * a / 4
    return [a + b, 2 * b]


def f_inv(x):
    b = x[1] / 2
    a = x[0] - b
    return [math.asinh(a), b - a * a / 4]
