# verdict = "partial"
# finding = "fit"
import numpy as np


def f(z):
    x1 = 0.53 + 1.196 * z[0]
    return np.array([x1, 1.49 * np.sin(1.792 * x1) + 0.385 * x1 + 0.6 * z[1]])


def log_prob(x):
    z1 = (x[0] - 0.53) / 1.196
    z2 = (x[1] - 1.49 * np.sin(1.792 * x[0]) - 0.385 * x[0]) / 0.6
    return -0.5 * (z1**2 + z2**2) - np.log(2 * np.pi) - np.log(1.196 * 0.6)
