# ruff: noqa
# x: finite
import numpy as np

rng = np.random.default_rng(7)
masks = [np.array([1.0, 0.0]), np.array([0.0, 1.0])] * 2
weights = [
    (rng.normal(size=(8, 2)), rng.normal(size=(2, 8)), rng.normal(size=(2, 8))) for _ in masks
]


def layer(z, mask, W, S, T):
    h = np.tanh(W @ (mask * z))
    s, t = S @ h * 0.1, T @ h * 0.1
    return mask * z + (1 - mask) * (z * np.exp(s) + t)


def f(z):
    for mask, (W, S, T) in zip(masks, weights):
        z = layer(z, mask, W, S, T)
    return z
