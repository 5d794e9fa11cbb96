# verdict = "failed"
# finding = "law"
import numpy as np


def f(z):
    a, b = z
    return np.array([a**2 - b**2, a * b]) / 2
