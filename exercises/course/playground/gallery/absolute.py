import numpy as np


def f(z):
    # Four quadrants are laid on top of each other: four points z share each x.
    return np.abs(z)
