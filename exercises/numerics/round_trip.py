"""Whether two black boxes undo each other, up to what rounding can spoil."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from exercises.numerics.precision import (
    DOUBLE,
    TINY,
    Ask,
    all_finite,
    all_within,
    measure_precision,
    typical_size,
)
from exercises.oracle import Array

#: The round-trip error that is allowed, relative to 1 + the largest |coordinate|: a right inverse
#: in float64 reaches 1e-9 or better, and flow libraries ask for 1e-6 to 1e-4.
TOLERANCE = 1e-6
#: And in units of the measured precision, for float32.
_ROUNDINGS = 100.0
#: Where f itself can not tell the two inputs apart, they may differ by so much and still agree.
LARGEST = 0.01
#: f can not tell two inputs apart when its values differ by less than so many times its noise:
#: each of the two functions does about as many roundings between its input and its output.
_NOISES = 32.0
#: The inverse is the less precise one from this ratio on: two precisions that are alike may be
#: measured, at 32 points each, a tenth apart either way.
_LESS_PRECISE = 2.0
#: A rounding of the inputs, in units of the precision, and how often it is tried.
_JITTER, _TRIALS = 4.0, 4
#: Where f_inv says infinity: how far to look whether f is flat up to there.
_FAR = 10.0
_PRECISION_POINTS = 32


class Trip(IntEnum):
    """How one round trip ended."""

    GOOD = 0
    #: f is flat between the two inputs, to rounding: float64 can not say which is right.
    UNDECIDED = 1
    BAD = 2


@dataclass(frozen=True, slots=True)
class Precision:
    """The relative errors of two functions, as `measure_precision` has them."""

    f: float
    f_inv: float

    @property
    def worse(self) -> float:
        """That of the two together."""
        return max(self.f, self.f_inv)


@dataclass(frozen=True, slots=True)
class RoundTrips:
    """Round trips from n points z: x = f(z), w = f_inv(x), y = f(w)."""

    #: All four of shape (n, d); NaN where there is no answer.
    z: Array
    x: Array
    w: Array
    y: Array
    #: max |w − z| over 1 + max |z|; inf where w is not finite. Shape (n,).
    left_error: Array
    #: The largest |y − x| of a coordinate, over |x| + the middle |x| of that coordinate; (n,).
    right_error: Array
    #: Members of Trip, shape (n,): f_inv(f(z)) = z, and f(f_inv(x)) = x.
    left: NDArray[np.int8]
    right: NDArray[np.int8]
    #: What the errors were compared with first.
    tolerance: float


def round_trips(
    f: Ask, f_inv: Ask, z: Array, rng: np.random.Generator, precision: Precision
) -> RoundTrips:
    """Go there and back from each of z, shape (n, d): 3 n questions, and 9 a point in doubt.

    An error beyond the tolerance is bad unless rounding explains it: f can not tell w from z, nor
    from the point in the middle, by more than its noise. This is the test |J (w − z)| ≤ noise
    without J: it takes the conditioning of f into account in any dimension. The noise is what
    changing the input in its last digits does to f, and some roundings of the output. Where f_inv
    is more than twice as imprecise, that is more than f's own noise, and there an error counts as
    rounding only if what f_inv itself makes of it is as large (`_swayed`, 12 questions more).

    Args:
        precision: of the two functions (see pair_precision).
    """
    x = f(z)
    w = f_inv(np.where(np.isfinite(x), x, 0.0))
    w[~all_finite(x)] = np.nan
    y = f(np.where(np.isnan(w), 0.0, w))
    y[np.isnan(w).any(axis=1)] = np.nan
    tolerance = max(TOLERANCE, _ROUNDINGS * precision.worse)
    with np.errstate(all="ignore"):
        left_error = np.abs(w - z).max(axis=1) / (1 + np.abs(z).max(axis=1))
        size = np.abs(x) + np.nan_to_num(typical_size(x)) + TINY
        right_error = (np.abs(y - x) / size).max(axis=1)
    left_error, right_error = (
        np.where(np.isfinite(error), error, np.inf) for error in (left_error, right_error)
    )
    left = np.where(left_error <= tolerance, Trip.GOOD, Trip.BAD).astype(np.int8)
    right = np.where(right_error <= tolerance, Trip.GOOD, Trip.BAD).astype(np.int8)
    # No rounding moves x by a hundredth of itself; an infinite w is looked at by its neighbours.
    explicable = (right_error < LARGEST) | np.isinf(w).any(axis=1)
    explicable &= all_finite(x) & ~np.isnan(w).any(axis=1)
    doubt = np.flatnonzero(((left | right) > 0) & explicable)
    if len(doubt):
        there = z[doubt], x[doubt], w[doubt], y[doubt]
        same, flat = _told_apart(f, *there, rng, precision.worse)
        if _LESS_PRECISE * precision.f < precision.f_inv:
            same &= _swayed(f, f_inv, *there, rng, precision)
        far = left_error[doubt] > LARGEST
        rounding = np.where(far, Trip.UNDECIDED, Trip.GOOD)
        left[doubt] = np.where(same & flat, np.minimum(left[doubt], rounding), left[doubt])
        right[doubt] = np.where(same, Trip.GOOD, right[doubt])
        right[doubt[left[doubt] == Trip.UNDECIDED]] = Trip.UNDECIDED
    return RoundTrips(z, x, w, y, left_error, right_error, left, right, tolerance)


def pair_precision(f: Ask, f_inv: Ask, z: Array, rng: np.random.Generator) -> Precision:
    """The relative errors of the two functions, at some of z and their images."""
    z = z[:_PRECISION_POINTS]
    x = f(z)
    x = x[all_finite(x)]
    back = measure_precision(f_inv, x, rng) if len(x) else DOUBLE
    return Precision(measure_precision(f, z, rng), back)


def _told_apart(
    f: Ask,
    z: Array,
    x: Array,
    w: Array,
    y: Array,
    rng: np.random.Generator,
    precision: float,
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Whether f has one value at z and w up to its noise, and whether it has it in between."""
    reach = np.clip(w, z - _FAR * (1 + np.abs(z)), z + _FAR * (1 + np.abs(z)))
    noise = _NOISES * np.fmax(_noise(f, z, x, rng, precision), _noise(f, w, y, rng, precision))
    middle = f((z + reach) / 2)
    with np.errstate(all="ignore"):
        same = all_within(y - x, noise)
        # Where w is infinite, f need not have a value there.
        endless = ~all_finite(w)
        if endless.any():
            far = f(reach[endless])
            same[endless] = all_within(far - x[endless], noise[endless])
        flat = all_within(middle - x, noise)
    return same, flat


def _swayed(
    f: Ask,
    f_inv: Ask,
    z: Array,
    x: Array,
    w: Array,
    y: Array,
    rng: np.random.Generator,
    precision: Precision,
) -> NDArray[np.bool_]:
    """Whether rounding of x takes f_inv from w as far as z is, or f itself has one value there.

    A matrix of condition 1e8 can be undone to eight digits. Its right inverse is as far off as
    noise in x makes it; one with another entry is much further off, and the same noise in x does
    not change that.
    """
    own = np.fmax(_noise(f, z, x, rng, precision.f), _noise(f, w, y, rng, precision.f))
    with np.errstate(all="ignore"):
        sway = precision.worse * (1 + np.abs(z).max(axis=1))
        for _ in range(_TRIALS):
            signs = rng.choice((-1.0, 1.0), size=x.shape)
            sway = np.fmax(sway, np.abs(f_inv(x + own * signs) - w).max(axis=1))
        explained = np.abs(w - z).max(axis=1) <= _NOISES * sway
        flat = all_within(y - x, _NOISES * own)
    return np.asarray(explained | flat | ~all_finite(w), dtype=np.bool_)


def _noise(f: Ask, z: Array, x: Array, rng: np.random.Generator, precision: float) -> Array:
    """What the last digits of z change in x = f(z), and a rounding of x; shape (n, d)."""
    finite = all_finite(z)
    with np.errstate(all="ignore"):
        noise = precision * np.abs(x) + TINY
        for _ in range(_TRIALS):
            signs = rng.choice((-1.0, 1.0), size=z.shape)
            near = np.where(finite[:, None], z * (1 + _JITTER * precision * signs), 0.0)
            change = np.where(finite[:, None], np.abs(f(near) - x), 0.0)
            noise = np.fmax(noise, change)
    return np.where(np.isfinite(noise), noise, 0.0)
