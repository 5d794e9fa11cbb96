import numpy as np


def stretch(x):
    return np.array([2 * x[0], x[1]])


def turn(x):
    a = np.pi / 4
    return np.array([np.cos(a) * x[0] - np.sin(a) * x[1], np.sin(a) * x[0] + np.cos(a) * x[1]])


def bend(x):
    return x + np.array([0, np.sin(2 * x[0])])


def squash(x):
    return np.array([3 * np.tanh(x[0] / 3), x[1]])


def f(z):
    # z turned by any angle is as Gaussian as z.
    x = np.array([-z[1], z[0]])
    for step in (stretch, turn, bend, squash):
        x = step(x)
    return x
