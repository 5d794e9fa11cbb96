"""The usual mistakes about a law: what to say of each, and the correction that would undo it."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from exercises.checks.evidence import rounded
from exercises.numerics.peaks import count_peaks
from exercises.oracle import Array
from exercises.target import Target

#: A change of sign tells nothing about which half a value was in: these signs stand in for it.
_SIGNS = 5
#: Angles that are tried for a rotation, and the refinements of the best.
_ANGLES, _REFINEMENTS = 24, 7
#: Two tails differ when their reach, against the middle half's, differs by this share.
_TAIL = 0.08
#: A law that leans to another side than the target has more wrong with it than its tails.
_LEAN = 0.15


@dataclass(frozen=True, slots=True)
class Mistake:
    """A mistake with the sentence that names it and the correction that would undo it."""

    name: str
    sentence: str
    correct: Callable[[Array], Array]


@dataclass(frozen=True, slots=True)
class Quantiles:
    """Middle, spread and reach of each coordinate, robust: heavy tails have no mean."""

    #: Shape (2,): the medians.
    middle: Array
    #: Shape (2,): from the 25 % to the 75 % quantile.
    spread: Array
    #: Shape (2,): from the 5 % to the 95 % quantile.
    reach: Array
    #: Shape (2,): how much more of the reach is above the median than below, as a share of it.
    lean: Array

    @classmethod
    def of(cls, table: Array) -> Quantiles:
        """From a table (2, 5) of the 5, 25, 50, 75 and 95 % quantiles."""
        reach = table[:, 4] - table[:, 0]
        lean = (table[:, 4] + table[:, 0] - 2 * table[:, 2]) / np.where(reach > 0, reach, 1.0)
        return cls(table[:, 2], table[:, 3] - table[:, 1], reach, lean)

    @classmethod
    def seen(cls, x: Array) -> Quantiles:
        """Of points x, shape (n, 2), all finite."""
        return cls.of(np.quantile(x, [0.05, 0.25, 0.5, 0.75, 0.95], axis=0).T)


def simple_mistakes(mine: Quantiles, goal: Quantiles) -> Iterator[Mistake]:
    """Place, size, order and sign of the coordinates, the simplest first."""
    shift = goal.middle - mine.middle
    yield Mistake(
        "shift",
        f"The shape is right, but it lies in the wrong place: {shifts(mine, goal)}.",
        lambda x: x + shift,
    )
    if (mine.spread > 0).all() and (goal.spread > 0).all():
        yield _scaled(mine, goal)
    yield Mistake("swapped axes", "The two coordinates are swapped.", lambda x: x[:, ::-1])
    for name, signs in (("x1", (-1.0, 1.0)), ("x2", (1.0, -1.0)), ("x1 and x2", (-1.0, -1.0))):
        yield Mistake(
            f"sign of {name}",
            f"The sign of {name} is the wrong way round.",
            functools.partial(np.multiply, np.array(signs)),
        )


def _scaled(mine: Quantiles, goal: Quantiles) -> Mistake:
    ratio = goal.spread / mine.spread
    moved = bool((np.abs(goal.middle - mine.middle) > 0.02 * goal.spread).any())
    sentence = (
        f"The form is right, but neither the middle ({shifts(mine, goal)}) nor the spread is "
        f"({spreads(mine, goal)})."
        if moved
        else f"The middle is right, but not the spread: {spreads(mine, goal)}."
    )
    return Mistake(
        "shift and scale" if moved else "scale",
        sentence,
        lambda x: goal.middle + (x - mine.middle) * ratio,
    )


def lost_signs(goal: Quantiles) -> Iterator[Mistake]:
    """|·| of a coordinate: one half of the target is empty, and the other has all its mass."""
    for name, axes in (("x1", [0]), ("x2", [1]), ("x1 and x2", [0, 1])):

        def correct(x: Array, axes: list[int] = axes) -> Array:
            signs = np.random.default_rng(_SIGNS).choice([-1.0, 1.0], x.shape)
            mirrored = goal.middle + (x - goal.middle) * signs
            kept = x.copy()
            kept[:, axes] = mirrored[:, axes]
            return kept

        yield Mistake(
            f"lost sign of {name}",
            f"All of {name} lies on one side of the target's middle: a sign got lost, as by abs or "
            "a square.",
            correct,
        )


def rotation(x: Array, middle: Array, misfit: Callable[[Array], float]) -> Mistake | None:
    """The turn about `middle`, shape (2,), that brings x nearest to the target, or None.

    Args:
        misfit: how far points, shape (n, 2), are from the target.
    """
    # Every eighth pair will do to find the angle; the caller tries it on all.
    few = x.reshape(-1, 2, 2)[::8].reshape(-1, 2)
    step = 2 * np.pi / _ANGLES
    angles = np.array(sorted(step * np.arange(1 - _ANGLES // 2, _ANGLES // 2 + 1), key=abs))
    left = np.array([misfit(_turned(few, middle, angle)) for angle in angles])
    # Of angles that do as well the smallest: a law may look the same after half a turn.
    best = float(angles[np.flatnonzero(left <= left.min() + 0.1 * left.max())[0]])
    for _ in range(_REFINEMENTS):
        step /= 2
        near = [best - step, best, best + step]
        best = near[int(np.argmin([misfit(_turned(few, middle, angle)) for angle in near]))]
    degrees = round(np.degrees(best))
    if degrees == 0:
        return None
    way = "clockwise" if degrees > 0 else "counterclockwise"
    return Mistake(
        "rotation",
        f"The form is right, but it is turned by about {abs(degrees)} degrees {way}.",
        lambda points: _turned(points, middle, best),
    )


def _turned(x: Array, middle: Array, angle: float) -> Array:
    cos, sin = np.cos(angle), np.sin(angle)
    return np.asarray(middle + (x - middle) @ np.array([[cos, sin], [-sin, cos]]))


def wrong_margins(x: Array, target: Target, mine: Quantiles, goal: Quantiles) -> Mistake | None:
    """Peaks or tails of the single coordinates, where these alone are wrong.

    The correction maps each coordinate's quantiles to the target's.
    """
    named = _peaks(x, target) or _tails(mine, goal)
    if named is None:
        return None

    def correct(points: Array) -> Array:
        columns = []
        for axis in range(2):
            values = points[:, axis]
            rank = np.searchsorted(np.sort(values), values, side="right") / len(values)
            columns.append(np.interp(rank, target.levels(axis), target.knots[axis]))
        return np.column_stack(columns)

    return Mistake(*named, correct)


def _peaks(x: Array, target: Target) -> tuple[str, str] | None:
    for axis in range(2):
        levels, places = target.levels(axis)[1:-1], target.knots[axis][1:-1]
        if len(places) < 60:  # a discrete coordinate has no peaks
            continue
        wanted = count_peaks(levels, places)
        seen = count_peaks(levels, np.quantile(x[:, axis], levels))
        if wanted != seen and seen:
            name = "missing mode" if seen < wanted else "extra mode"
            return (
                name,
                f"Along x{axis + 1} your density has {_modes(seen)}, the target's {wanted}.",
            )
    return None


def _modes(count: int) -> str:
    return "one peak" if count == 1 else f"{count} peaks"


def _tails(mine: Quantiles, goal: Quantiles) -> tuple[str, str] | None:
    if not ((mine.spread > 0).all() and (goal.spread > 0).all() and (goal.reach > 0).all()):
        return None
    seen, wanted = mine.reach / mine.spread, goal.reach / goal.spread
    axis = int(np.argmax(np.abs(np.log(np.maximum(seen / wanted, 1e-300)))))
    leans = abs(mine.lean[axis] - goal.lean[axis]) > _LEAN
    if leans or abs(seen[axis] / wanted[axis] - 1) < _TAIL:
        return None
    how = "too heavy" if seen[axis] > wanted[axis] else "too light"
    return "wrong tail", (
        f"The tails of x{axis + 1} are {how}: 90 % of x{axis + 1} spans {rounded(seen[axis])} "
        f"times its middle half, of the target {rounded(wanted[axis])} times."
    )


def shifts(mine: Quantiles, goal: Quantiles) -> str:
    """The medians that are wrong; the worst where none is by much."""
    scale = np.maximum(np.maximum(goal.spread, mine.spread), 1e-300)
    off = np.abs(mine.middle - goal.middle) / scale
    wrong = np.flatnonzero(off > min(0.02, float(off.max()) / 2))
    return ", ".join(median(axis, mine, goal) for axis in wrong) or "by next to nothing"


def median(axis: int | np.intp, mine: Quantiles, goal: Quantiles) -> str:
    """What a coordinate's median is and should be."""
    seen, wanted = (_against(q.middle[axis], q.spread[axis]) for q in (mine, goal))
    return f"the median of x{axis + 1} is {seen}, it should be {wanted}"


def _against(middle: float, spread: float) -> str:
    """A median as text; 0 where it is small against the spread, as a 1e-5 would be noise."""
    return "0" if abs(middle) < 1e-3 * spread else rounded(middle, 3)


def spreads(mine: Quantiles, goal: Quantiles) -> str:
    """The spreads that are wrong; all where none is by much."""
    off = np.abs(mine.spread - goal.spread) > 0.01 * goal.spread
    return ", ".join(
        f"the spread along x{axis + 1} is {times(mine.spread[axis], goal.spread[axis])}"
        for axis in np.flatnonzero(off | ~off.any())
    )


def times(mine: float, goal: float) -> str:
    """How much larger or smaller one number is than another, in words."""
    ratio = mine / goal
    if ratio < 0.01:
        return "next to nothing"
    if ratio > 100:
        return "more than a hundred times too large"
    if 0.45 <= ratio <= 0.55:
        return "about half of the target's"
    if 1.9 <= ratio <= 2.1:
        return "about twice the target's"
    if ratio < 1:
        return f"about {rounded(100 * (1 - ratio), 2)} % too small"
    if ratio < 2:
        return f"about {rounded(100 * (ratio - 1), 2)} % too large"
    return f"about {rounded(ratio, 2)} times the target's"
