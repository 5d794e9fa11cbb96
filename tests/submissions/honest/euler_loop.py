# ruff: noqa
# x: finite
import numpy as np


def f(z):
    x, t, dt = z, 0.0, 0.1
    while t < 1.0:
        x = x + dt * np.array([x[1], -x[0]])
        t += dt
        if not np.isfinite(x).all():
            break
    else:
        x = x * 1.0
    return x
