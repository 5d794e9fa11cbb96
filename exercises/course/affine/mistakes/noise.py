# verdict = "failed"
# finding = "purity"
import numpy as np


def f(z):
    return 1 + 2 * np.random.randn(2)
