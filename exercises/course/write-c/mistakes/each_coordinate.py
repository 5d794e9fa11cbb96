# verdict = "partial"
# finding = "law"
import numpy as np


def f(z):
    return z * np.abs(z) / 2
