# ruff: noqa
# x: 1.0 -3.0
from collections import namedtuple
from typing import NamedTuple

Affine = namedtuple("Affine", ["a", "b"])


class Point(NamedTuple):
    x: float
    y: float = 0.0


t = Affine(a=2.0, b=Point(0.0, -1.0))


def f(z):
    x = t.a * z[0] + t.b.x
    y = t._replace(a=2.0).a * z[1] + t.b.y
    return Point(x, y)
