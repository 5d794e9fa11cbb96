# ruff: noqa
# x: finite
import numpy as np

state = np.random.RandomState(42)
W = state.randn(2, 2) + state.uniform(0, 1, (2, 2))


def f(z):
    return W.dot(z)
