# ruff: noqa
# x: finite
import numpy as np


def f(z):
    a = z.reshape(2, 1).T.flatten().astype(float).clip(-3, 3)
    b = np.r_[a, 1.0][:2] + np.c_[a, a].mean(axis=1) + a.sum() + a.max() - a.min()
    b[b < 0] = 0
    b.fill(b.std() + a.dot(a))
    return b.round(3).ravel() + np.sort(a)[::-1]
