"""A target law as the judge has it: events of views with their shares, and its density."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from exercises.numerics.two_sample import Counts, added, count_events, distance
from exercises.numerics.views import DIRECTIONS, Frame, score_views
from exercises.oracle import Array

#: Points whose views are held at once.
_CHUNK = 2**15


@dataclass(frozen=True, slots=True)
class Events:
    """Events "view <= threshold" of a group of views; arrays of shape (views, k)."""

    thresholds: Array
    #: The probabilities of the events.
    shares: Array
    #: How wrong these may be.
    errors: Array

    def of_view(self, view: int) -> Events:
        """The events of one view alone."""
        one = slice(view, view + 1)
        return Events(self.thresholds[one], self.shares[one], self.errors[one])


@dataclass(frozen=True, slots=True)
class Target:
    """The law that x = f(z) should follow, as far as the judge looks."""

    #: The digest of each file that the table was built from, by name.
    sources: Mapping[str, str]
    #: Two arrays, ascending: knots of the two coordinates.
    knots: tuple[Array, Array]
    #: Two arrays, the normal scores at these knots.
    scores: tuple[Array, Array]
    #: Views of the scores.
    events: Events
    #: Where half-planes of x itself lie, and their events.
    frame: Frame
    planes: Events
    #: Shape (2, 5): the 5, 25, 50, 75 and 95 % quantiles of the two coordinates.
    quantiles: Array
    #: Shape (3,): how far z itself, untransformed, is from the target: as a whole, and in each
    #: coordinate alone.
    base_distances: Array
    #: Shape (k, k), rows from the lowest x2: the density, per unit of the window's area.
    density: NDArray[np.float32]
    #: What the density is shown on: x1 from, x2 from, x1 to, x2 to.
    window: tuple[float, float, float, float]
    #: How many held-out rows gave the shares; 0 for the law of a reference's f.
    rows: int = 0
    #: How far the reference's f is from the held-out rows; 0 where there is no such f.
    reference_distance: float = 0.0
    #: The coordinates that are compared.
    axes: tuple[int, ...] = (0, 1)

    def marginal(self, axis: int) -> Target:
        """The same target, of which only the law of one coordinate, 0 or 1, is compared."""
        return replace(
            self,
            events=self.events.of_view(axis * DIRECTIONS // 2),
            planes=self.planes.of_view(axis),
            axes=(axis,),
        )

    @property
    def base_distance(self) -> float:
        """How far z itself is from the target: the zero of partial credit."""
        whole = len(self.axes) == 2
        return float(self.base_distances[0 if whole else 1 + self.axes[0]])

    @property
    def on_a_line(self) -> bool:
        """Whether nearly all of the mass lies on one line, as one view's atom."""
        steps = (self.events.shares[:DIRECTIONS], self.planes.shares)
        return any(bool((np.diff(shares, axis=1) > 0.99).any()) for shares in steps)

    @property
    def shares(self) -> Array:
        """The probabilities of all events, flat; first those of scores."""
        return np.concatenate((self.events.shares.ravel(), self.planes.shares.ravel()))

    @property
    def errors(self) -> Array:
        """How wrong the shares of all events may be, flat."""
        return np.concatenate((self.events.errors.ravel(), self.planes.errors.ravel()))

    def levels(self, axis: int) -> Array:
        """The probabilities of the knots of one coordinate, ascending."""
        return np.asarray(ndtr(self.scores[axis]), dtype=np.float64)

    def views(self, x: Array) -> Array:
        """The views of points x, shape (n, 2), after each coordinate became a normal score.

        A score is the normal quantile of the target's own distribution function, linear between
        knots: so heavy tails and spread-out scales are compared where their mass is.
        """
        columns = [np.interp(x[:, axis], self.knots[axis], self.scores[axis]) for axis in self.axes]
        if len(columns) == 1:
            return np.asarray(columns, dtype=np.float64)
        return score_views(np.column_stack(columns))

    def half_planes(self, x: Array) -> Iterator[Array]:
        """The projections, each (n,), of points x, shape (n, 2), on the frame's directions."""
        return self.frame.project(x, None if len(self.axes) == 2 else self.axes[0])

    def count(self, x: Array) -> Counts:
        """Count the events of scores over x, shape (2c, 2); rows 2i and 2i + 1 are of cell i."""
        return added(
            [
                count_events(self.views(part[::2]), self.views(part[1::2]), self.events.thresholds)
                for part in _parts(x)
            ]
        )

    def count_planes(self, x: Array) -> Counts:
        """Count the half-planes of x over x, shape (2c, 2), as `count` counts."""
        return added(
            [
                count_events(
                    self.half_planes(part[::2]),
                    self.half_planes(part[1::2]),
                    self.planes.thresholds,
                )
                for part in _parts(x)
            ]
        )

    def misfit(self, counts: Counts) -> float:
        """How far counts of `count` are from the target, as partial credit measures it."""
        return distance(counts.share - self.events.shares)


def _parts(x: Array) -> list[Array]:
    """The rows of x in chunks, none of them half a number: a NaN belongs to no event."""
    lost = np.asarray(~np.isfinite(x).all(axis=1))
    if lost.any():
        x = np.where(lost[:, None], np.nan, x)
    return [x[start : start + _CHUNK] for start in range(0, len(x), _CHUNK)]
