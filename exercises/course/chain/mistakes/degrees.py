# verdict = "partial"
# finding = "law"
import numpy as np


def f(z):
    x = np.array([2 * z[0], z[1]])
    a = 45
    x = np.array([[np.cos(a), -np.sin(a)], [np.sin(a), np.cos(a)]]) @ x
    x = np.array([x[0], x[1] + np.sin(2 * x[0])])
    return np.array([3 * np.tanh(x[0] / 3), x[1]])
