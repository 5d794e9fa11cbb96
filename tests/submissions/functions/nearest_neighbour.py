# ruff: noqa
# function: discriminator(x: 2) -> 0
# value: discriminator([0.5, -1.0]) = 0
import math

DATA = [(0.0, 1.0), (1.0, 1.2), (-1.0, 0.8)]
MADE = [(0.2, -1.0), (-0.7, -0.6)]


def discriminator(x):
    near = min(math.dist(x, p) for p in DATA)
    far = min(math.hypot(x[0] - p[0], x[1] - p[1]) for p in MADE)
    return float(near < far)
