import numpy as np

rng = np.random.default_rng(0)
W = rng.standard_normal((2, 2))


def f(z):
    return W @ z
