# ruff: noqa
# function: f(z: 8) -> 8
# function: f_inv(x: 8) -> 8
# function: log_det(z: 8) -> 0
# value: log_det([0, 0, 0, 0, 1, 1, 1, 1]) = 0
# value: f([0, 0, 0, 0, 1, 1, 1, 1]) = 0 0 0 0 1 1 1 1
import numpy as np

rng = np.random.default_rng(0)
d = 8
W1, W2 = rng.normal(size=(16, d // 2)) / 2, rng.normal(size=(d, 16)) / 4


def net(a):
    s, t = np.split(W2 @ np.tanh(W1 @ a), 2)
    return np.tanh(s), t


def f(z):
    a, b = z[: d // 2], z[d // 2 :]
    s, t = net(a)
    return np.concatenate([a, b * np.exp(s) + t])


def f_inv(x):
    a, y = np.split(x, 2)
    s, t = net(a)
    return np.hstack((a, (y - t) * np.exp(-s)))


def log_det(z):
    s, _ = net(z[:4])
    return np.sum(s)
