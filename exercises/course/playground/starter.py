import numpy as np

# A neural network with one hidden layer and random weights; another seed draws others.
rng = np.random.default_rng(0)
hidden = 16
W1 = rng.standard_normal((hidden, 2))
b1 = rng.standard_normal(hidden)
W2 = rng.standard_normal((2, hidden)) / np.sqrt(hidden)
b2 = rng.standard_normal(2)


def f(z):
    h = np.tanh(W1 @ z + b1)
    return W2 @ h + b2
