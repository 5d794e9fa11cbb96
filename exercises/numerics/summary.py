"""The summary of a sample in the plane: counts, mean, covariance, median, and what it lies on."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from exercises.numerics.modes import Mode
from exercises.numerics.window import Window

Array = NDArray[np.float64]
Pair = tuple[float, float]

#: A spread across below this share of the spread along is a line; rounding in float32 is less.
LINE = 1e-5


class Shape(StrEnum):
    """What the samples inside the window lie on."""

    #: There are none.
    NOTHING = "nothing"
    POINT = "point"
    LINE = "line"
    PLANE = "plane"


@dataclass(frozen=True, slots=True)
class Summary:
    """A sample in numbers. Moments are over all finite samples; None where they overflow."""

    samples: int
    #: Samples with both coordinates finite.
    finite: int
    #: Finite samples outside the window.
    outside: int
    mean: Pair | None
    #: Variance of the first coordinate, covariance, variance of the second.
    covariance: tuple[float, float, float] | None
    median: Pair | None
    shape: Shape
    #: The highest first, in the samples' own units.
    modes: tuple[Mode, ...]


def summarise(points: Array, window: Window, samples: int, modes: tuple[Mode, ...]) -> Summary:
    """Summarise the finite points (m, 2) of `samples` samples; modes are in unit coordinates."""
    shown = points[window.shows(points)]
    placed = tuple(
        Mode(_pair(window.from_unit(np.array(mode.place))), mode.height, mode.broad)
        for mode in modes
    )
    mean, covariance = _moments(points)
    return Summary(
        samples=samples,
        finite=len(points),
        outside=len(points) - len(shown),
        mean=mean,
        covariance=covariance,
        median=_pair(_medians(points)) if len(points) else None,
        shape=_shape(window.to_unit(shown)),
        modes=placed,
    )


def _moments(points: Array) -> tuple[Pair | None, tuple[float, float, float] | None]:
    if len(points) == 0:
        return None, None
    # In units of a power of two near the largest value, sums and squares cannot overflow.
    size = float(np.abs(points).max())
    exponent = int(np.frexp(size)[1]) if size > 0 else 0
    scaled = np.ldexp(points, -exponent)
    # Along contiguous columns the mean is ten times faster, and summed pairwise.
    mean = np.ascontiguousarray(scaled.T).mean(axis=1)
    centred = scaled - mean
    with np.errstate(over="ignore", under="ignore"):
        covariance = np.ldexp(centred.T @ centred / max(len(points) - 1, 1), 2 * exponent)
        mean = np.ldexp(mean, exponent)
    if not np.isfinite(covariance).all():
        return _pair(mean), None
    (a, b), (_, c) = covariance.tolist()
    return _pair(mean), (a, b, c)


def _medians(points: Array) -> Array:
    middle = (len(points) - 1) // 2
    median: Array = np.partition(points, middle, axis=0)[middle]
    return median


def _shape(unit: Array) -> Shape:
    if len(unit) == 0:
        return Shape.NOTHING
    centred = unit - np.ascontiguousarray(unit.T).mean(axis=1)
    across, along = np.sqrt(np.maximum(np.linalg.eigvalsh(centred.T @ centred / len(unit)), 0))
    if along <= LINE:
        return Shape.POINT
    return Shape.LINE if across <= LINE * along else Shape.PLANE


def _pair(values: Array) -> Pair:
    first, second = values.tolist()
    return first, second
