"""Outputs seen so that a thin image is not thin: one is freed of what the other tells of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.polynomial import polynomial

from exercises.oracle import Array

#: The degree of the polynomial in one output that is taken from the other.
_DEGREE = 3
#: An image is thin when this share of the spread of one output is left, or less.
_THIN = 0.03
#: So many times at most one output is freed of the other: a map of Hénon needs two.
_MOST = 8
#: What is left must be as far above the error of float64 as single precision's values are above
#: theirs, but for a factor of 32.
_NOISIEST = 2.0**-19
#: Half the distance from 1 to the next float64.
_ROUNDING = 2.0**-53


@dataclass(frozen=True, slots=True)
class _Shear:
    """(x, y) ↦ (x − p(y), y), or the same with the two exchanged; one-to-one for every p."""

    #: The number of the output that changes.
    changed: int
    #: The coefficients of p in t = (y − middle) / reach, the constant first.
    coefficients: Array
    middle: float
    reach: float

    def told(self, x: Array) -> Array:
        """p at the output that stays, for x of shape (n, 2); shape (n,)."""
        t = (x[:, 1 - self.changed] - self.middle) / self.reach
        return np.asarray(polynomial.polyval(t, self.coefficients), dtype=np.float64)

    def steepness(self, x: Array) -> Array:
        """|p′| there, shape (n,)."""
        t = (x[:, 1 - self.changed] - self.middle) / self.reach
        slope = polynomial.polyval(t, polynomial.polyder(self.coefficients)) / self.reach
        return np.asarray(np.abs(slope), dtype=np.float64)


@dataclass(frozen=True, slots=True)
class Unbending:
    """A one-to-one map of the plane of outputs, made of shears by polynomials.

    f is one-to-one exactly when f followed by it is. Outputs that are equal to nine digits, or an
    image as thin as that of Hénon's map applied thrice, come out as images of ordinary shape; what
    digits are left of them is known.
    """

    shears: tuple[_Shear, ...]

    def __call__(self, x: Array) -> Array:
        """Outputs x, shape (n, 2), in these coordinates."""
        x = x.copy()
        for shear in self.shears:
            x[:, shear.changed] -= shear.told(x)
        return x

    def undo(self, x: Array) -> Array:
        """The outputs, shape (n, 2), that have these coordinates; to rounding."""
        x = x.copy()
        for shear in reversed(self.shears):
            x[:, shear.changed] += shear.told(x)
        return x

    def spread_of_errors(self, x: Array) -> Array:
        """How far off coordinates x, shape (n, 2), are if the outputs are off by their own size.

        An error of an output is an error of what it tells, times its slope; and p is rounded.
        """
        x = self.undo(x)
        error = np.abs(x)
        for shear in self.shears:
            changed, told = shear.changed, shear.told(x)
            error[:, changed] += shear.steepness(x) * error[:, 1 - changed] + np.abs(told)
            x[:, changed] -= told
        return error


def find_unbending(x: Array) -> Unbending | None:
    """Shears that make the image of a map, seen at points x of shape (n, 2), round; or None.

    Each takes from the output that is told best by the other a polynomial in that other, as long as
    at most 3 % of its spread are left, and float64 knows what is left.
    """
    if len(x) < 8 * _DEGREE or not np.isfinite(x).all():
        return None
    shears: tuple[_Shear, ...] = ()
    now = x
    for _ in range(_MOST):
        tried = [(_left(now, changed), changed) for changed in (0, 1)]
        left, changed = min(tried)
        if not left <= _THIN:
            break
        further = Unbending((*shears, _fit(now, changed)))
        now = further(x)
        spread = np.std(now, axis=0)
        error = _ROUNDING * np.median(further.spread_of_errors(now), axis=0)
        if not (error <= _NOISIEST * spread).all():
            break
        shears = further.shears
    return Unbending(shears) if shears else None


def _fit(x: Array, changed: int) -> _Shear:
    """The shear that leaves least of one output, by least squares."""
    told, teller = x[:, changed], x[:, 1 - changed]
    middle, reach = float(teller.mean()), float(np.ptp(teller)) / 2
    reach = reach if reach > 0 else 1.0
    powers = polynomial.polyvander((teller - middle) / reach, _DEGREE)
    coefficients: Array = np.linalg.lstsq(powers, told, rcond=None)[0].astype(np.float64)
    return _Shear(changed, coefficients, middle, reach)


def _left(x: Array, changed: int) -> float:
    """The share of one output's spread that its best polynomial in the other leaves."""
    spread = float(np.std(x[:, changed]))
    if not (spread > 0 and float(np.ptp(x[:, 1 - changed])) > 0):
        return np.inf
    shear = _fit(x, changed)
    return float(np.std(x[:, changed] - shear.told(x))) / spread
