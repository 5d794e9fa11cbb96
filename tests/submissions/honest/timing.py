# ruff: noqa
# x: 0.5 -1.0
import time
import sys

start = time.perf_counter()
eps = sys.float_info.epsilon
while time.perf_counter() - start < 0.05:
    pass
time.sleep(100)


def f(z):
    return z
