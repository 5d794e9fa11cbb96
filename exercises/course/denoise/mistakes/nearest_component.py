# verdict = "failed"
# finding = "fit"
import numpy as np


def f(z):
    # Pulled all the way to the nearer mean: two points instead of two heaps.
    return np.array([2.0, 1.0]) if 4 * z[0] + z[1] > 0 else np.array([-2.0, 0.0])
