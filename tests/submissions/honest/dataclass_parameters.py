# ruff: noqa
# x: 2.0 -2.0
from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import ClassVar

import numpy as np


@dataclass(frozen=True)
class Parameters:
    count: ClassVar[int] = 2
    scale: float = 1.0
    shift: np.ndarray = field(default_factory=lambda: np.array([1.0, 0.0]))


theta = replace(Parameters(), scale=2.0)


def f(z: np.ndarray) -> np.ndarray:
    return theta.scale * z + theta.shift
