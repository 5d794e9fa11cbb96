# ruff: noqa
# x: finite
import random

random.seed(3)
a, b = random.gauss(0, 1), random.uniform(-1, 1)


def f(z):
    return [a * z[0], b + z[1]]
