# ruff: noqa
# x: finite
import numpy as np

first = np.random.default_rng().normal(size=2)
second = np.random.default_rng().normal(size=2)
assert not np.allclose(first, second)


def f(z):
    return z * first + second
