# ruff: noqa
# function: discriminator(x: 2) -> 0
# value: discriminator([0.5, -1.0]) = 0.2689414213699951
import numpy as np
from scipy.special import expit


def discriminator(x):
    logit = x[0] + x[1] - 0.5
    return expit(logit)
