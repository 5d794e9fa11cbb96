"""A black box to be asked in batches: its values, its noise, and the step that suits it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from exercises.numerics.unbending import Unbending
from exercises.oracle import Answer, Array

#: Half the distance from 1 to the next float64.
ROUNDING = 2.0**-53
#: The same for float32.
_SHORT_ROUNDING = 2.0**-24
#: From here on noise is not that of float64 alone.
_NOISY = 1e-12
#: Below this, values have lost digits to the end of the exponent's range.
_SMALLEST = 1e-290
#: Steps of differences: the least leaves ten digits, the largest still is local.
_STEPS = (1e-6, 1e-2)
_FINE, _COARSE = 1e-7, 1e-4
#: Slopes that change less than this might change more elsewhere; the most that is allowed for.
_BENDS = (1e-3, 100.0)
#: Batches from this size on may be lifted; small ones never are (see Oracle.evaluate).
_LARGE = 1_024


class BudgetSpent(Exception):
    """More questions would be needed than may be asked."""


class Probe:
    """Counts what is asked of a function of batches (n, 2), NaN where it has no answer."""

    def __init__(self, f: Callable[[Array], Answer], budget: int, lifted_budget: int = 0) -> None:
        self._f = f
        self._budget = budget
        self._lifted_budget = max(budget, lifted_budget)
        self._exponents = np.zeros(2, dtype=np.int32)
        self._unbending: Unbending | None = None
        #: Of the outputs in which the image is not thin, where there are such.
        self._further = np.zeros(2, dtype=np.int32)
        self.spent = 0
        #: Points that are kept for later.
        self.reserved = 0
        #: Whether a large batch was answered by one call: then points cost next to nothing.
        self.lifted = False

    def __call__(self, points: Array) -> Array:
        """The values at `points`, shape (n, 2); raises BudgetSpent beyond the budget."""
        if not len(points):
            return np.empty((0, 2))
        if len(points) > self.left:
            raise BudgetSpent
        self.spent += len(points)
        answer = self._f(points)
        if len(points) >= _LARGE:
            self.lifted = self.lifted or answer.lifted
        return self._seen(np.ldexp(answer.values, self._exponents))

    @property
    def left(self) -> int:
        """How many points may still be asked: more where f is called once for all of them."""
        budget = self._lifted_budget if self.lifted else self._budget
        return budget - self.spent - self.reserved

    def fit(self, points: Array) -> None:
        """From now on scale each output by the power of two that brings `points` near 1.

        A power of two changes no digit, and squares of lengths stay within float64 at any scale.
        """
        self._exponents = _exponents(self(points))

    def unbend(self, unbending: Unbending, points: Array) -> None:
        """From now on look at the outputs in other coordinates, scaled by what is at `points`."""
        self._unbending = unbending
        self._further = _exponents(self(points))

    @property
    def unbent(self) -> bool:
        """Whether outputs are looked at in other coordinates."""
        return self._unbending is not None

    def original(self, x: Array) -> Array:
        """Values, shape (n, 2), as f gave them; where they are unbent, to rounding."""
        if self._unbending is not None:
            x = self._unbending.undo(np.ldexp(x, -self._further))
        return np.ldexp(x, -self._exponents)

    def as_given(self, points: Array) -> Array:
        """The values at a few `points`, shape (n, 2), asked anew, exactly as f gives them.

        They are counted, but asked even where the budget is spent.
        """
        self.spent += len(points)
        return self._f(points).values

    def size(self, x: Array) -> Array:
        """Of values x, shape (n, 2), that of which their error is a share: f's noise."""
        if self._unbending is None:
            return np.abs(x)
        spread = self._unbending.spread_of_errors(np.ldexp(x, -self._further))
        return np.maximum(np.abs(x), np.ldexp(spread, self._further))

    def _seen(self, x: Array) -> Array:
        if self._unbending is None:
            return x
        return np.ldexp(self._unbending(x), self._further)


@dataclass(frozen=True, slots=True)
class Resolution:
    """How finely f can be told: its noise and the step of differences that suits it."""

    #: Shape (2,): the noise of each output relative to its value.
    noise: Array
    step: float
    #: How fast slopes change, relative to themselves, per unit of z.
    bend: float
    #: Shape (2,): the share of points at which the output stays the same, bit for bit, when z
    #: moves by 1e-7 to either side.
    still: tuple[float, float] = (0.0, 0.0)
    #: Of values, (n, 2), the sizes of which their noise is a share.
    size: Callable[[Array], Array] = np.abs
    #: Whether the noise is beyond what float64 makes of values of their size.
    noisy: bool = False

    def error(self, x: Array) -> Array:
        """The absolute noise of values x, shape (n, 2), same shape."""
        error: Array = self.noise * self.size(x) + _SMALLEST
        return error


def find_resolution(probe: Probe, points: Array) -> Resolution:
    """Measure noise and step at about 64 `points`, shape (n, 2).

    Noise is a seventh of the fourth difference over 1e-7, where a smooth f shows only rounding:
    this sees float32 arithmetic inside f as well as cancellation. The step √(noise/slope) balances
    rounding against curvature in a forward difference.
    """
    angle = np.arange(len(points)) * 2.399963
    ray = np.column_stack((np.cos(angle), np.sin(angle)))
    offsets = (0.0, _FINE, -_FINE, 2 * _FINE, -2 * _FINE, _COARSE, -_COARSE)
    asked = np.concatenate([points + offset * ray for offset in offsets])
    here, plus, minus, after, before, far, back = np.split(probe(asked), len(offsets))
    with np.errstate(all="ignore"):
        # Of independent errors the fourth difference has a spread of √70 = 8.4.
        rough = np.abs(after - 4 * plus + 6 * here - 4 * minus + before)
        relative = rough / (7 * probe.size(here))
        noise = np.array([_middle(column, ROUNDING) for column in relative.T])
        # Where most of f is flat the middle is 0; float32 shows in the digits as well.
        short = all(_is_short(column) for column in (here, plus, minus, far, back))
        noise = np.clip(noise, _SHORT_ROUNDING if short else ROUNDING, 1e-2)
        slope = np.abs(far - here) / _COARSE
        reach = noise * probe.size(here) / np.where(slope > 0, slope, np.nan)
        ratio = max(_middle(column, 0.0) for column in reach.T)
        turn = np.abs(far - 2 * here + back) / (_COARSE * np.abs(far - back) / 2)
        bend = _middle(np.sort(turn[np.isfinite(turn)])[-len(points) // 5 :], 1.0)
    still = ((plus == here) & (minus == here)).mean(axis=0)
    return Resolution(
        noise,
        float(np.clip(np.sqrt(ratio), *_STEPS)),
        float(np.clip(bend, *_BENDS)),
        (float(still[0]), float(still[1])),
        probe.size,
        probe.unbent or bool((noise > _NOISY).any()),
    )


def _exponents(x: Array) -> NDArray[np.int32]:
    """The powers of two that bring the usual size of each column of x, shape (n, 2), near 1."""
    size = np.abs(x)
    typical = np.array([_middle(column[column > 0], 1.0) for column in size.T])
    exponents: NDArray[np.int32] = -np.frexp(typical)[1].astype(np.int32)
    return exponents


def _is_short(values: Array) -> bool:
    finite = values[np.isfinite(values)]
    return bool((finite.astype(np.float32) == finite).all())


def _middle(values: Array, otherwise: float) -> float:
    finite = values[np.isfinite(values)]
    return float(np.median(finite)) if len(finite) else otherwise
