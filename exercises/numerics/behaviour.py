"""Behaviour: whether two functions are the same up to a symmetry of the Gaussian, and by which.

z ~ N(0, I) has the law of Qz for every rotation and reflection Q, so f(z) and f(Qz) are two answers
of one law, and the second one is an easy disguise of the first. On a polar grid a rotation is a
shift along the angles and a reflection reverses them; the best shift is at the peak of a cross
correlation, which one Fourier transform gives for all shifts. Between the grid's angles the rings
are interpolated by their Fourier series, which is exact where f has few frequencies along a ring.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from exercises.numerics.hidden_points import ANGLES, RINGS
from exercises.oracle import Array

#: Functions that differ by less, relative to their size, are taken for one.
SAME = 1e-9
#: And where a rotation between the grid's angles had to be interpolated.
SAME_BETWEEN = 1e-6
#: Golden sections of the interval that holds the best angle: to a thousandth of it, for Newton.
_STEPS = 16
_GOLDEN = (math.sqrt(5) - 1) / 2
_WAVES = np.arange(ANGLES // 2 + 1)
#: How far the summaries of one function may differ, for angles between those of the grid.
_SUMMARY = 1e-5
#: Frequencies along a ring that the summary looks at: higher ones alias where z is turned.
_LOW = 5


@dataclass(frozen=True, slots=True)
class Likeness:
    """How near two functions come, with z turned or mirrored as suits best: a(Qz) against b(z)."""

    #: The largest difference on the grid over the size (root mean square) of the larger function.
    difference: float
    #: Q is a rotation by this angle, in degrees above -180 up to 180, …
    degrees: float
    #: … after z2 has been mirrored, where this is so.
    mirrored: bool
    #: Whether the angle lies between those of the grid.
    between: bool

    @property
    def same(self) -> bool:
        """Whether they are taken for one function."""
        return self.difference <= (SAME_BETWEEN if self.between else SAME)

    @property
    def turned(self) -> bool:
        """Whether z had to be turned or mirrored."""
        return self.mirrored or self.degrees != 0


def behaviour_of(values: Array) -> Array | None:
    """The answers on the polar grid, shape (RINGS, ANGLES, 2); None where one is not finite."""
    if not np.isfinite(values).all():
        return None
    return np.ascontiguousarray(values, dtype=np.float64).reshape(RINGS, ANGLES, 2)


def size_of(behaviour: Array) -> float:
    """The root mean square of a function on the grid, without overflow."""
    largest = float(np.abs(behaviour).max())
    if largest == 0:
        return 0.0
    return largest * float(np.sqrt(np.mean((behaviour / largest) ** 2)))


def summary(behaviour: Array) -> Array:
    """Numbers that no rotation or reflection of z changes; shape (RINGS · _LOW · 2 + 1,).

    The size of the low frequencies along each ring, relative to the function's size, and that
    size's logarithm. Grid rotations leave them to rounding, others as far as f has few frequencies.
    """
    size = size_of(behaviour) or 1.0
    spectrum = np.fft.rfft(behaviour / size, axis=1)[:, :_LOW] / ANGLES
    return np.append(np.abs(spectrum).ravel(), math.log(size))


def may_be_same(a: Array, b: Array) -> bool:
    """Whether two functions with these summaries can be the same: a quick look before `compare`."""
    return bool(np.abs(a - b).max() <= _SUMMARY)


def compare(a: Array, b: Array) -> Likeness:
    """How near a(Qz) comes to b(z), both shape (RINGS, ANGLES, 2), finite."""
    size = max(size_of(a), size_of(b)) or 1.0
    a, b = a / size, b / size
    spectrum = np.fft.rfft(b, axis=1)
    found: list[Likeness] = []
    for mirrored, source in ((False, a), (True, a[:, ::-1])):
        mine = np.fft.rfft(source, axis=1)
        cross = (mine * spectrum.conj()).sum(axis=(0, 2))
        correlation = np.fft.irfft(cross, n=ANGLES)
        shift = int(np.argmax(correlation))
        difference = float(np.abs(np.roll(source, -shift, axis=1) - b).max())
        on_grid = Likeness(difference, _degrees(shift * 360 / ANGLES, mirrored), mirrored, False)
        found.append(on_grid)
        if not on_grid.same:
            found.append(_between(mine, b, cross, shift, mirrored))
    # Of equals the simplest: the grid before what lies between, no mirror before a mirror.
    return min(found, key=lambda one: (not one.same, one.between if one.same else one.difference))


def _between(
    mine: NDArray[np.complex128],
    b: Array,
    cross: NDArray[np.complex128],
    shift: int,
    mirrored: bool,
) -> Likeness:
    """The same at the best angle near a shift, by golden section on the correlation."""
    step = 2 * math.pi / ANGLES
    low, high = (shift - 1) * step, (shift + 1) * step
    for _ in range(_STEPS):
        width = _GOLDEN * (high - low)
        if _correlation(cross, high - width) > _correlation(cross, low + width):
            high = low + width
        else:
            low = high - width
    angle = _polished(cross, (low + high) / 2)
    turned = np.fft.irfft(mine * np.exp(1j * _WAVES * angle)[:, None], n=ANGLES, axis=1)
    difference = float(np.abs(turned - b).max())
    return Likeness(difference, _degrees(math.degrees(angle), mirrored), mirrored, True)


def _correlation(cross: NDArray[np.complex128], angle: float) -> float:
    weights = np.where((_WAVES == 0) | (_WAVES == ANGLES // 2), 1.0, 2.0)
    return float((weights * (cross * np.exp(1j * _WAVES * angle)).real).sum())


def _polished(cross: NDArray[np.complex128], angle: float) -> float:
    """The maximum near an angle, by Newton: a search by values alone ends at the root of rounding.

    Newton's step is in the derivatives of the correlation, which is a trigonometric polynomial.
    """
    weights = np.where((_WAVES == 0) | (_WAVES == ANGLES // 2), 1.0, 2.0)
    for _ in range(3):
        terms = weights * cross * np.exp(1j * _WAVES * angle)
        slope = float((terms * 1j * _WAVES).real.sum())
        bend = float((-terms * _WAVES**2).real.sum())
        if not bend < 0:
            break
        angle -= slope / bend
    return angle


def _degrees(angle: float, mirrored: bool) -> float:
    """The angle of the rotation; to mirror before it, not after, turns it round."""
    turned = 180 - (180 - (-angle if mirrored else angle)) % 360
    return round(turned, 6) + 0.0
