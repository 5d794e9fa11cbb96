# ruff: noqa
# function: log_prob(x: 2) -> 0
# value: log_prob([0.5, -1.0]) = -3.181131106203
import scipy.special
import numpy as np

MEANS = [(-1.0, 0.0), (1.0, 0.0), (0.0, 2.0)]
WEIGHTS = [0.5, 0.3, 0.2]


def log_normal(x, m):
    return -0.5 * sum((a - b) ** 2 for a, b in zip(x, m)) - np.log(2 * np.pi)


def log_prob(x):
    terms = [log_normal(x, m) for m in MEANS]
    return scipy.special.logsumexp(terms, b=WEIGHTS, axis=0)
