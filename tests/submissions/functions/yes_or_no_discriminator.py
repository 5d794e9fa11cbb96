# ruff: noqa
# function: discriminator(x: 2) -> 0
# value: discriminator([0.5, -1.0]) = 1
# value: discriminator([-0.5, -1.0]) = 0
def discriminator(x):
    return x[0] > 0
