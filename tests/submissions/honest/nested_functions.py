# ruff: noqa
# x: finite
import numpy as np


def compose(*functions):
    def composed(x):
        for function in functions:
            x = function(x)
        return x

    return composed


layers = {"a": np.sinh, "b": lambda x: x + 0.1 * np.sin(3 * x), "c": np.tanh}
f = compose(*layers.values(), *[np.exp] * 2)
