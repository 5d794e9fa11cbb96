# verdict = "partial"
# finding = "fit"
import numpy as np

mean = np.array([0.53196, 0.35434])
L = np.linalg.cholesky(np.array([[1.43154, 0.71435], [0.71435, 1.75605]]))


def f(z):
    return mean + L @ z


def log_prob(x):
    z = np.linalg.solve(L, x - mean)
    return -0.5 * z @ z - np.log(2 * np.pi) - np.log(np.diag(L)).sum()
