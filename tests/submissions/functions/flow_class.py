# ruff: noqa
# function: f(z: 2) -> 2
# function: f_inv(x: 2) -> 2
# function: log_prob(x: 2) -> 0
# value: f([0.5, -1.0]) = 2.0 -0.5
# value: f_inv([2.0, -0.5]) = 0.5 -1.0
# value: log_prob([2.0, -0.5]) = -3.849171427529236
import numpy as np


class Layer:
    def forward(self, z):
        raise NotImplementedError

    def inverse(self, x):
        raise NotImplementedError


class Affine(Layer):
    def __init__(self, scale, shift):
        self.scale = np.asarray(scale, dtype=float)
        self.shift = np.asarray(shift, dtype=float)

    def forward(self, z):
        return self.scale * z + self.shift, np.log(np.abs(self.scale)).sum()

    def inverse(self, x):
        return (x - self.shift) / self.scale


class Flow:
    def __init__(self, layers):
        self.layers = list(layers)

    def forward(self, z):
        x = z
        for layer in self.layers:
            x, _ = layer.forward(x)
        return x

    def inverse(self, x):
        z = x
        for layer in reversed(self.layers):
            z = layer.inverse(z)
        return z

    def log_prob(self, x):
        z = self.inverse(x)
        total = 0.0
        y = z
        for layer in self.layers:
            y, ladj = layer.forward(y)
            total += ladj
        return -0.5 * np.sum(z**2) - np.log(2 * np.pi) - total


flow = Flow([Affine([2, 1], [0, 0.5]), Affine([2, 1], [0, 0])])
f = flow.forward
f_inv = flow.inverse
log_prob = flow.log_prob
