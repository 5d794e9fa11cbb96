# verdict = "partial"
# finding = "law"
import numpy as np


def f(z):
    return np.abs(z)
