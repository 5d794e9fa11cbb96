# verdict = "partial"
# finding = "values"
import numpy as np


def score(x, t):
    # The two components taken for one Gaussian with their mean.
    a = np.exp(-t)
    return -(x - a * np.array([0.0, 0.5])) / (0.25 * a**2 + 1 - a**2)
