# ruff: noqa
# x: finite
import numpy as np


class Linear:
    """One layer."""

    def __init__(self, n_in, n_out, rng):
        self.W = rng.normal(size=(n_out, n_in)) / np.sqrt(n_in)
        self.b = np.zeros(n_out)

    def __call__(self, x):
        return self.W @ x + self.b


class Net:
    def __init__(self, *sizes, seed=0):
        rng = np.random.default_rng(seed)
        self.layers = [Linear(a, b, rng) for a, b in zip(sizes, sizes[1:])]
        self.calls = 0

    def __call__(self, x):
        self.calls += 1
        for layer in self.layers[:-1]:
            x = np.maximum(layer(x), 0)
        return self.layers[-1](x)


net = Net(2, 32, 32, 2)


def f(z):
    return net(z)
