import numpy as np


def f(z):
    x1 = 0.5 + 1.2 * z[0]
    return np.array([x1, 1.5 * np.sin(1.8 * x1) + 0.4 * x1 + np.exp(-0.8 + 0.3 * x1) * z[1]])


def log_prob(x):
    z1 = (x[0] - 0.5) / 1.2
    log_scale = -0.8 + 0.3 * x[0]
    z2 = (x[1] - 1.5 * np.sin(1.8 * x[0]) - 0.4 * x[0]) / np.exp(log_scale)
    return -0.5 * (z1**2 + z2**2) - np.log(2 * np.pi) - np.log(1.2) - log_scale


def draw_log_prob(rng, n):
    return np.array([f(z) for z in rng.standard_normal((n, 2))])
