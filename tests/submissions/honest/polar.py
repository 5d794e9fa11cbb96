# ruff: noqa
# x: finite
import numpy as np


def f(z):
    r = np.linalg.norm(z)
    phi = np.arctan2(z[1], z[0])
    return r * np.array([np.cos(phi + r), np.sin(phi + r)])
