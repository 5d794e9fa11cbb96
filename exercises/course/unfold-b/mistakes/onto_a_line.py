# verdict = "partial"
# finding = "invertibility"
import numpy as np


def f(z):
    # Nothing is folded, but the plane is pressed onto a line.
    return np.array([z[0] + z[1] / 2, z[0] + z[1] / 2])
