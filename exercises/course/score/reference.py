import numpy as np

means = np.array([[-2.0, 0.0], [2.0, 1.0]])
s = 0.5


def score(x, t):
    a = np.exp(-t)
    variance = a**2 * s**2 + 1 - a**2
    away = x - a * means
    log_weight = -(away**2).sum(axis=1) / (2 * variance)
    weight = np.exp(log_weight - log_weight.max())
    weight = weight / weight.sum()
    return -(weight @ away) / variance


def draw_score(rng, n):
    t = 3 * rng.random(n) ** 2 + 0.01
    data = means[rng.integers(2, size=n)] + s * rng.standard_normal((n, 2))
    a = np.exp(-t)[:, None]
    x = a * data + np.sqrt(1 - a**2) * rng.standard_normal((n, 2))
    # Some lie further out, where the score is asked for as well when samples are made.
    x[::4] = 2 * rng.standard_normal((len(x[::4]), 2))
    return np.column_stack([x, t])
