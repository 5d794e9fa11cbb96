# ruff: noqa
# x: finite
# prints: Planar(planar) Planar
import numpy as np
from abc import ABC, abstractmethod


class Layer(ABC):
    def __init__(self, name):
        self._name = name

    @abstractmethod
    def forward(self, x): ...

    def __repr__(self):
        return f"{self.__class__.__name__}({self._name})"


class Planar(Layer):
    def __init__(self, u, w, b):
        super().__init__("planar")
        self.u, self.w, self.b = u, w, b

    def forward(self, x):
        return x + self.u * np.tanh(self.w @ x + self.b)


layers = [Planar(np.array([1.0, 0.3]), np.array([0.5, -0.2]), 0.1) for _ in range(3)]
print(layers[0], type(layers[0]).__name__)


def f(z):
    for layer in layers:
        z = layer.forward(z)
    return z
