# ruff: noqa
# x: finite
from math import cos, sin, pi

angle = pi / 3
c, s = cos(angle), sin(angle)


def f(z):
    x, y = z
    return [c * x - s * y, s * x + c * y]
