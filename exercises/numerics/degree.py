"""The argument by degree: one orientation inside, and an edge whose image does not cross itself."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from exercises.numerics.boundary import Boundary, split, trace_boundary
from exercises.numerics.frame import Frame
from exercises.numerics.jacobian import Local
from exercises.numerics.polygon import crossings, nearest_pieces, winding_numbers
from exercises.numerics.probe import Probe, Resolution
from exercises.numerics.verdict import Injective, Injectivity, Reason, doubt, found, shown
from exercises.numerics.witness import Witness, confirm, newton
from exercises.oracle import Array

#: How often the boundary is traced more finely where it is in doubt.
_REFINEMENTS = 10
#: A curve that meets itself more often than this, and no less often with more points where it does,
#: is not made simple; nor one of so many points.
_TANGLED, _MOST = 100, 4_000
#: Where the polygon cuts off a point, the pieces nearest to it are split, and these beside them.
_BESIDE = np.arange(-2, 3)
#: So many inner points, about, must each be surrounded once.
_INNER = 400
#: The determinant of scaled rows from which on a matrix is no help to unmix.
_SINGULAR = 1e-6


def argue_by_degree(
    probe: Probe,
    known: Local,
    orientation: int,
    resolution: Resolution,
    radius: float,
    surprised: bool = False,
) -> Injectivity:
    """Whether the image of |z| = radius is a simple curve around the image of the inside.

    For f continuous with det J of one sign, every regular value inside the image of the circle
    has as many preimages as that curve winds around it: once, if it does not cross itself
    (Meisters and Olech, Duke Math. J. 30, 1963; for critical points that do no harm, Lipman,
    arXiv:1310.0955). Where the curve is too thin to tell in its own scale, it is looked at again
    with each output as a normal score, which changes no crossing.

    Args:
        known: what is known inside the disc.
        orientation: 1 or −1, the sign of det J.
        surprised: whether f changes somewhere faster than the mesh foresees, as at a pole: then
            all inner points are compared with the box around the edge's image, else, as with
            the edge itself, a few hundred.
    """
    inside = np.flatnonzero(np.hypot(*known.z.T) < 0.96 * radius)
    inner = known.x[inside[:: 1 if surprised else max(1, len(inside) // _INNER)]]
    edge = _Edge(probe, resolution, radius, inner, orientation)
    verdict = edge.judge(None)
    if verdict.reason not in (Reason.BOUNDARY, Reason.WINDING):
        return verdict
    if verdict.reason is Reason.WINDING and surprised:
        around_pole = edge.judge_inside_out()
        if around_pole.verdict is not Injective.INCONCLUSIVE:
            return around_pole
    for frame in _frames(known):
        again = edge.judge(frame)
        if again.verdict is not Injective.INCONCLUSIVE:
            return again
    return verdict


def _frames(known: Local) -> Iterator[Frame]:
    """Frames in which thin images may look round: unbent, or normal scores, perhaps unmixed.

    The mean Jacobian of M·g(z), with g acting on each coordinate, is M times a diagonal matrix.
    """
    straight = Frame.unbent(known.x)
    if straight is not None:
        yield straight
    yield Frame.scores(known.x)
    mean = known.jacobian.mean(axis=0)
    scale = np.abs(mean).max(axis=1)
    if np.isfinite(mean).all() and (scale > 0).all():
        rows = mean / scale[:, None]
        if abs(np.linalg.det(rows)) > _SINGULAR:
            yield Frame.scores(known.x, np.linalg.inv(rows) / scale)


@dataclass(frozen=True, slots=True)
class _Edge:
    """The disc's edge with what is asked about it."""

    probe: Probe
    resolution: Resolution
    radius: float
    #: Images of inner points, shape (n, 2).
    inner: Array
    orientation: int

    def judge(self, frame: Frame | None) -> Injectivity:
        boundary = trace_boundary(self.probe, self.radius, frame)
        reason, before = Reason.NOT_FINITE, math.inf
        for attempt in range(_REFINEMENTS):
            if boundary is None:
                break
            met = crossings(boundary.curve)
            if len(met):
                if _TANGLED < len(met) >= before or len(boundary.angle) > _MOST:
                    return doubt(Reason.BOUNDARY)
                before, few = len(met), met[:: max(1, len(met) // 8)][:8]
                # Refined first, as most crossings of a thin image are those of its chords.
                if attempt in (1, _REFINEMENTS - 1):
                    witness = self._witness(boundary, few)
                    if witness is not None:
                        return found(witness)
                reason, pieces = Reason.BOUNDARY, np.unique(met)
            else:
                outside = self._not_surrounded(boundary)
                if not len(outside):
                    return shown(Reason.DEGREE)
                # A polygon cuts corners of a thin image: look closer where points fell out.
                reason = Reason.WINDING
                pieces = nearest_pieces(boundary.curve, outside[:: max(1, len(outside) // 64)])
                pieces = np.unique((pieces[:, None] + _BESIDE) % len(boundary.curve))
            boundary = split(self.probe, boundary, pieces)
        return doubt(reason)

    def judge_inside_out(self) -> Injectivity:
        """The same where f has a pole: its image is what lies outside the edge's image.

        Turned inside out about a point that is not in the image, it becomes the inside; the
        orientation changes.
        """
        boundary = trace_boundary(self.probe, self.radius)
        centre = None if boundary is None else _deep_inside(boundary.curve)
        if boundary is None or centre is None:
            return doubt(Reason.WINDING)
        turned = replace(self, orientation=-self.orientation)
        return turned.judge(boundary.frame.inside_out(centre))

    def _not_surrounded(self, boundary: Boundary) -> Array:
        """Images of inner points around which the boundary does not run once, in its frame."""
        points, curve = boundary.frame(self.inner), boundary.curve
        low, high = curve.min(axis=0), curve.max(axis=0)
        within = ((points >= low) & (points <= high)).all(axis=1)
        some = points[within][:: max(1, int(within.sum()) // _INNER)]
        astray = some[winding_numbers(curve, some) != self.orientation]
        return np.concatenate((points[~within], astray))

    def _witness(self, boundary: Boundary, met: NDArray[np.intp]) -> Witness | None:
        """From a crossing, a pair: one point a little inside, the other by Newton's method."""
        one, two = boundary.z[met[:, 0]], boundary.z[met[:, 1]]
        for inward in (0.0, 0.02, 0.1, 0.3):
            anchors = np.concatenate((one, two)) * (1 - inward)
            starts = np.concatenate((two, one)) * (1 - inward)
            z2 = newton(self.probe, starts, self.probe(anchors), self.resolution, self.radius)
            pair = confirm(self.probe, anchors, z2, self.resolution, self.radius)
            if pair is not None:
                return pair
        return None


def _deep_inside(curve: Array) -> Array | None:
    """A point well inside the closed polygon, of the middles of a few hundred chords."""
    count = len(curve)
    apart = np.array([count // 2, count // 3, count // 5])
    middles = np.concatenate([(curve + np.roll(curve, -k, axis=0)) / 2 for k in apart])
    middles = middles[:: max(1, len(middles) // 200)]
    inside = middles[winding_numbers(curve, middles) != 0]
    if not len(inside):
        return None
    away = np.hypot(*(inside[:, None] - curve[None]).transpose(2, 0, 1)).min(axis=1)
    return np.asarray(inside[np.argmax(away)])
