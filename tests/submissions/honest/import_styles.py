# ruff: noqa
# x: 0.5 -1.0
from __future__ import annotations, division
import collections.abc as containers
import numpy, scipy.stats
import numpy.linalg as la
import numpy.random as npr
import scipy as sp
from numpy import array as arr, float64, pi as π
from numpy.linalg import norm as length
from numpy.random import default_rng, randn


class Layer:
    """A layer with slots."""

    __slots__ = ("_w", "__bias")
    count: int

    def __init__(self, w, bias):
        self._w, self.__bias = w, bias

    def __call__(self, x):
        return self._w * x + self.__bias


def f(z):
    assert la.norm(z) == length(z) == numpy.linalg.norm(z)
    assert isinstance(z, containers.Iterable) and isinstance(f, containers.Callable)
    assert scipy.stats.norm.cdf(0.0) == sp.special.ndtr(0.0) == 0.5
    assert npr.default_rng(1).random() == default_rng(1).random()
    return Layer(arr([1.0, 1.0], dtype=float64), 0.0 * π)(z)
