# ruff: noqa
# x: 0.5 -1.0
import numbers
import numpy as np


def f(z):
    assert isinstance(z, np.ndarray) and type(z) is np.ndarray
    assert isinstance(z[0], (float, np.floating)) and isinstance(z[0], numbers.Real)
    assert type(3) == int and type(z).__name__ == "ndarray" and z.dtype == np.float64
    assert issubclass(bool, int) and not isinstance(z, list) and isinstance(int, type)
    assert callable(f) and f.__name__ == "f" and z.shape == (2,)
    return z
