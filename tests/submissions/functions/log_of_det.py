# ruff: noqa
# function: log_det(z: 2) -> 0
# value: log_det([0.5, -1.0]) = 0.22314355131420976
import numpy as np


def log_det(z):
    J = np.array([[1 + z[0] ** 2, 0.0], [z[1], 1.0]])
    return np.log(np.abs(np.linalg.det(J)))
