"""Whether a black box is an affine coupling layer: some coordinates stay, they move the others."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from exercises.numerics.block_log_abs_det import Index, find_layout, passes
from exercises.numerics.precision import TINY, Ask, measure_precision
from exercises.oracle import Array

#: An affine function predicts a third value from two to this share of what goes into it.
TOLERANCE = 1e-7
#: And to so many times the precision of the answers.
_ROUNDINGS = 1e3
#: A scale that changes by less than this share of itself is constant.
_CONSTANT = 1e-6
#: The coordinates that move are changed by at least so much.
_LEAST_MOVE = 0.5
_PRECISION_POINTS = 32


@dataclass(frozen=True, slots=True)
class Layer:
    """What f does to the coordinates that it does not pass on."""

    #: Coordinates that pass unchanged, in their place, and the others.
    passing: Index
    moving: Index
    #: How many coordinates pass unchanged to another place.
    displaced: int
    #: Asked points and answers, shape (n, d).
    z: Array
    x: Array
    #: The largest residual of an affine prediction relative to what is allowed, and its point and
    #: coordinate; beyond 1 f is not affine.
    residual: float
    worst: int
    coordinate: int
    #: Whether a moving coordinate depends on another one that moves.
    crossed: bool
    #: Scales and shifts at each point, shape (n, moving); of use where f is affine.
    scales: Array
    shifts: Array
    #: The share of points without a finite value.
    not_finite: float

    @property
    def affine(self) -> bool:
        """Whether each moving coordinate is affine in itself and in no other that moves."""
        return self.residual <= 1


def look_at_layer(f: Ask, z: Array, rng: np.random.Generator) -> Layer:
    """Ask f at z and at points that differ in the moving coordinates only: 4 n questions.

    With the passing coordinates held, all others are moved at once, twice, at random. If each is
    s z + t of itself, the first move foresees the second. A dependence of another kind foresees it
    only by coincidence, for each of n points.

    Args:
        f: the black box, shape (n, d) to (n, d).
        z: Gaussian points, shape (n, d).
        rng: for the moves.
    """
    x = f(z)
    finite = np.isfinite(x).all(axis=1)
    lost = 1.0 - float(finite.mean())
    z, x = z[finite], x[finite]
    if not len(z):
        return _unseen(z, x, np.arange(z.shape[1]), 0, lost)
    stays = passes(z, x)
    passing, moving = np.flatnonzero(stays), np.flatnonzero(~stays)
    if not len(passing) or not len(moving):
        displaced = find_layout(z, x).passed - len(passing)
        return _unseen(z, x, moving, displaced, lost)
    precision = measure_precision(f, z[:_PRECISION_POINTS], rng)
    b = z[:, moving]
    move = rng.choice((-1.0, 1.0), size=b.shape) * (_LEAST_MOVE + rng.random(b.shape))
    near, far = _with(z, moving, b + move), _with(z, moving, 2 * rng.standard_normal(b.shape))
    x0, x1, x2 = x[:, moving], f(near)[:, moving], f(far)[:, moving]
    with np.errstate(all="ignore"):
        scales = (x1 - x0) / (near - z)[:, moving]
        onward = scales * (far - z)[:, moving]
        size = np.abs(x0) + np.abs(x1) + np.abs(x2) + np.abs(onward) + TINY
        allowed = max(TOLERANCE, _ROUNDINGS * precision) * size
        residual = np.abs(x2 - x0 - onward) / allowed
        shifts = x0 - scales * b
    residual = np.where(np.isnan(residual), np.inf, residual)
    worst, column = np.unravel_index(int(np.argmax(residual)), residual.shape)
    crossed = residual.max() > 1 and _crossed(f, z, x, moving, allowed, rng)
    return Layer(
        passing,
        moving,
        0,
        z,
        x,
        float(residual.max()),
        int(worst),
        int(moving[column]),
        crossed,
        scales,
        shifts,
        lost,
    )


def vary(values: Array, size: Array) -> NDArray[np.bool_]:
    """For each column whether it changes from point to point by more than rounding.

    Args:
        values: shape (n, columns).
        size: the size of what the values came from, same shape.
    """
    extent = np.ptp(values, axis=0)
    return np.asarray(extent > _CONSTANT * (np.median(size, axis=0) + TINY), dtype=np.bool_)


def _unseen(z: Array, x: Array, moving: Index, displaced: int, lost: float) -> Layer:
    passing = np.setdiff1d(np.arange(z.shape[1]), moving)
    none = np.empty((len(z), 0))
    return Layer(passing, moving, displaced, z, x, 0.0, 0, 0, False, none, none, lost)


def _with(z: Array, columns: Index, values: Array) -> Array:
    changed = z.copy()
    changed[:, columns] = values
    return changed


def _crossed(
    f: Ask, z: Array, x: Array, moving: Index, allowed: Array, rng: np.random.Generator
) -> bool:
    """Whether moving a random half of the coordinates changes one of the other half."""
    if len(moving) < 2:
        return False
    order = rng.permutation(len(moving))
    held, moved = order[: len(order) // 2], order[len(order) // 2 :]
    new = rng.standard_normal((len(z), len(moved)))
    for still, columns in ((held, moved), (moved, held)):
        values = rng.standard_normal((len(z), len(columns))) if columns is held else new
        answer = f(_with(z, moving[columns], values))
        with np.errstate(all="ignore"):
            change = np.abs(answer - x)[:, moving[still]]
        if not (change <= allowed[:, still]).all():
            return True
    return False
