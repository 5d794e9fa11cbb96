# ruff: noqa
# function: discriminator(x: 2) -> 0
# value: discriminator([0.5, -1.0]) = 0.482507142334
import numpy as np

W1 = np.array([[1.0, 2.0], [-1.0, 0.5], [0.3, -0.7]])
b1 = np.array([0.1, 0.0, -0.2])
W2 = np.array([[0.4, -0.3, 0.2]])
b2 = np.array([-0.2])


def relu(a):
    return np.maximum(a, 0)


def sigmoid(a):
    return 1 / (1 + np.exp(-a))


def discriminator(x):
    h = relu(W1 @ x + b1)
    return sigmoid(W2 @ h + b2)  # an array of one number
