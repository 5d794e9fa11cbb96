# ruff: noqa
# x: 0.5 -1.0
def f(z):
    return z
