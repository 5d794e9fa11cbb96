import numpy as np
from scipy.stats import norm


def f(z):
    return np.array([np.sinh(z[0]), z[1] * np.exp(z[0] / 2)])


def log_prob(x):
    # The first coordinate by itself, and the second one given the first: a Gaussian.
    z1 = np.arcsinh(x[0])
    log_first = norm.logpdf(z1) - 0.5 * np.log1p(x[0] ** 2)
    log_second = norm.logpdf(x[1], loc=0, scale=np.exp(z1 / 2))
    return log_first + log_second
