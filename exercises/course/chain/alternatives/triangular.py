import numpy as np


def f(z):
    # The first three lines of the chain make a Gaussian with variances 5/2 and covariance 3/2:
    # write it by its Cholesky factor.
    a = np.sqrt(2.5) * z[0]
    b = 1.5 / np.sqrt(2.5) * z[0] + np.sqrt(2.5 - 0.9) * z[1]
    return np.array([3 * np.tanh(a / 3), b + np.sin(2 * a)])
