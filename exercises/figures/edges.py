"""Edges: what a function does between neighbouring nodes of a grid: bends, kinks and jumps."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from exercises.oracle import Array

Mask = NDArray[np.bool_]
#: A step between two nodes of a grid's array.
Direction = tuple[int, int]
#: From a node to the next along the first axis, and along the second.
AXES: tuple[Direction, Direction] = ((1, 0), (0, 1))

#: Slopes that turn by so many times what they turn beside an edge have a kink in it, if it can be
#: seen at all (in units of the window).
_KINK, _SEEN = 4.0, 1e-3
#: An edge so many times longer than those before and behind it is torn, if it is as long as this.
_TEAR, _TORN = 4.0, 0.02
#: The same where it leads back against both of them.
_BACK = 1.5


@dataclass(frozen=True, slots=True)
class Edges:
    """All edges of one direction, at the place of their first node; NaN where there is none.

    A function is carried on from both ends: where the two continuations meet, a kink is placed
    as if it were known (A. Harten, ENO schemes with subcell resolution, J. Comput. Phys. 83, 1989).
    """

    #: Shape (p, q, 2): the values at the ends.
    start: Array
    end: Array
    #: Shape (p, q, 2): the slopes that come from before and from behind, per length of the edge.
    before: Array
    behind: Array
    #: Shape (p, q): where along the edge, 0 … 1, the two continuations are nearest.
    meeting: Array
    #: Shape (p, q).
    kink: Mask
    torn: Mask

    def at(self, share: Array, index: tuple[NDArray[np.intp], ...] = ()) -> Array:
        """The values at `share`, 0 … 1, along the edges of `index`; NaN inside torn ones."""
        start, end = self.start[index], self.end[index]
        before, behind = self.before[index], self.behind[index]
        t = share[..., None]
        left, right = start + t * before, end - (1 - t) * behind
        met = np.where(t < self.meeting[index][..., None], left, right)
        chord = end - start
        # Catmull-Rom: at each end the mean of the slopes on its two sides.
        first, last = (before + chord) / 2, (chord + behind) / 2
        bent = start + t * (first + t * (3 * chord - 2 * first - last))
        bent += t**3 * (first + last - 2 * chord)
        value: Array = np.where(self.kink[index][..., None], met, bent)
        value[self.torn[index]] = np.nan
        return value


def edges_along(values: Array, places: Array, direction: Direction) -> Edges:
    """The edges of a grid along one of its axes.

    Args:
        values: shape (p, q, 2), in units of the window; NaN where there is no value.
        places: shape (p, q, 2), where the nodes are.
        direction: (1, 0) or (0, 1).
    """
    start, end = values, shifted(values, direction, 1)
    chord = end - start
    length = np.linalg.norm(shifted(places, direction, 1) - places, axis=2)[..., None]
    slope = chord / length
    torn = _torn(chord, slope, length, direction)
    # Beside a tear a slope would be that of the jump.
    slope[torn] = np.nan
    earlier, before, behind, later = (
        shifted(slope, direction, step) * length for step in (-2, -1, 1, 2)
    )
    turn = _size(behind - before)
    usual = _size(before - earlier) + _size(later - behind)
    # NaN, where the neighbours are missing, is no kink.
    kink = (turn > _KINK * usual / 2) & (turn > _SEEN) & ~torn
    return joined(start, end, before, behind, kink, torn)


def tears(values: Array, places: Array, direction: Direction) -> Mask:
    """Which edges along an axis are torn, shape (p, q): `Edges.torn` by itself."""
    chord = shifted(values, direction, 1) - values
    length = np.linalg.norm(shifted(places, direction, 1) - places, axis=2)[..., None]
    return _torn(chord, chord / length, length, direction)


def _torn(chord: Array, slope: Array, length: Array, direction: Direction) -> Mask:
    """Which edges are far longer than those before and behind them, or lead back, as at a pole."""
    before, behind = (shifted(slope, direction, step) * length for step in (-1, 1))
    size, first, last = _size(chord), _size(before), _size(behind)
    longer = np.nan_to_num(np.fmax(first, last), nan=np.inf)
    against = ((chord * before).sum(axis=2) < -0.5 * size * first) & (
        (chord * behind).sum(axis=2) < -0.5 * size * last
    )
    torn: Mask = size > np.where(against, _BACK, _TEAR) * longer + _TORN
    return torn


def slopes(values: Array, places: Array, direction: Direction) -> Array:
    """The derivative at each node along an axis, shape (p, q, 2): central differences.

    Where f jumps on one side, or has no value there, the other side alone is looked at.
    """
    edges = edges_along(values, places, direction)
    after = np.linalg.norm(shifted(places, direction, 1) - places, axis=2)[..., None]
    right = (edges.end - edges.start) / after
    right[edges.torn] = np.nan
    left, before = shifted(right, direction, -1), shifted(after, direction, -1)
    both = (left * after + right * before) / (before + after)
    slope: Array = np.where(np.isfinite(both), both, np.where(np.isfinite(left), left, right))
    return slope


def edges_across(right: Edges, up: Edges) -> Edges:
    """The diagonals of the cells, from what is known along the two axes at their two ends."""
    kink = right.kink | up.kink | _there(right.kink, AXES[1]) | _there(up.kink, AXES[0])
    torn = right.torn | up.torn | _there(right.torn, AXES[1]) | _there(up.torn, AXES[0])
    end = shifted(up.end, AXES[0], 1)
    before = right.before + up.before
    behind = shifted(right.behind, AXES[1], 1) + shifted(up.behind, AXES[0], 1)
    return joined(right.start, end, before, behind, kink & ~torn, torn)


def joined(start: Array, end: Array, before: Array, behind: Array, kink: Mask, torn: Mask) -> Edges:
    """Edges with these ends and slopes, and the place where the continuations meet."""
    chord = end - start
    before = np.where(np.isfinite(before), before, chord)
    behind = np.where(np.isfinite(behind), behind, chord)
    apart, closing = behind - chord, before - behind
    square = (closing * closing).sum(axis=2)
    meeting = -(apart * closing).sum(axis=2) / np.where(square > 0, square, 1.0)
    meeting = np.where(square > 0, np.clip(meeting, 0.0, 1.0), 0.5)
    return Edges(start, end, before, behind, meeting, kink, torn)


def shifted(values: Array, direction: Direction, times: int) -> Array:
    """The values so many steps further on; NaN beyond the array."""
    found = np.full(values.shape, np.nan)
    into, out = [], []
    for step, size in zip(direction, values.shape, strict=False):
        by = step * times
        into.append(slice(max(0, -by), max(0, min(size, size - by))))
        out.append(slice(max(0, by), max(0, min(size, size + by))))
    found[tuple(into)] = values[tuple(out)]
    return found


def _there(mask: Mask, direction: Direction) -> Mask:
    """The mask one step further on; False beyond the array."""
    there: Mask = shifted(mask.astype(np.float64), direction, 1) == 1
    return there


def _size(values: Array) -> Array:
    size: Array = np.hypot(values[..., 0], values[..., 1])
    return size
