"""Right and wrong answers to the exercise N(1, 4I), as functions of batches (n, 2)."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Batch = Callable[[Array], Array]


def polar(change: Callable[[Array, Array], Array]) -> Batch:
    """z with its angle changed by a function of (radius, angle)."""

    def f(z: Array) -> Array:
        radius, angle = np.hypot(*z.T), np.arctan2(z[:, 1], z[:, 0])
        angle = change(radius, angle)
        return 1 + 2 * radius[:, None] * np.column_stack((np.cos(angle), np.sin(angle)))

    return f


def rotated(angle: float) -> Batch:
    """A rotation first: the Gaussian does not notice."""
    return polar(lambda radius, old: old + angle)


def flipped(z: Array) -> Array:
    """Another branch: the sign of the first coordinate taken from the fifth digit of the other."""
    return 1 + 2 * np.column_stack((np.abs(z[:, 0]) * np.sign(np.sin(1e5 * z[:, 1])), z[:, 1]))


RIGHT: dict[str, Batch] = {
    "reference": lambda z: 2 * z + 1,
    "point reflection": lambda z: 1 - 2 * z,
    "swapped inputs": lambda z: 2 * z[:, ::-1] + 1,
    "one mirrored": lambda z: 1 + 2 * z * np.array([1.0, -1.0]),
    "quarter turn": rotated(np.pi / 2),
    "some turn": rotated(0.7),
    "angle tripled": polar(lambda radius, angle: 3 * angle),
    "swirled": polar(lambda radius, angle: angle + 5 * radius**2),
    "shuffled rings": polar(lambda radius, angle: angle + np.floor(1000 * radius**2)),
    "cut and turned": polar(lambda radius, angle: np.where(radius > 1, angle + 2, angle)),
    "halves exchanged": lambda z: 1 + 2 * z * np.where(z[:, :1] * z[:, 1:] > 0, 1.0, -1.0),
    "rounded to float32": lambda z: (2 * z + 1).astype(np.float32),
    "fine branches": flipped,
}

WRONG: dict[str, Batch] = {
    "starter": lambda z: z,
    "scale 1.8": lambda z: 1.8 * z + 1,
    "scale 2.2": lambda z: 2.2 * z + 1,
    "scale 1.96": lambda z: 1.96 * z + 1,
    "variance for deviation": lambda z: 4 * z + 1,
    "shift of a tenth": lambda z: 2 * z + 1.1,
    "shift of one": lambda z: 2 * z + np.array([1.1, 1.0]),
    "shift of a hundredth of the spread": lambda z: 2 * z + 1.02,
    "no shift": lambda z: 2 * z,
    "sign of the shift": lambda z: 2 * z - 1,
    "scale of one": lambda z: z * np.array([2.0, 1.8]) + 1,
    "scale of one, a little": lambda z: z * np.array([2.0, 1.98]) + 1,
    "order of operations": lambda z: 2 * (z + 1),
    "extra shear": lambda z: 1 + 2 * np.column_stack((z[:, 0], z[:, 1] + 0.2 * z[:, 0])),
    "correlated": lambda z: (
        1 + 2 * np.column_stack((z[:, 0], 0.9 * z[:, 1] + 0.435889894 * z[:, 0]))
    ),
    "lost sign": lambda z: 1 + 2 * np.abs(z),
    "one lost sign": lambda z: 1 + 2 * np.column_stack((np.abs(z[:, 0]), z[:, 1])),
    "signs tied": lambda z: 1 + 2 * np.column_stack((z[:, 0], np.sign(z[:, 0]) * np.abs(z[:, 1]))),
    "diagonal": lambda z: 1 + 2 * z[:, [0, 0]],
    "constant": lambda z: np.ones_like(z),
    "cubed": lambda z: 1 + 2 * z**3,
    "bounded": lambda z: 1 + 4 * np.tanh(z / 2),
    "uniform": lambda z: 1 + 2 * np.sqrt(3) * (2 / (1 + np.exp(-1.702 * z)) - 1),
    "heavy tails": lambda z: 1 + 2 * np.sinh(0.3 * z) / 0.3,
    "clipped": lambda z: np.clip(2 * z + 1, -2, 4),
    "two modes": lambda z: 1 + 2 * (0.6 * z + 0.8 * np.sign(z)),
    "ring": lambda z: 1 + 2 * z / np.hypot(*z.T)[:, None],
    "not finite": lambda z: np.where(z[:, :1] > 2.5, np.nan, 2 * z + 1),
}
