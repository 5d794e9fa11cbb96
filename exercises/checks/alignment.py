"""Where each coordinate's quantiles lie against the target's: the best shift, and shift and scale.

Medians over many levels: one quantile says little, as that of two modes may lie anywhere between.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from exercises.oracle import Array
from exercises.tables.target_law import Target

#: Levels further out are left to the tails.
_OUTERMOST = 0.05
#: Knots further apart than this, over two steps of one in a hundred, have an atom between them.
_ATOM = 0.06
#: Two levels further apart than this tell a scale.
_APART = 0.3


@dataclass(frozen=True, slots=True)
class Alignment:
    """What has to be done to each coordinate of x so that it agrees with the target."""

    #: Shape (2,): x + shift agrees in place.
    shift: Array
    #: Shape (2,): ratio · x + offset agrees in place and size; the ratio is NaN where none can be
    #: told.
    ratio: Array
    offset: Array


def align(x: Array, target: Target) -> Alignment:
    """The alignment of points x, shape (n, 2), all finite; nothing to do where not compared."""
    shift, ratio, offset = np.zeros(2), np.ones(2), np.zeros(2)
    for axis in target.axes:
        levels = target.levels(axis)
        inner = (levels >= _OUTERMOST) & (levels <= 1 - _OUTERMOST)
        levels, goal = levels[inner], target.knots[axis][inner]
        if len(levels) == 0:
            continue
        mine = np.quantile(x[:, axis], levels)
        shift[axis] = _middle(levels, goal - mine)
        ratio[axis] = _ratio(levels, mine, goal)
        offset[axis] = _middle(levels, goal - ratio[axis] * mine)
    return Alignment(shift, ratio, offset)


def _middle(levels: Array, differences: Array) -> float:
    """The median of differences; that of an atom, where there is one, as it must fit exactly."""
    if len(levels) > 2:
        held = levels[2:] - levels[:-2]
        if held.max() > _ATOM:
            return float(differences[1 + int(np.argmax(held))])
    return float(np.median(differences))


def _ratio(levels: Array, mine: Array, goal: Array) -> float:
    """The median of the ratios of the distances between levels that mirror each other."""
    upper = np.searchsorted(levels, 1 - levels).clip(0, len(levels) - 1)
    apart = levels[upper] - levels > _APART
    wide = apart & (mine[upper] > mine) & (goal[upper] > goal)
    if not wide.any() or wide.sum() < apart.sum() / 2:
        return float("nan")
    return float(np.median(((goal[upper] - goal) / (mine[upper] - mine))[wide]))
