# verdict = "partial"
# finding = "law"
import numpy as np


def f(z):
    return np.exp(z / 2)
