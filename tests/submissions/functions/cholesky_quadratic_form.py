# ruff: noqa
# function: log_prob(x: 2) -> 0
# value: log_prob([0.5, -1.0]) = -2.237664211718
import numpy as np
from scipy.linalg import solve_triangular, cho_factor, cho_solve

mean = np.array([0.5, -0.5])
cov = np.array([[2.0, 0.6], [0.6, 1.0]])
L = np.linalg.cholesky(cov)
P = np.linalg.inv(cov)


def log_prob(x):
    d = x - mean
    y = solve_triangular(L, d, lower=True)
    quad = np.einsum("i,ij,j->", d, P, d)
    assert np.isclose(quad, y @ y) and np.isclose(quad, d @ np.linalg.solve(cov, d))
    assert np.isclose(quad, d.T @ cho_solve(cho_factor(cov), d))
    return -0.5 * quad - np.log(2 * np.pi) - np.log(np.diag(L)).sum()
