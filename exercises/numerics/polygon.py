"""Closed polygons in the plane: where they cross, and how often they run around a point."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from exercises.oracle import Array

#: Pieces whose boxes are first compared together: fewer make more boxes, more make larger ones.
_BLOCK = 8


def crossings(curve: Array) -> NDArray[np.intp]:
    """Pairs of pieces of the closed polygon that meet, shape (k, 2); neighbours do not count.

    A touch counts as meeting: doubt must not become a certificate.
    """
    met = meetings(np.stack((curve, np.roll(curve, -1, axis=0)), axis=1))
    apart = (met[:, 1] - met[:, 0]) % len(curve)
    return met[(apart > 1) & (apart < len(curve) - 1)]


def meetings(ends: Array) -> NDArray[np.intp]:
    """Pairs i < j of straight pieces that meet or touch, shape (k, 2).

    Args:
        ends: shape (n, 2, 2): piece, end, coordinate; cheap where neighbours in this order are
            near each other.
    """
    first, second = _near_pieces(ends)
    low, high = ends.min(axis=1), ends.max(axis=1)
    overlap = (low[first] <= high[second]).all(axis=1) & (low[second] <= high[first]).all(axis=1)
    first, second = first[overlap], second[overlap]
    a, b = ends[first], ends[second]
    sides_a = _side(a[:, 0], a[:, 1], b[:, 0]) * _side(a[:, 0], a[:, 1], b[:, 1])
    sides_b = _side(b[:, 0], b[:, 1], a[:, 0]) * _side(b[:, 0], b[:, 1], a[:, 1])
    meet = (sides_a <= 0) & (sides_b <= 0)
    return np.column_stack((first[meet], second[meet]))


def winding_numbers(curve: Array, points: Array) -> NDArray[np.intp]:
    """How often the closed polygon runs around each point, positive to the left; shape (n,)."""
    return winding_of_pieces(curve, np.roll(curve, -1, axis=0), points)


def winding_of_pieces(start: Array, end: Array, points: Array) -> NDArray[np.intp]:
    """The same for directed pieces, (m, 2) each, that make up closed polygons in any order.

    By counting the pieces that cross the ray to the right of the point, with their directions.
    """
    height = points[:, 1:2]
    up = (start[:, 1] <= height) & (end[:, 1] > height)
    down = (start[:, 1] > height) & (end[:, 1] <= height)
    side = (end[:, 0] - start[:, 0]) * (height - start[:, 1]) - (points[:, :1] - start[:, 0]) * (
        end[:, 1] - start[:, 1]
    )
    turns = (up & (side > 0)).sum(axis=1) - (down & (side < 0)).sum(axis=1)
    return np.asarray(turns, dtype=np.intp)


def nearest_pieces(curve: Array, points: Array) -> NDArray[np.intp]:
    """The pieces of the polygon nearest to any of the points, shape (n, 2), each once."""
    start, along = curve, np.roll(curve, -1, axis=0) - curve
    length = np.maximum((along * along).sum(axis=1), 1e-300)
    to = points[:, None] - start
    share = np.clip((to * along).sum(axis=2) / length, 0.0, 1.0)
    away = to - share[:, :, None] * along
    return np.unique(np.argmin((away * away).sum(axis=2), axis=1))


def _side(a: Array, b: Array, c: Array) -> Array:
    """The sign of the turn a → b → c, with zero within rounding of its terms."""
    left = (b[:, 0] - a[:, 0]) * (c[:, 1] - a[:, 1])
    right = (b[:, 1] - a[:, 1]) * (c[:, 0] - a[:, 0])
    turn = left - right
    rounding = 1e-14 * (np.abs(left) + np.abs(right))
    return np.asarray(np.where(np.abs(turn) > rounding, np.sign(turn), 0.0), dtype=np.float64)


def _near_pieces(ends: Array) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Pairs i < j of pieces in blocks whose bounding boxes meet."""
    count = len(ends)
    starts = np.arange(0, count, _BLOCK)
    low = np.minimum.reduceat(ends.min(axis=1), starts)
    high = np.maximum.reduceat(ends.max(axis=1), starts)
    meet = (low[:, None] <= high[None]).all(axis=2) & (low[None] <= high[:, None]).all(axis=2)
    one, two = np.nonzero(np.triu(meet))
    inner = np.arange(_BLOCK)
    first = (starts[one][:, None, None] + inner[None, :, None]).repeat(_BLOCK, axis=2).ravel()
    second = (starts[two][:, None, None] + inner[None, None, :]).repeat(_BLOCK, axis=1).ravel()
    keep = (first < second) & (second < count)
    return first[keep], second[keep]
