# ruff: noqa
# function: score(x: 2, t: 0) -> 2
# value: score([0.5, -1.0], 0.5) = -0.4 0.8
import numpy as np


def make_score(sigma):
    def schedule(t):
        return sigma**2 + t**2

    def score(x, t):
        return -x / schedule(t)

    return score


score = make_score(sigma=1.0)
