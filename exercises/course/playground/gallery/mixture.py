import numpy as np


def f(z):
    # Half of the plane goes one way, half the other: two components, and a cut between them.
    side = 1.0 if z[0] > 0 else -1.0
    return np.array([0.5 * z[0] + 2 * side, 0.7 * z[1] + side])
