# ruff: noqa
# x: finite
import numpy as np
from scipy.integrate import solve_ivp

A = np.array([[-0.1, 1.0], [-1.0, -0.1]])


def f(z):
    solution = solve_ivp(lambda t, x: A @ x, (0, 1), z, rtol=1e-6)
    return solution.y[:, -1]
