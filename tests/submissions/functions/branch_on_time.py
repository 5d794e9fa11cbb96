# ruff: noqa
# function: score(x: 2, t: 0) -> 2
# value: score([0.5, -1.0], 0.75) = -0.25 0.5
# value: score([0.5, -1.0], 0.25) = -0.5 1.0
import numpy as np


def score(x, t):
    if t > 0.5:
        variance = 2.0
    else:
        variance = 1.0
    return np.array([-x[0] / variance, -x[1] / variance])
