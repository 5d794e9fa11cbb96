# verdict = "partial"
# finding = "invertibility"
import numpy as np


def f(z):
    return np.array([abs(z[0]), z[0] + z[1] / 2])
