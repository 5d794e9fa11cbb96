# verdict = "partial"
# finding = "law"
import numpy as np


def f(z):
    return np.array([z[0] ** 2, 1.1 * z[1]])
