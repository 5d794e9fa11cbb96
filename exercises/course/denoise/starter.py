import numpy as np

means = np.array([[-2.0, 0.0], [2.0, 1.0]])
s = 0.5
times = 5 * np.linspace(1, 0, 11) ** 2


def denoise(x, t):
    """The best guess of the data, given x at time t."""
    return x


def f(z):
    x = z
    for t, u in zip(times[:-1], times[1:]):
        guess = denoise(x, t)
        # Step from time t to time u.
    return x
