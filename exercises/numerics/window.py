"""The window: which rectangle of the plane a panel shows, whatever the samples are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

#: Shares of the samples cut off on each side to find a coordinate's core. The first is what
#: keeps heavy tails from deciding; the second is asked where the first core is a single value.
TAILS = (0.025, 0.002)
#: The window reaches this many half-cores from the middle: ±4 standard deviations of a Gaussian.
REACH = 2.05
#: Beyond the outermost sample at most this share of the half-core is left empty.
MARGIN = 0.4
#: Where one coordinate spreads at most this many times the other, both axes get the same units,
#: so that circles look round and rotations look like rotations.
SAME_UNITS_RATIO = 4.0
#: A core narrower than this share of its largest value is rounding, and drawn as one point.
ROUNDING = 1e-12
#: Values this near to 0 are drawn as 0 (the doubles below have lost their precision).
SMALLEST = 1e-300
_LARGEST = float(np.finfo(np.float64).max)


@dataclass(frozen=True, slots=True)
class Window:
    """A rectangle: the least and the largest value shown of each coordinate; finite, lo < hi."""

    lo: tuple[float, float]
    hi: tuple[float, float]

    def to_unit(self, points: Array) -> Array:
        """Map points (n, 2) so that this window becomes the unit square; far ones become ±inf."""
        lo, hi = 0.5 * np.array(self.lo), 0.5 * np.array(self.hi)
        with np.errstate(over="ignore"):
            # Halved first: the difference of two finite doubles need not be finite.
            unit: Array = (0.5 * points - lo) / (hi - lo)
        return unit

    def from_unit(self, points: Array) -> Array:
        """Map points (n, 2) of the unit square into this window."""
        lo, hi = np.array(self.lo), np.array(self.hi)
        place: Array = lo * (1 - points) + hi * points
        return place

    def shows(self, points: Array) -> NDArray[np.bool_]:
        """Which of the points (n, 2) lie inside; False for NaN."""
        # Columns by hand: numpy's all(axis=1) over rows of two is ten times slower.
        first, second = ((points >= self.lo) & (points <= self.hi)).T
        inside: NDArray[np.bool_] = first & second
        return inside


@dataclass(frozen=True, slots=True)
class _Core:
    """The bulk of one coordinate: the limits it asks for, and its size (0 for a single value)."""

    lo: float
    hi: float
    half: float

    @property
    def middle(self) -> float:
        return 0.5 * self.lo + 0.5 * self.hi

    @property
    def reach(self) -> float:
        return 0.5 * self.hi - 0.5 * self.lo


def choose_window(points: Array) -> Window:
    """Choose the window for samples (n, 2), all finite; [-1, 1]² where there is none.

    Each coordinate shows its central 95 % and about as much again on either side, but not more
    than a margin beyond its outermost sample: everything of a light tail, the body of a heavy
    one. A coordinate with a single value is shown in the middle of a range of its own size.
    """
    if len(points) == 0:
        return Window((-1.0, -1.0), (1.0, 1.0))
    cores = [_core(column) for column in np.sort(points, axis=0).T]
    limits = [(core.middle, reach) for core, reach in zip(cores, _reaches(cores), strict=True)]
    return Window(
        (_clip(limits[0][0] - limits[0][1]), _clip(limits[1][0] - limits[1][1])),
        (_clip(limits[0][0] + limits[0][1]), _clip(limits[1][0] + limits[1][1])),
    )


def _core(ordered: Array) -> _Core:
    last = len(ordered) - 1
    for tail in TAILS:
        cut = int(tail * last)
        low, high = float(ordered[cut]), float(ordered[last - cut])
        half = 0.5 * high - 0.5 * low
        if half > max(ROUNDING * max(abs(low), abs(high)), SMALLEST):
            middle = 0.5 * low + 0.5 * high
            return _Core(
                _clip(max(middle - REACH * half, float(ordered[0]) - MARGIN * half)),
                _clip(min(middle + REACH * half, float(ordered[last]) + MARGIN * half)),
                half,
            )
    value = float(ordered[last // 2])
    return _Core(value, value, 0.0)


def _reaches(cores: list[_Core]) -> Iterator[float]:
    """How far each axis goes to either side of its middle."""
    for core, other in (cores, cores[::-1]):
        if core.half == 0:
            yield _reach_around_value(core, other)
        elif (
            other.half > 0 and 1 / SAME_UNITS_RATIO <= core.reach / other.reach <= SAME_UNITS_RATIO
        ):
            yield max(core.reach, other.reach)
        else:
            yield core.reach


def _reach_around_value(core: _Core, other: _Core) -> float:
    size = abs(core.middle)
    if other.reach > 1e3 * ROUNDING * size and other.half > 0:
        return other.reach
    return 0.5 * size if size > SMALLEST else 1.0


def _clip(value: float) -> float:
    return min(max(value, -_LARGEST), _LARGEST)
