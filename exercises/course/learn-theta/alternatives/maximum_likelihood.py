import numpy as np

# Fitted to train.csv by maximum likelihood.
a, b = 0.53196, 1.19617
c, d, e, k = 1.49092, 1.79240, 0.38517, 0.00319
g, h = -0.80368, 0.28575


def f(z):
    x1 = a + b * z[0]
    return np.array([x1, c * np.sin(d * x1) + e * x1 + k + np.exp(g + h * x1) * z[1]])


def log_prob(x):
    z1 = (x[0] - a) / b
    log_scale = g + h * x[0]
    z2 = (x[1] - c * np.sin(d * x[0]) - e * x[0] - k) * np.exp(-log_scale)
    return -0.5 * (z1**2 + z2**2) - np.log(2 * np.pi) - np.log(b) - log_scale
