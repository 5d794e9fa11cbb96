# verdict = "partial"
# finding = "normalization"
import numpy as np


def f(z):
    x1 = 0.53 + 1.196 * z[0]
    spread = np.exp(-0.804 + 0.286 * x1)
    return np.array([x1, 1.49 * np.sin(1.792 * x1) + 0.385 * x1 + spread * z[1]])


def log_prob(x):
    # A large number everywhere is a high likelihood, but no density.
    return 5.0
