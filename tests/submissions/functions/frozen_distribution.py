# ruff: noqa
# function: log_prob(x: 2) -> 0
# value: log_prob([0.5, -1.0]) = -3.069007066265
import numpy as np
from scipy.stats import multivariate_normal

left = multivariate_normal(mean=[-1, 0], cov=[[1, 0.5], [0.5, 1]])
right = multivariate_normal([1, 0], np.eye(2))


def log_prob(x):
    return np.log(0.5 * left.pdf(x) + 0.5 * right.pdf(x))
