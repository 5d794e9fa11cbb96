import numpy as np


def f(z):
    # A rotation whose angle grows with the distance from the centre. What does the law do?
    x = z * np.array([1.0, 0.3])
    angle = 1.5 * np.sqrt(x[0] ** 2 + x[1] ** 2)
    c, s = np.cos(angle), np.sin(angle)
    return np.array([c * x[0] - s * x[1], s * x[0] + c * x[1]])
