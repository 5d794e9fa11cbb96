# ruff: noqa
# function: step(x: 2, t: 0, dt: 0) -> 2
# value: step([0.5, -1.0], 0.5, 0.1) = 0.55 -1.1
import numpy as np


def step(x, t=1.0, dt=0.1, *, noise=None):
    drift = x.copy()
    if noise is not None:
        drift += noise
    return x + dt * drift * (t > 0)
