"""The boundary's image: a closed curve, refined where it bends, tested for crossings."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from exercises.numerics.probe import Probe
from exercises.oracle import Array

_FIRST, _MOST, _ROUNDS = 240, 1_600, 7
#: Neighbouring pieces may turn by this much, in radians; at a corner of f they turn more.
_BEND = 0.25
_BLOCK = 16


@dataclass(frozen=True, slots=True)
class Boundary:
    """The image of the circle |z| = radius as a closed polygon."""

    radius: float
    #: Angles of its points, ascending, shape (n,).
    angle: Array
    #: Their images, shape (n, 2).
    x: Array
    #: What makes each coordinate of the image span from 0 to 1, shape (2,) each.
    offset: Array
    span: Array

    @property
    def z(self) -> Array:
        """The points on the circle, shape (n, 2)."""
        return _circle(self.angle, self.radius)

    @property
    def curve(self) -> Array:
        """The polygon, each coordinate scaled to span 1; shape (n, 2)."""
        return self.scaled(self.x)

    def scaled(self, x: Array) -> Array:
        """Images x, shape (n, 2), in the curve's scale."""
        return np.asarray((x - self.offset) / self.span, dtype=np.float64)


def trace_boundary(probe: Probe, radius: float) -> Boundary | None:
    """Trace f along the circle, with more points where the image bends; None if not finite."""
    angle = np.arange(_FIRST, dtype=np.float64) * (2 * np.pi / _FIRST)
    boundary = _boundary(probe, angle, radius)
    for _ in range(_ROUNDS):
        if boundary is None:
            return None
        sharp = np.flatnonzero(_bends(boundary.curve) > _BEND)
        pieces = np.unique(np.concatenate((sharp, (sharp - 1) % len(boundary.angle))))
        if not len(pieces) or len(boundary.angle) + len(pieces) > _MOST:
            break
        boundary = split(probe, boundary, pieces)
    return boundary


def split(probe: Probe, boundary: Boundary, pieces: NDArray[np.intp]) -> Boundary | None:
    """The boundary with another point in the middle of each of `pieces`; None if not finite."""
    gap = (np.roll(boundary.angle, -1) - boundary.angle) % (2 * np.pi)
    middle = boundary.angle[pieces] + gap[pieces] / 2
    x = probe(_circle(middle, boundary.radius))
    return _scale(
        np.insert(boundary.angle, pieces + 1, middle),
        np.insert(boundary.x, pieces + 1, x, axis=0),
        boundary.radius,
    )


def nearest_pieces(curve: Array, points: Array) -> NDArray[np.intp]:
    """The pieces of the polygon nearest to any of the points, shape (n, 2), each once."""
    start, along = curve, np.roll(curve, -1, axis=0) - curve
    length = np.maximum((along * along).sum(axis=1), 1e-300)
    to = points[:, None] - start
    share = np.clip((to * along).sum(axis=2) / length, 0.0, 1.0)
    away = to - share[:, :, None] * along
    return np.unique(np.argmin((away * away).sum(axis=2), axis=1))


def _boundary(probe: Probe, angle: Array, radius: float) -> Boundary | None:
    return _scale(angle, probe(_circle(angle, radius)), radius)


def _scale(angle: Array, x: Array, radius: float) -> Boundary | None:
    if not np.isfinite(x).all():
        return None
    offset = x.min(axis=0)
    span = x.max(axis=0) - offset
    span = np.where((span > 0) & np.isfinite(span), span, 1.0)
    return Boundary(radius, angle, x, offset, span)


def crossings(curve: Array) -> NDArray[np.intp]:
    """Pairs of pieces of the closed polygon that meet, shape (k, 2); neighbours do not count.

    A touch counts as meeting: doubt must not become a certificate.
    """
    ends = np.stack((curve, np.roll(curve, -1, axis=0)), axis=1)
    first, second = _near_pieces(ends)
    count = len(curve)
    apart = (second - first) % count
    keep = (apart > 1) & (apart < count - 1)
    first, second = first[keep], second[keep]
    a, b = ends[first], ends[second]
    sides_a = _side(a[:, 0], a[:, 1], b[:, 0]) * _side(a[:, 0], a[:, 1], b[:, 1])
    sides_b = _side(b[:, 0], b[:, 1], a[:, 0]) * _side(b[:, 0], b[:, 1], a[:, 1])
    overlap = (a.min(axis=1) <= b.max(axis=1)).all(axis=1)
    overlap &= (b.min(axis=1) <= a.max(axis=1)).all(axis=1)
    meet = (sides_a <= 0) & (sides_b <= 0) & overlap
    return np.column_stack((first[meet], second[meet]))


def winding_numbers(curve: Array, points: Array) -> NDArray[np.intp]:
    """How often the closed polygon runs around each point, positive to the left; shape (n,).

    By counting the pieces that cross the ray to the right of the point, with their directions.
    """
    start, end = curve, np.roll(curve, -1, axis=0)
    height = points[:, 1:2]
    up = (start[:, 1] <= height) & (end[:, 1] > height)
    down = (start[:, 1] > height) & (end[:, 1] <= height)
    side = (end[:, 0] - start[:, 0]) * (height - start[:, 1]) - (points[:, :1] - start[:, 0]) * (
        end[:, 1] - start[:, 1]
    )
    turns = (up & (side > 0)).sum(axis=1) - (down & (side < 0)).sum(axis=1)
    return np.asarray(turns, dtype=np.intp)


def _circle(angle: Array, radius: float) -> Array:
    # A little inside, so that rounding never puts a point off the disc.
    return radius * (1 - 1e-12) * np.column_stack((np.cos(angle), np.sin(angle)))


def _bends(curve: Array) -> Array:
    """The angle between the pieces before and after each point, shape (n,)."""
    after = np.roll(curve, -1, axis=0) - curve
    before = np.roll(after, 1, axis=0)
    cross = before[:, 0] * after[:, 1] - before[:, 1] * after[:, 0]
    return np.asarray(np.abs(np.arctan2(cross, (before * after).sum(axis=1))), dtype=np.float64)


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
