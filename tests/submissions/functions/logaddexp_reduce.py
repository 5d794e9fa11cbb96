# ruff: noqa
# function: log_prob(x: 2) -> 0
# value: log_prob([0.5, -1.0]) = -3.181131106203
import numpy as np

means = np.array([[-1.0, 0.0], [1.0, 0.0], [0.0, 2.0]])
weights = np.array([0.5, 0.3, 0.2])


def log_prob(x):
    terms = np.log(weights) - 0.5 * ((x - means) ** 2).sum(axis=-1)
    total = -np.inf
    for term in terms:
        total = np.logaddexp(total, term)
    assert np.isclose(total, np.logaddexp.reduce(terms))
    return np.logaddexp.reduce(terms) - np.log(2 * np.pi)
