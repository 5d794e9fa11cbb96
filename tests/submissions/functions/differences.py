# ruff: noqa
# function: score(x: 2, t: 0) -> 2
# value: score([0.5, -1.0], 0.5) = -0.4 0.8
import math
import numpy as np


def log_density(x, y, t):
    v = 1 + t * t
    return -math.log(2 * math.pi * v) - (x * x + y * y) / (2 * v)


def score(x, t, h=1e-4):
    a, b = x
    return np.array(
        [
            (log_density(a + h, b, t) - log_density(a - h, b, t)) / (2 * h),
            (log_density(a, b + h, t) - log_density(a, b - h, t)) / (2 * h),
        ]
    )
