# ruff: noqa
# x: 1 0
def f(z):
    return [z[0] > 0, z[1] > 0]
