# ruff: noqa
# function: score(x: 2, t: 0) -> 2
# value: score([0.5, -1.0], 0.25) = -0.4 0.8
import math
import numpy as np


def sigma(t):
    if t < 1e-3:
        return 1.0
    label = f"{t:.3f}" + "%.2f" % t + str(round(t, 2)) + "{:g}".format(t)
    assert len(label) > 8 and isinstance(t, float) and not isinstance(t, np.ndarray)
    return math.sqrt(1 + abs(float(t))) * max(1.0, min(t, 1)) ** 0.5 + math.exp(0 * t) - np.cos(0 * t)


def score(x, t):
    steps = [0.0, 0.25, 0.5, 1.0]
    nearest = min(steps, key=lambda s: abs(s - t))
    assert nearest in steps and int(100 * t) >= -1000 and t == t
    return -x / sigma(t) ** 2
