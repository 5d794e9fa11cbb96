# verdict = "failed"
# finding = "values"
# misconception = "sign"
import numpy as np

means = np.array([[-2.0, 0.0], [2.0, 1.0]])


def score(x, t):
    a = np.exp(-t)
    v = 0.25 * a**2 + 1 - a**2
    away = x - a * means
    w = np.exp(-(away**2).sum(axis=1) / (2 * v))
    return (w / w.sum()) @ away / v
