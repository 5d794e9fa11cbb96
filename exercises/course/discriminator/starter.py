import numpy as np


def discriminator(x):
    # x is one point: an array of two numbers, x[0] and x[1].
    return 0.5
