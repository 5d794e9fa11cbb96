import numpy as np
from scipy.special import ndtr, ndtri


def f(z):
    # The mixture itself: which half z[0] lies in chooses the component, and how deep it lies in it
    # becomes that component's own Gaussian number.
    depth = 2 * ndtr(-abs(z[0]))
    a = ndtri(depth) * 0.5
    if z[0] < 0:
        return np.array([-2 + a, 0.5 * z[1]])
    return np.array([2 + a, 1 + 0.5 * z[1]])
