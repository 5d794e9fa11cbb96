"""One look at a law: f asked at stratified pairs, and what was counted against the target."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from exercises.numerics.gaussian_points import stratified_pairs
from exercises.numerics.streams import stream
from exercises.numerics.two_sample import Counts, joined, log_inverse
from exercises.oracle import Array, Oracle
from exercises.tables.target_law import Target

#: Cells a look: 16,384 points, and four and sixteen times as many where that does not decide.
LOOKS = ((64, 128), (128, 256), (256, 512))
_BATCH = 2**15


@dataclass(frozen=True, slots=True)
class Look:
    """The points' images with the counts of all events, flat; first those of scores."""

    x: Array
    #: The counts of the views of scores, shape (views, thresholds).
    seen: Counts
    #: The counts of all events, and by how much their shares are above the target's.
    counts: Counts
    deviation: Array
    #: How wrong the target's shares may be.
    errors: Array
    #: The share of outputs that are not finite.
    not_finite: float
    last: bool

    def bound(self, false_rate: float) -> Array:
        """What a right answer's deviations exceed with at most `false_rate`, in all looks."""
        ell = log_inverse(false_rate, self.deviation.size, len(LOOKS))
        return self.counts.bound(ell) + self.errors

    def noise(self, false_rate: float) -> Array:
        """What one deviation differs from the truth by with at most `false_rate`, in all looks.

        Without what the target's share may be wrong by.
        """
        return self.counts.bound(log_inverse(false_rate, 1, len(LOOKS)))


def look_at(oracle: Oracle, target: Target, seed: int, name: str, index: int) -> Look:
    """Look number `index` of the check `name` in the grading with this seed.

    Raises:
        Stopped: the submission ended.
    """
    z = stratified_pairs(stream(seed, f"{name}/{index}"), *LOOKS[index]).reshape(-1, 2)
    x = np.concatenate(
        [
            oracle.evaluate(z[start : start + _BATCH], tolerant=True).values
            for start in range(0, len(z), _BATCH)
        ]
    )
    seen = target.count(x)
    counts = joined((seen, target.count_planes(x)))
    lost = 1.0 - float(np.mean(np.isfinite(x).all(axis=1)))
    deviation = counts.share - target.shares
    return Look(x, seen, counts, deviation, target.errors, lost, index == len(LOOKS) - 1)
