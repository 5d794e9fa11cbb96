"""How far a law is from a target: event counts over stratified pairs, with exact error bounds.

The theory, in full, because a fail rests on it. Cut the Gaussian plane into c cells of equal mass
and draw two independent points in each. For an event A (x falls left of a threshold in a view) let
p_i be its probability in cell i. The count S of points in A is a sum of 2c independent 0/1
variables with mean 2 Σ p_i, which is 2c times the event's probability, and variance
m = 2 Σ p_i (1 − p_i). The number K of cells whose two points disagree about A is a sum of c
independent 0/1 variables with mean exactly m. So K tells S's variance, whatever f is:

1. m <= K + ℓ + √(ℓ² + 2Kℓ) except with probability exp(−ℓ)
   (Chernoff's bound of the lower tail, P(K <= m − t) <= exp(−t²/2m)).
2. |S − E S| <= ℓ/3 + √(ℓ²/9 + 2mℓ) except with probability 2 exp(−ℓ)
   (Bernstein's inequality; Boucheron, Lugosi and Massart, Concentration Inequalities, 2.8).

Together: each event's deviation exceeds its bound with probability at most 3 exp(−ℓ), for every
f, smooth or wild, and every number of points; no limit theorem and no tuning is involved. A union
over the events makes it hold for all of them at once. For a smooth f only cells on the border
of A disagree, K grows like √c, and the bound shrinks like c^(−3/4), not like the c^(−1/2) of
independent draws.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from exercises.oracle import Array

#: Directions of the half-planes, evenly over half a turn; the first and the ninth are the axes.
DIRECTIONS = 16
_ANGLES = np.arange(DIRECTIONS) * (np.pi / DIRECTIONS)
_COMPASS = np.stack((np.cos(_ANGLES), np.sin(_ANGLES)))
#: Half-planes see every law in the end (Cramér and Wold); rings and crosses are seen sooner by
#: the distance from the middle and by the product of the two scores.
VIEWS = DIRECTIONS + 2


def views(scores: Array) -> Array:
    """The numbers in which laws are compared, of points given as scores; shapes (n, 2), (n, 18)."""
    first, second = scores[:, 0], scores[:, 1]
    with np.errstate(all="ignore"):
        return np.column_stack((scores @ _COMPASS, np.hypot(first, second), first * second))


@dataclass(frozen=True, slots=True)
class Counts:
    """What was counted for every event; arrays of shape (views, thresholds)."""

    #: The share of points in the event.
    share: Array
    #: Cells whose two points disagree about the event.
    disagreeing: Array
    #: The number of points.
    points: int

    def bound(self, log_inverse: float) -> Array:
        """The deviation of `share` that is exceeded with probability <= 3 exp(−log_inverse)."""
        ell = log_inverse
        variance = self.disagreeing + ell + np.sqrt(ell * ell + 2 * self.disagreeing * ell)
        bound: Array = (ell / 3 + np.sqrt(ell * ell / 9 + 2 * variance * ell)) / self.points
        return bound

    def standard_error(self) -> Array:
        """An estimate of the standard error of `share`; four is added as K may be 0 by luck."""
        error: Array = np.sqrt(self.disagreeing + 4) / self.points
        return error


def count_events(values: Array, thresholds: Array) -> Counts:
    """Count the events "view <= threshold" over the two points of each cell.

    Args:
        values: shape (2c, views); rows 2i and 2i + 1 are the pair of cell i. NaN is in no event.
        thresholds: shape (views, k), each row ascending.
    """
    amount, levels = len(values), thresholds.shape[1]
    share = np.empty(thresholds.shape)
    disagreeing = np.empty(thresholds.shape)
    for view, row in enumerate(thresholds):
        # NaN sorts behind everything: its place is after the last threshold.
        place = np.searchsorted(row, values[:, view], side="left").reshape(-1, 2)
        low = np.bincount(place.min(axis=1), minlength=levels + 1)[:levels].cumsum()
        high = np.bincount(place.max(axis=1), minlength=levels + 1)[:levels].cumsum()
        share[view] = (low + high) / amount
        disagreeing[view] = low - high
    return Counts(share, disagreeing, amount)


def distance(deviation: Array) -> float:
    """The root mean squared deviation over the half-planes of the worst direction.

    `deviation` has shape (views, thresholds). Rings and crosses help to tell right from wrong;
    how wrong is measured by half-planes alone, as a small error of scale weighs less there.
    """
    halves = deviation[:DIRECTIONS]
    return float(np.sqrt(np.mean(halves * halves, axis=1)).max())


def log_inverse(false_rate: float, events: int, looks: int) -> float:
    """The ℓ for which all `events` over all `looks` fail together with at most `false_rate`."""
    return math.log(3 * events * looks / false_rate)
