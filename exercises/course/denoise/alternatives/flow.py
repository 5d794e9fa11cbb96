import math

import numpy as np

# The probability flow dx/dt = -x - score(x, t), backwards, by Heun's method.
centre, half = np.array([0.0, 0.5]), np.array([2.0, 0.5])
times = 5 * np.linspace(1, 0, 31) ** 2


def drift(x, t):
    a = math.exp(-t)
    v = 0.25 * a * a + 1 - a * a
    side = np.tanh(np.dot(x - a * centre, half) * a / v)
    return -x - (a * (centre + side * half) - x) / v


def f(z):
    x = z
    for t, u in zip(times[:-1], times[1:]):
        first = drift(x, t)
        second = drift(x + (u - t) * first, u)
        x = x + (u - t) * (first + second) / 2
    return x
