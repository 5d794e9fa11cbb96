import numpy as np

rng = np.random.default_rng(3)
W1, b1 = rng.standard_normal((8, 1)), rng.standard_normal(8)
W2, b2 = rng.standard_normal((2, 8)) / 3, rng.standard_normal(2)


def net(a):
    log_scale, shift = W2 @ np.tanh(W1 @ a + b1) + b2
    return np.tanh(log_scale), shift


def f(z):
    log_scale, shift = net(z[:1])
    return np.array([z[0], z[1] * np.exp(log_scale) + shift])


def f_inv(x):
    log_scale, shift = net(x[:1])
    return np.array([x[0], (x[1] - shift) / np.exp(log_scale)])


def log_det(z):
    return net(z[:1])[0]
