# ruff: noqa
# function: score(x: 2, t: 0) -> 2
# value: score([0.5, -1.0], 0.5) = -0.4 0.8
import numpy as np


class Score:
    """The score of N(0, (1 + t²) I)."""

    def __init__(self, variance):
        self.variance = variance

    def __call__(self, x, t):
        return -x / (self.variance + t**2)


score = Score(1.0)
