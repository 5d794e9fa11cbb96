# ruff: noqa
# x: 0.5 1.0
import enum
import math


class Axis(enum.IntEnum):
    X = 0
    Y = 1


def sign(axis):
    match axis:
        case Axis.X:
            return 1.0
        case Axis.Y:
            return -1.0
        case math.pi:
            return 0.0


def f(z):
    return [sign(Axis.X) * z[0], sign(Axis.Y) * z[1]]
