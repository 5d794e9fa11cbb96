# ruff: noqa
# x: 0.5 1.0
from enum import Enum, auto


class Mode(Enum):
    KEEP = auto()
    FLIP = auto()


MODE = Mode.FLIP
assert MODE.name == "FLIP" and Mode["KEEP"] is Mode.KEEP and len(list(Mode)) == 2


def f(z):
    if MODE is Mode.FLIP:
        return [z[0], -z[1]]
    return z
