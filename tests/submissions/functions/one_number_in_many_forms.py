# ruff: noqa
# function: a(x: 2) -> 0
# function: b(x: 2) -> 0
# function: c(x: 2) -> 0
# function: d(x: 2) -> 0
# function: e(x: 2) -> 0
# function: g(x: 2) -> 0
# function: h(x: 2) -> 0
# value: a([0.5, -1.0]) = -0.5
# value: b([0.5, -1.0]) = -0.5
# value: c([0.5, -1.0]) = -0.5
# value: d([0.5, -1.0]) = -0.5
# value: e([0.5, -1.0]) = -0.5
# value: g([0.5, -1.0]) = -0.5
# value: h([0.5, -1.0]) = -0.5
import numpy as np


def a(x):
    return np.array([x.sum()])


def b(x):
    return [sum(x)]


def c(x):
    return np.asarray(x[0] + x[1])


def d(x):
    return (x.sum()).item()


def e(x):
    return np.float32(x[0] + x[1])


def g(x):
    return x.reshape(1, 2).sum(axis=1)


def h(x):
    return np.squeeze(np.sum(x[None, :], axis=1))
