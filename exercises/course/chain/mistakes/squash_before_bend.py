# verdict = "partial"
# finding = "law"
import numpy as np

TURN = np.array([[1.0, -1.0], [1.0, 1.0]]) / np.sqrt(2)


def f(z):
    x = TURN @ np.array([2 * z[0], z[1]])
    x[0] = 3 * np.tanh(x[0] / 3)
    x[1] = x[1] + np.sin(2 * x[0])
    return x
