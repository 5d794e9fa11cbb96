# ruff: noqa
# x: 0.5 -1.0
import numpy as np


def f(z):
    return z


if __name__ == "__main__":
    import sys
    import pandas as pd

    with open("samples.csv") as file:
        data = file.read()
    f.__globals__
    print(np.load(sys.argv[1]))
