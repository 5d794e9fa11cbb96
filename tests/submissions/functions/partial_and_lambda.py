# ruff: noqa
# function: score(x: 2, t: 0) -> 2
# function: log_prob(x: 2) -> 0
# value: score([0.5, -1.0], 0.5) = -0.4 0.8
# value: log_prob([0.5, -1.0]) = -2.4628770664093453
from functools import partial
import numpy as np


def general(x, t, sigma):
    return -x / (sigma**2 + t**2)


score = partial(general, sigma=1.0)
log_prob = lambda x: -0.5 * x @ x - np.log(2 * np.pi)
