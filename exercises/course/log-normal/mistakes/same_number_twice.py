# verdict = "partial"
# finding = "law"
# misconception = "collapsed to a line"
import numpy as np


def f(z):
    return np.array([np.exp(z[0]), np.exp(z[0])])
