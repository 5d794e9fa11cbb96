# ruff: noqa
# function: log_prob(x: 2) -> 0
# value: log_prob([0.5, -1.0]) = -2.4628770664093453
from scipy.stats import norm


def log_prob(x):
    return norm.logpdf(x[0]) + norm(loc=0, scale=1).logpdf(x[1])
