# The quantiles of z[0] decide; inside a third of them the normal law is made anew.
import numpy as np
from scipy.special import ndtr, ndtri

centres = np.array([[-2.0, 0.0], [2.0, 0.0], [0.0, 2.5]])


def f(z):
    u = 3 * ndtr(z[0])
    heap = min(int(u), 2)
    return centres[heap] + 0.4 * np.array([ndtri(u - heap), z[1]])


def shares(batch):
    x, y = batch[::2], batch[1::2]
    away = [(x - a) ** 2 + (y - b) ** 2 for a, b in centres]
    nearest = np.argmin(away, axis=0)
    return np.array([np.mean(nearest == heap) for heap in range(3)])
