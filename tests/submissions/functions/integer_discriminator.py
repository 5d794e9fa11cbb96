# ruff: noqa
# function: discriminator(x: 2) -> 0
# value: discriminator([0.5, -1.0]) = 1
import numpy as np


def discriminator(x):
    return 1 if np.linalg.norm(x) > 1 else 0
