# verdict = "partial"
# finding = "law"
import numpy as np


def f(z):
    return z * np.sqrt(z[0] ** 2 + z[1] ** 2)
