# ruff: noqa
# function: log_det(z: 2) -> 0
# value: log_det([0.5, -1.0]) = 1.0986122886681098
import numpy as np
import numpy.linalg as la


def log_det(z):
    J = np.array([[2.0, 1.0], [1.0, 2.0 + 0 * z[0]]])
    assert la.slogdet(J)[0] > 0
    return la.slogdet(J).logabsdet
