"""What a labelled function of the plane is, and the parts that the corpora are made of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from exercises.numerics.verdict import Injective

Array = NDArray[np.float64]
Map = Callable[[Array], object]

#: One-to-one.
YES = "yes"
#: Not one-to-one: two inputs at least 0.001 apart have one output, on 0.1 % of the mass or more.
NO = "no"
#: Not one-to-one, but on less than 0.1 % of the mass.
TINY = "tiny"
#: One-to-one as mathematics, but beyond what float64 can tell.
BEYOND = "beyond"
#: Rounded so coarsely that it is not one-to-one, though its inputs with one output lie closer
#: than 0.001, or are one because of the format of the numbers.
COARSE = "coarse"

LABELS = (YES, NO, TINY, BEYOND, COARSE)
#: What may not be said of each label.
WRONG = {
    YES: {Injective.NOT_INVERTIBLE},
    NO: {Injective.INVERTIBLE},
    TINY: set(),
    BEYOND: {Injective.NOT_INVERTIBLE},
    COARSE: {Injective.INVERTIBLE},
}

#: Name, function, label and the reason for the label.
Case = tuple[str, Map, str, str]


@dataclass(frozen=True, slots=True)
class Labelled:
    """A function with its label and the reason for it."""

    name: str
    f: Map
    label: str
    why: str


def turn(angle: float) -> Array:
    """A rotation."""
    return np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])


M = np.array([[1.0, 0.7], [-0.4, 1.2]])


def of_complex(g: Callable[[complex], complex]) -> Map:
    """A function of the complex plane as one of the real plane."""

    def f(z: Array) -> Array:
        w = g(complex(z[0], z[1]))
        return np.array([w.real, w.imag])

    return f
