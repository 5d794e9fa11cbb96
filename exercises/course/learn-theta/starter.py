import numpy as np

# The parameters θ of a Gaussian with independent coordinates: a place to begin.
mean = np.array([0.0, 0.0])
deviation = np.array([1.0, 1.0])


def f(z):
    return mean + deviation * z


def log_prob(x):
    z = (x - mean) / deviation
    return -0.5 * z @ z - np.log(2 * np.pi) - np.log(deviation).sum()
