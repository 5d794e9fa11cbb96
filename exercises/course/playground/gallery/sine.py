import numpy as np

amplitude = 0.9  # below 1 the warp can be undone; above 1 it folds


def f(z):
    return np.array([z[0] + amplitude * np.sin(z[0]), 0.5 * z[1] + np.sin(2 * z[0])])
