# ruff: noqa
# function: discriminator(x: 2) -> 0
# value: discriminator([0.5, -1.0]) = 0.739340643843
from statistics import NormalDist

data, made = NormalDist(0, 1), NormalDist(0.5, 2)


def discriminator(x):
    p = data.pdf(x[0]) * data.pdf(x[1])
    q = made.pdf(x[0]) * made.pdf(x[1])
    return p / (p + q)
