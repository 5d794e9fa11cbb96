# ruff: noqa
# function: log_det(z: 2) -> 0
# value: log_det([0.5, -1.0]) = 0.6931471805599453
import math
import numpy as np

LAYERS = [(2.0, 1.0), (0.5, 2.0), (1.0, 1.0)]


def log_det(z):
    total = 0
    parts = []
    for scale, other in LAYERS:
        parts.append(math.log(abs(scale)))
        total += math.log(scale) + math.log(other)
    diagonal = np.prod([s * o for s, o in LAYERS])
    assert math.isclose(total, math.log(diagonal)) and math.isclose(math.fsum(parts), 0.0, abs_tol=1e-9)
    return total
