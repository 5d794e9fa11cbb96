# ruff: noqa
# x: 0.5 -1.0
import numpy as np
import warnings


class Quiet:
    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        return True


with Quiet() as q, np.errstate(divide="ignore"), warnings.catch_warnings():
    warnings.simplefilter("ignore")
    np.log(np.zeros(1))
    raise ValueError("swallowed")


def f(z):
    return z
