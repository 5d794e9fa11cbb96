import numpy as np


def f(z):
    # Always positive, with a long tail to the right: the log-normal distribution.
    return np.exp(z)
