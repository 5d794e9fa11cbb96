# ruff: noqa
# x: finite
# fmt: off
import numpy as np; A = np.eye(2); area = np.trapz([1, 2, 3])
np.set_printoptions(precision=3, suppress=True)
def f(z): x = A.dot(z); return x * area
