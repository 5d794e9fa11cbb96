# ruff: noqa
# x: finite
import numpy as np
from scipy.stats import norm, gamma
from scipy import special


def f(z):
    u = norm.cdf(z)
    return np.array([gamma(2.0).ppf(u[0]), special.erfinv(2 * u[1] - 1)])
