"""Where thresholds lie: between the values of a sample at even levels, and beside its atoms."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.special import ndtri

from exercises.oracle import Array

#: Knots of the scores; the outermost leave 0.1 % of the mass on each side.
_KNOTS = np.concatenate(([0.001, 0.004, 0.01], np.linspace(0.02, 0.98, 97), [0.99, 0.996, 0.999]))
#: Values this near are one; and an atom has this share of the mass at one value.
_SAME, _ATOM = 1e-9, 0.01
#: Thresholds beside an atom are this far away, in units of the spread: more than the rounding of
#: float32, also where the atom is a hundred spreads from 0 (6e-8 of the value, twice), and no
#: more, as mass beside an atom is not on it.
BESIDE = 1e-5
#: So little mass may lie beside an ordinary threshold.
_LITTLE = 1e-3
#: Bits of an ordinary threshold's mantissa: it may lie anywhere, and short ones pack well.
_BITS = 10


def score_knots(values: Array) -> tuple[Array, Array]:
    """Knots of one coordinate and their scores, with one more on each side for what lies beyond."""
    places, scores = np.quantile(values, _KNOTS), ndtri(_KNOTS)
    # Point masses repeat a place: keep the middle of the scores of each.
    unique, group = np.unique(places, return_inverse=True)
    middle = np.bincount(group, scores) / np.bincount(group)
    width = (unique[-1] - unique[0]) or max(abs(unique[0]), 1.0)
    knots = np.concatenate(([unique[0] - width], unique, [unique[-1] + width]))
    return knots, np.concatenate(([middle[0] - 2.0], middle, [middle[-1] + 2.0]))


def place_thresholds(views: Sequence[Array], levels: int) -> Array:
    """Thresholds of several views of n points, each (n,), about `levels` a view.

    They lie in the middle of even classes, and outside of all values. At an atom, a value that
    more than 1 % of the points share, as those of a discrete law or of one on a line do, they
    lie close on both sides: only these tell it from mass near by.
    """
    return _rectangular([_of_view(row, levels) for row in views])


def _of_view(values: Array, levels: int) -> Array:
    ordered = np.sort(values)
    count = len(ordered)
    edge = 1e-6 * max(float(ordered[-1] - ordered[0]), 1.0)
    chosen = [ordered[0] - edge, ordered[-1] + edge]
    for level in (np.arange(levels) + 0.5) / levels:
        here = ordered[int(level * count)]
        before, after = np.searchsorted(ordered, [here - _SAME, here + _SAME])
        if after - before > _ATOM * count:
            chosen += [here - BESIDE, here + BESIDE]
            continue
        between = (here + ordered[after]) / 2 if after < count else here + edge
        chosen.append(_short(between, ordered))
    return np.unique(chosen)


def _short(threshold: float, ordered: Array) -> float:
    """The threshold with few bits; as it is where it would come to lie on mass."""
    mantissa, exponent = np.frexp(threshold)
    short = float(np.ldexp(np.round(np.ldexp(mantissa, _BITS)), int(exponent) - _BITS))
    before, after = np.searchsorted(ordered, [short - BESIDE, short + BESIDE])
    return short if after - before <= _LITTLE * len(ordered) else threshold


def _rectangular(rows: list[Array]) -> Array:
    """The thresholds of all views as one array; rows that are shorter repeat some of theirs."""
    longest = max(len(row) for row in rows)
    picked = [np.linspace(0, len(row) - 1, longest).round().astype(int) for row in rows]
    return np.array([row[pick] for row, pick in zip(rows, picked, strict=True)])
