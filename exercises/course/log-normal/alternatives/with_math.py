import math


def f(z):
    return [math.exp(z[1]), math.exp(z[0])]
