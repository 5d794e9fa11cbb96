# ruff: noqa
# x: finite
import numpy as np

relu = np.vectorize(lambda x: x if x > 0 else 0.1 * x)
table = np.linspace(-5, 5, 101)


def f(z):
    y = np.interp(z, table, np.cumsum(np.exp(-(table**2))))
    return relu(np.where(z > 0, y, -y)) + np.piecewise(
        z, [z < 0, z >= 0], [lambda t: -t, lambda t: t]
    )
