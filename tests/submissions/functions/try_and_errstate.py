# ruff: noqa
# function: log_prob(x: 2) -> 0
# value: log_prob([0.5, 1.0]) = -1.884956392809
# value: log_prob([-0.5, 1.0]) = -1e10
import math
import numpy as np


def log_prob(x):
    try:
        log_x = math.log(x[0])
    except ValueError:
        return -1e10
    with np.errstate(divide="ignore", invalid="ignore"):
        return -0.5 * log_x**2 - log_x - 0.5 * x[1] ** 2 - np.log(2 * np.pi)
