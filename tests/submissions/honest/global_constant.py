# ruff: noqa
# x: 2.5 1.0
import math

_SCALE = 2
__all__ = ["f"]
__version__ = "1.0"
_cache_size = 3


def _helper(x):
    global _SCALE
    _SCALE = 2.0
    return x + _SCALE


def f(z):
    return _helper(z)
