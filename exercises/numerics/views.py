"""Views: the numbers in which laws of the plane are compared, of normal scores and of x itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from exercises.oracle import Array

#: Directions of the half-planes of scores, evenly over half a turn; the first and the ninth are
#: the axes.
DIRECTIONS = 16
_ANGLES = np.arange(DIRECTIONS) * (np.pi / DIRECTIONS)
_COMPASS = np.stack((np.cos(_ANGLES), np.sin(_ANGLES)), axis=1)
#: Rings and crosses are seen sooner by the distance from the middle and the product of the scores.
VIEWS = DIRECTIONS + 2
#: Directions of the half-planes of x, evenly over half a turn once the target's bulk is round, so
#: that none is further from the nearest than 1.9 degrees; before them come the two axes.
PLANES = 48
#: What lies further out does not stretch the frame: heavy tails have no covariance.
_BULK = (0.02, 0.98)
#: A direction across which the bulk is flatter than this is not stretched any further.
_FLAT = 1e-3
#: A correlation below this is the draw's, not the law's.
_UNTIED = 0.01
#: Projections of numbers up to this size cannot overflow.
_HUGE = 1e150


def score_views(scores: Array) -> Array:
    """The views of points given as normal scores, shape (n, 2); shape (VIEWS, n)."""
    values = np.empty((VIEWS, len(scores)))
    first, second = np.ascontiguousarray(scores.T)
    # By hand: a library for matrices may add in another order on another machine.
    for direction, (across, up) in enumerate(_COMPASS):
        values[direction] = across * first + up * second
    with np.errstate(all="ignore"):
        np.hypot(first, second, out=values[DIRECTIONS])
        np.multiply(first, second, out=values[DIRECTIONS + 1])
    return values


@dataclass(frozen=True, slots=True)
class Frame:
    """The half-planes of x that are looked at: an affine map that makes a target's bulk round.

    Affine maps carry half-planes to half-planes, so that nothing is seen better or worse for the
    units of x, or because one coordinate follows the other closely.
    """

    #: Shape (2,): each coordinate's median.
    middle: Array
    #: Shape (2,): each coordinate's extent, never 0.
    scale: Array
    #: Shape (2 + PLANES, 2): the axes first.
    directions: Array

    @classmethod
    def of(cls, x: Array) -> Frame:
        """The frame of a target from many of its points, shape (n, 2), finite."""
        low, middle, high = np.quantile(x, [_BULK[0], 0.5, _BULK[1]], axis=0)
        scale = np.where(high > low, high - low, np.ptp(x, axis=0))
        scale = np.where(scale > 0, scale, np.maximum(np.abs(middle), 1.0))
        bulk = (np.clip(x, low, high) - middle) / scale
        covariance = np.cov(bulk.T)
        if abs(covariance[0, 1]) <= _UNTIED * np.sqrt(covariance[0, 0] * covariance[1, 1]):
            # A direction almost across lines of mass would tell rounding; one across does not.
            covariance = np.diag(np.diag(covariance))
        variances, axes = np.linalg.eigh(covariance)
        least = max(float(variances[1]), 1e-12) * _FLAT**2
        whitening = axes.T / np.sqrt(np.maximum(variances, least))[:, None]
        angles = np.arange(PLANES) * (np.pi / PLANES)
        compass = np.stack((np.cos(angles), np.sin(angles)), axis=1)
        return cls(middle, scale, np.concatenate((np.eye(2), compass @ whitening)))

    def project(self, x: Array, only: int | None = None) -> Iterator[Array]:
        """The projections, each (n,), of x, shape (n, 2), on all directions or on one."""
        with np.errstate(all="ignore"):
            framed = np.clip((x - self.middle) / self.scale, -_HUGE, _HUGE)
        first, second = np.ascontiguousarray(framed.T)
        directions = self.directions if only is None else self.directions[only : only + 1]
        for across, up in directions:
            yield across * first + up * second

    def half_plane(self, view: int, threshold: float) -> tuple[Array, float]:
        """Coefficients a, the larger of which is ±1, and b: "view <= threshold" is a·x <= b."""
        slope = self.directions[view] / self.scale
        size = float(np.abs(slope).max())
        offset = threshold + float(slope @ self.middle)
        return slope / size, offset / size
