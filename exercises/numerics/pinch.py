"""Pinches: straight pieces of curves that f sends to one point, though it flattens no area."""

from __future__ import annotations

import numpy as np

from exercises.numerics.jacobian import linearise, null_directions, solve
from exercises.numerics.probe import ROUNDING, Probe, Resolution
from exercises.numerics.witness import Witness
from exercises.oracle import Array

#: The two inputs lie so far to both sides, along the direction that J loses.
_REACH = 0.05
#: Students' lines lie at short decimals; on them a pinch is exact, beside them nearly.
_DECIMALS = 3
#: Off the line, by this much, the outputs must differ again: by so many units of rounding, and by
#: so many times what is left of the difference on the line.
_OFF, _UNITS, _CLEAR = 1e-2, 8.0, 1e6
_GAP = 1e-10
#: Newton's method across the line: its iterations and the step of its differences.
_STEPS, _STEP = 8, 1e-7
_GOLDEN = (np.sqrt(5) - 1) / 2
_CUTS = 18


def find_pinch(
    probe: Probe, z: Array, typical: Array, spacing: float, resolution: Resolution, radius: float
) -> Witness | None:
    """Two inputs on a line that f sends to one point, near one of the critical points z, (n, 2).

    On a fold J loses a direction across the critical curve, on a pinch the curve's own. So the
    two inputs are taken along that direction, moved across it until f differs least, and rounded
    to short decimals. They count when their outputs are equal there and differ close by: where
    outputs are equal only because they ran out of digits, they are equal close by as well.

    Args:
        typical: shape (2,), the usual lengths of J's rows.
        spacing: how far from the curve the critical points may be.
    """
    z = z[np.hypot(*z.T) < radius - 2 * _REACH]
    if not len(z):
        return None
    along = null_directions(linearise(probe, z, resolution).jacobian, typical)
    across = np.column_stack((-along[:, 1], along[:, 0]))
    z = z + _least(probe, z, along, across, typical, spacing)[:, None] * across
    ends = z[None] + _REACH * np.stack((along, -along))
    witness = _confirm(probe, np.round(ends, _DECIMALS), across)
    return witness or _confirm(probe, _meet(probe, ends, across), across)


def _meet(probe: Probe, ends: Array, across: Array) -> Array:
    """The ends, shape (2, n, 2), each moved across by Newton's method until f is the same there.

    Two unknowns for two equations; where f only touches its critical curve they do not converge,
    and nothing is lost.
    """
    for _ in range(_STEPS):
        asked = [ends[0], ends[1], ends[0] + _STEP * across, ends[1] + _STEP * across]
        here, there, beside, behind = np.split(probe(np.concatenate(asked)), 4)
        slopes = np.stack(((beside - here) / _STEP, (there - behind) / _STEP), axis=-1)
        move = np.clip(np.nan_to_num(solve(slopes, there - here)), -_REACH / 2, _REACH / 2)
        ends = ends + move.T[:, :, None] * across
    return ends


def _confirm(probe: Probe, ends: Array, across: Array) -> Witness | None:
    """A pair of `ends`, shape (2, n, 2), whose outputs are equal there and differ close by."""
    (first, second), offset = ends, _OFF * across
    asked = np.concatenate((first, second, first + offset, second + offset))
    here, there, near, close = np.split(probe(asked), 4)
    with np.errstate(all="ignore"):
        left, again = np.abs(here - there), np.abs(near - close)
        unit = 2 * ROUNDING * _UNITS
        rounding = unit * np.maximum(np.abs(here), np.abs(there))
        equal = ((left <= rounding) | (_CLEAR * left <= again)).all(axis=1)
        clear = again > 1e3 * unit * np.maximum(np.abs(near), np.abs(close))
        equal &= (clear & (_CLEAR * left <= again)).any(axis=1)
        # Of the outputs' own size, so that whoever replays it sees the digits agree.
        size = np.maximum(np.abs(here), np.abs(there)).max(axis=1)
        gap = left.max(axis=1) / np.where(size > 0, size, 1.0)
        equal &= (gap <= _GAP) & (np.hypot(*(first - second).T) >= _REACH)
    for index in np.flatnonzero(equal)[:1]:
        return Witness(first[index], second[index], here[index], there[index], float(gap[index]))
    return None


def _least(
    probe: Probe, z: Array, along: Array, across: Array, typical: Array, spacing: float
) -> Array:
    """How far to move each of z across, (n,), for f to differ least between its two ends."""

    def differ(move: Array) -> Array:
        middle = z + move[:, None] * across
        ahead, behind = np.split(
            probe(np.concatenate((middle + _REACH * along, middle - _REACH * along))), 2
        )
        with np.errstate(all="ignore"):
            size = np.linalg.norm((ahead - behind) / typical, axis=1)
        return np.asarray(np.nan_to_num(size, nan=np.inf), dtype=np.float64)

    low, high = np.full(len(z), -spacing), np.full(len(z), spacing)
    for _ in range(_CUTS):
        one, two = high - _GOLDEN * (high - low), low + _GOLDEN * (high - low)
        left = differ(one) <= differ(two)
        low, high = np.where(left, low, one), np.where(left, two, high)
    return np.asarray((low + high) / 2, dtype=np.float64)
