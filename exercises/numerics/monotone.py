"""The argument by monotony: pairs of points move apart the way they lie, after one linear map."""

from __future__ import annotations

import numpy as np

from exercises.numerics.jacobian import Local
from exercises.numerics.probe import Probe
from exercises.oracle import Array

#: Pairs near each jump, and the shortest and longest distance of any pair.
_AT_JUMP, _SHORTEST, _LONGEST = 24, 1e-5, 1.0
#: The least stretch of a pair, of the usual, that counts as moving apart: far above rounding.
_LEAST = 0.02


def is_monotone(
    probe: Probe, known: Local, jumps: Array, radius: float, rng: np.random.Generator
) -> bool:
    """Whether ⟨L f(a) − L f(b), a − b⟩ > 0 for all pairs that are tried; L is the mean J's inverse.

    That inequality for all pairs makes f one-to-one, whether it is smooth, bent or jumps (the
    definition of strictly monotone maps; for smooth ones it is the theorem of Noshiro and
    Warschawski). It is tried with every Jacobian, with one pair at each point of `known`, at
    distances from 1e-5 to 1, and with pairs across every jump.

    Args:
        jumps: shape (k, 2, 2), pairs of points between which f jumps.
    """
    if not known.finite.all() or not len(known.z):
        return False
    mean = known.jacobian.mean(axis=0)
    with np.errstate(all="ignore"):
        scale = np.abs(mean).max(axis=1)
        if not (scale > 0).all() or abs(np.linalg.det(mean / scale[:, None])) < 1e-6:
            return False
    undo = np.linalg.inv(mean / scale[:, None]) / scale
    if not (_least_stretch(undo @ known.jacobian) > _LEAST).all():
        return False
    beside = jumps.reshape(-1, 2)
    places = np.concatenate((known.z, np.repeat(beside, _AT_JUMP, axis=0)))
    values = np.concatenate((known.x, np.repeat(probe(beside), _AT_JUMP, axis=0)))
    angle = 2 * np.pi * rng.random(len(places))
    length = np.exp(rng.uniform(np.log(_SHORTEST), np.log(_LONGEST), len(places)))
    other = places + length[:, None] * np.column_stack((np.cos(angle), np.sin(angle)))
    inside = np.hypot(*other.T) <= radius
    step = other[inside] - places[inside]
    moved = (probe(other[inside]) - values[inside]) @ undo.T
    return bool(((moved * step).sum(axis=1) > _LEAST * (step * step).sum(axis=1)).all())


def _least_stretch(jacobian: Array) -> Array:
    """The smaller eigenvalue of the symmetric part of each (2, 2) matrix."""
    a, d = jacobian[:, 0, 0], jacobian[:, 1, 1]
    b = (jacobian[:, 0, 1] + jacobian[:, 1, 0]) / 2
    return np.asarray((a + d) / 2 - np.hypot((a - d) / 2, b), dtype=np.float64)
