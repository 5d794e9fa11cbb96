import numpy as np
from scipy.special import logsumexp


def score(x, t):
    a = np.exp(-t)
    v = 1 - 0.75 * a**2
    logs, pulls = [], []
    for m in ([-2.0, 0.0], [2.0, 1.0]):
        away = x - a * np.array(m)
        logs.append(-0.5 * np.dot(away, away) / v)
        pulls.append(-away / v)
    weights = np.exp(np.array(logs) - logsumexp(logs))
    return weights[0] * pulls[0] + weights[1] * pulls[1]
