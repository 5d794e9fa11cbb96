# verdict = "partial"
# finding = "fit"
import numpy as np

means = np.array([[-2.0, 0.0], [2.0, 1.0]])
times = 5 * np.linspace(1, 0, 11) ** 2


def denoise(x, t):
    a = np.exp(-t)
    v = a**2 * 0.25 + 1 - a**2
    away = x - a * means
    w = np.exp(-np.sum(away**2, axis=1) / (2 * v))
    w = w / np.sum(w)
    return w @ (means + a * 0.25 * away / v)


def f(z):
    x = z
    for t, u in zip(times[:-1], times[1:]):
        guess = denoise(x, t)
        noise = (x - np.exp(-t) * guess) / np.sqrt(1 - np.exp(-2 * t))
        x = np.exp(-u) * guess + np.sqrt(1 - np.exp(-2 * u)) * noise
    return x
