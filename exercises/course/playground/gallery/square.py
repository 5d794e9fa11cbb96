import numpy as np


def f(z):
    # The square of the complex number a + bi: z and -z have the same square.
    a, b = z
    return np.array([a**2 - b**2, 2 * a * b])
