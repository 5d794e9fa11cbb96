# ruff: noqa
# function: log_prob(x: 2) -> 0
# value: log_prob([0.5, -1.0]) = -3.181131106203
import numpy as np
from scipy.special import logsumexp

means = np.array([[-1.0, 0.0], [1.0, 0.0], [0.0, 2.0]])
weights = np.array([0.5, 0.3, 0.2])


def log_prob(x):
    d2 = np.sum((x - means) ** 2, axis=1)
    return logsumexp(np.log(weights) - 0.5 * d2) - np.log(2 * np.pi)
