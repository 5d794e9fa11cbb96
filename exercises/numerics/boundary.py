"""The image of the disc's edge: a closed polygon, with more points where it bends."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from exercises.numerics.frame import Frame
from exercises.numerics.probe import Probe
from exercises.oracle import Array

_FIRST, _MOST, _ROUNDS = 240, 1_600, 7
#: Neighbouring pieces may turn by this much, in radians; at a corner of f they turn more.
_BEND = 0.25
#: Corners are not rounded by points closer than this, in radians: where a high power turns back,
#: rounding alone would make its two sides meet.
_CLOSEST = 0.006


@dataclass(frozen=True, slots=True)
class Boundary:
    """The image of the circle |z| = radius as a closed polygon."""

    radius: float
    #: Angles of its points, ascending, shape (n,).
    angle: Array
    #: Their images, shape (n, 2).
    x: Array
    #: The coordinates in which the image is looked at.
    frame: Frame

    @property
    def z(self) -> Array:
        """The points on the circle, shape (n, 2)."""
        return _circle(self.angle, self.radius)

    @property
    def curve(self) -> Array:
        """The polygon in the frame's coordinates; shape (n, 2)."""
        return self.frame(self.x)


def trace_boundary(probe: Probe, radius: float, frame: Frame | None = None) -> Boundary | None:
    """Trace f along the circle, with more points where the image bends; None if not finite.

    Without a frame each coordinate of the image spans from 0 to 1.
    """
    angle = np.arange(_FIRST, dtype=np.float64) * (2 * np.pi / _FIRST)
    x = probe(_circle(angle, radius))
    boundary = _finite(Boundary(radius, angle, x, frame or Frame.box(x)))
    for _ in range(_ROUNDS):
        if boundary is None:
            return None
        sharp = np.flatnonzero(_bends(boundary.curve) > _BEND)
        pieces = np.unique(np.concatenate((sharp, (sharp - 1) % len(boundary.angle))))
        pieces = pieces[_gaps(boundary.angle)[pieces] > _CLOSEST]
        if not len(pieces) or len(boundary.angle) + len(pieces) > _MOST:
            break
        boundary = split(probe, boundary, pieces)
    return boundary


def split(probe: Probe, boundary: Boundary, pieces: NDArray[np.intp]) -> Boundary | None:
    """The boundary with another point in the middle of each of `pieces`; None if not finite."""
    middle = boundary.angle[pieces] + _gaps(boundary.angle)[pieces] / 2
    x = probe(_circle(middle, boundary.radius))
    return _finite(
        Boundary(
            boundary.radius,
            np.insert(boundary.angle, pieces + 1, middle),
            np.insert(boundary.x, pieces + 1, x, axis=0),
            boundary.frame,
        )
    )


def _finite(boundary: Boundary) -> Boundary | None:
    return boundary if np.isfinite(boundary.x).all() else None


def _gaps(angle: Array) -> Array:
    """From each angle to the next, around the circle."""
    return np.asarray((np.roll(angle, -1) - angle) % (2 * np.pi))


def _circle(angle: Array, radius: float) -> Array:
    # A little inside, so that rounding never puts a point off the disc.
    return radius * (1 - 1e-12) * np.column_stack((np.cos(angle), np.sin(angle)))


def _bends(curve: Array) -> Array:
    """The angle between the pieces before and after each point, shape (n,)."""
    after = np.roll(curve, -1, axis=0) - curve
    before = np.roll(after, 1, axis=0)
    cross = before[:, 0] * after[:, 1] - before[:, 1] * after[:, 0]
    return np.asarray(np.abs(np.arctan2(cross, (before * after).sum(axis=1))), dtype=np.float64)
