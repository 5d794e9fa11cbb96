# verdict = "failed"
# finding = "values"
import numpy as np

means = np.array([[-2.0, 0.0], [2.0, 1.0]])


def score(x, t):
    v = 0.25 * np.exp(-2 * t) + 1 - np.exp(-2 * t)
    away = x - means
    w = np.exp(-(away**2).sum(axis=1) / (2 * v))
    return -(w / w.sum()) @ away / v
