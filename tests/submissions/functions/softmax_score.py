# ruff: noqa
# function: score(x: 2, t: 0) -> 2
# value: score([0.5, -1.0], 0.5) = 1.236977667953 1.656441007961
import numpy as np
from scipy.special import softmax
from scipy.stats import norm

means = np.array([[2.0, 0.0], [-2.0, 1.0]])
weights = np.array([0.3, 0.7])


def score(x, t):
    alpha, var = np.sqrt(1 - t), 0.25 * (1 - t) + t
    logits = np.log(weights) + norm.logpdf(x, alpha * means, np.sqrt(var)).sum(axis=1)
    gamma = softmax(logits)
    return (gamma[:, None] * (alpha * means - x)).sum(axis=0) / var
