# ruff: noqa
# function: log_prob(x: 2) -> 0
# value: log_prob([0.5, -1.0]) = -2.88513486561
from dataclasses import dataclass, field
from typing import Sequence
import numpy as np


@dataclass(frozen=True)
class Gaussian:
    mean: np.ndarray
    sigma: float = 1.0

    @property
    def log_norm(self) -> float:
        return float(-np.log(2 * np.pi * self.sigma**2))

    def log_density(self, x: np.ndarray) -> float:
        return self.log_norm - float(np.sum((x - self.mean) ** 2)) / (2 * self.sigma**2)


@dataclass
class Mixture:
    parts: Sequence[Gaussian] = field(default_factory=list)

    def log_density(self, x: np.ndarray) -> float:
        densities = [np.exp(part.log_density(x)) for part in self.parts]
        return float(np.log(np.mean(densities)))


model = Mixture([Gaussian(np.array([1.0, 0.0])), Gaussian(np.array([-1.0, 0.0]), 2.0)])


def log_prob(x: np.ndarray) -> float:
    return model.log_density(x)
