"""The argument by degree: one orientation inside, and an edge whose image does not cross itself."""

from __future__ import annotations

from dataclasses import dataclass

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


def argue_by_degree(
    probe: Probe, known: Local, orientation: int, resolution: Resolution, radius: float
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
    """
    inside = np.flatnonzero(np.hypot(*known.z.T) < 0.96 * radius)
    inner = known.x[inside[:: max(1, len(inside) // 400)]]
    verdict = _Edge(probe, resolution, radius, inner, orientation).judge(None)
    if verdict.reason not in (Reason.BOUNDARY, Reason.WINDING):
        return verdict
    scores = Frame.scores(known.x)
    second = _Edge(probe, resolution, radius, inner, orientation).judge(scores)
    return verdict if second.verdict is Injective.INCONCLUSIVE else second


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
        reason = Reason.NOT_FINITE
        for attempt in range(_REFINEMENTS):
            if boundary is None:
                break
            met = crossings(boundary.curve)
            if len(met):
                few = met[:: max(1, len(met) // 8)][:8]
                # Refined first, as most crossings of a thin image are those of its chords.
                if attempt in (1, _REFINEMENTS - 1):
                    witness = self._witness(boundary, few)
                    if witness is not None:
                        return found(witness)
                reason, pieces = Reason.BOUNDARY, np.unique(few)
            else:
                outside = self._not_surrounded(boundary)
                if not len(outside):
                    return shown(Reason.DEGREE)
                # A polygon cuts corners of a thin image: look closer where points fell out.
                reason = Reason.WINDING
                pieces = nearest_pieces(boundary.curve, outside[:: max(1, len(outside) // 64)])
            boundary = split(self.probe, boundary, pieces)
        return doubt(reason)

    def _not_surrounded(self, boundary: Boundary) -> Array:
        """Images of inner points around which the boundary does not run once, in its frame."""
        points = boundary.frame(self.inner)
        astray: Array = points[winding_numbers(boundary.curve, points) != self.orientation]
        return astray

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
