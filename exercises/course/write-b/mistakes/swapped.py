# verdict = "failed"
# finding = "law"
# misconception = "swapped axes"
import numpy as np


def f(z):
    return np.array([z[0] + z[1] / 2, z[0] ** 2])
