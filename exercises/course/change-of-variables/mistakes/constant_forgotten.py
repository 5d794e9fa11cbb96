# verdict = "partial"
# finding = "log_prob"
# misconception = "no constant"
import numpy as np


def f(z):
    return np.array([np.sinh(z[0]), z[1] * np.exp(z[0] / 2)])


def log_prob(x):
    z1 = np.arcsinh(x[0])
    z2 = x[1] * np.exp(-z1 / 2)
    return -(z1**2 + z2**2) / 2 - np.log(np.cosh(z1)) - z1 / 2
