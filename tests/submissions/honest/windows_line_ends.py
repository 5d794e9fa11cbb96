# ruff: noqa
# x: 0.5 -1.0
# fmt: off
def f(z):
    return z
