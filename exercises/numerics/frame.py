"""Coordinates in which images are looked at: each output through a rising function of its own."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy.special import ndtri

from exercises.numerics.unbending import Unbending, find_unbending
from exercises.oracle import Array

#: Probabilities of the quantiles between which the scores are linear.
_LEVELS = np.concatenate(([0.001, 0.003, 0.01], np.linspace(0.02, 0.98, 49), [0.99, 0.997, 0.999]))


@dataclass(frozen=True, slots=True)
class Frame:
    """For each output a strictly rising function, linear between knots and beyond the last.

    Before that the plane may be changed in other ways that are one-to-one.
    Two images are equal in one frame exactly when they are in another, and curves cross in one
    when they do in another: so each argument may choose the frame in which it is seen best.
    """

    #: For each output ascending places, and ascending heights there.
    knots: tuple[tuple[Array, Array], tuple[Array, Array]]
    #: An invertible matrix that mixes the outputs first, shape (2, 2); None for none.
    mix: Array | None = None
    #: A point p, shape (2,), about which the plane is at last turned inside out, y ↦
    #: (y − p)/|y − p|²; None for no such turn. It is one-to-one where y is not p.
    centre: Array | None = None
    #: What comes first of all: shears by which a bent and thin image becomes straight.
    unbending: Unbending | None = None

    @classmethod
    def box(cls, x: Array) -> Frame:
        """The frame in which each coordinate of x, shape (n, 2), spans from 0 to 1."""
        return cls((_line(x[:, 0]), _line(x[:, 1])))

    @classmethod
    def scores(cls, x: Array, mix: Array | None = None) -> Frame:
        """The frame in which each coordinate of x, shape (n, 2), is nearly a normal score.

        High powers and heavy tails, thin as needles in their own scale, become round in it; where
        a matrix has mixed them, after `mix` has undone that.
        """
        mixed = x if mix is None else x @ mix.T
        return cls((_quantiles(mixed[:, 0]), _quantiles(mixed[:, 1])), mix)

    @classmethod
    def unbent(cls, x: Array) -> Frame | None:
        """The frame in which the image of points with outputs x, (n, 2), is unbent; or None."""
        unbending = find_unbending(x)
        return None if unbending is None else replace(cls.box(unbending(x)), unbending=unbending)

    def __call__(self, x: Array) -> Array:
        """Images x, shape (n, 2), in these coordinates."""
        if self.unbending is not None:
            x = self.unbending(x)
        if self.mix is not None:
            x = x @ self.mix.T
        risen = np.column_stack(
            [_rise(x[:, axis], *self.knots[axis]) for axis in range(2)],
        )
        if self.centre is None:
            return risen
        away = risen - self.centre
        return np.asarray(away / (away * away).sum(axis=1)[:, None], dtype=np.float64)

    def inside_out(self, centre: Array) -> Frame:
        """This frame, turned inside out about a point in its coordinates."""
        return replace(self, centre=centre)


def _line(values: Array) -> tuple[Array, Array]:
    low, high = float(values.min()), float(values.max())
    if not (high > low and np.isfinite(high - low)):
        low, high = 0.0, 1.0
    return np.array([low, high]), np.array([0.0, 1.0])


def _quantiles(values: Array) -> tuple[Array, Array]:
    places, index = np.unique(np.quantile(values, _LEVELS), return_index=True)
    steep = bool((np.diff(places) > 0).all() and np.isfinite(np.ptp(places)))
    return (places, ndtri(_LEVELS)[index]) if steep and len(places) > 1 else _line(values)


def _rise(values: Array, places: Array, heights: Array) -> Array:
    piece = np.clip(np.searchsorted(places, values, side="right") - 1, 0, len(places) - 2)
    with np.errstate(all="ignore"):
        slope = (heights[piece + 1] - heights[piece]) / (places[piece + 1] - places[piece])
        return np.asarray(heights[piece] + (values - places[piece]) * slope, dtype=np.float64)
