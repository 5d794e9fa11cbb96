"""The usual mistakes about a law: what to say of each, and the correction that would undo it."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields

import numpy as np

from exercises.checks.alignment import Alignment
from exercises.checks.evidence import rounded
from exercises.misconceptions import Misconception
from exercises.numerics.peaks import count_peaks
from exercises.oracle import Array
from exercises.tables.target_law import Target

#: A change of sign tells nothing about which half a value was in: these signs stand in for it.
_SIGNS = 5
#: So little may lie on the side of the target's middle that a lost sign leaves empty.
_OTHER_SIDE = 0.02
#: Two tails differ when their reach, against the middle half's, differs by this share.
_TAIL = 0.08
#: And they are all that is wrong when the middle half differs in form by no more than this.
_BODY = 0.06
#: A law that leans to another side than the target has more wrong with it than its tails.
_LEAN = 0.15
#: Signs by what the coordinates are called.
_MIRRORED = {
    "x1": Misconception.SIGN_OF_X1,
    "x2": Misconception.SIGN_OF_X2,
    "x1 and x2": Misconception.SIGN_OF_X1_AND_X2,
}
_LOST = {
    "x1": Misconception.LOST_SIGN_OF_X1,
    "x2": Misconception.LOST_SIGN_OF_X2,
    "x1 and x2": Misconception.LOST_SIGN_OF_X1_AND_X2,
}


@dataclass(frozen=True, slots=True)
class Mistake:
    """A mistake with the sentence that names it and the correction that would undo it."""

    name: Misconception
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

    def of_axes(self, axes: tuple[int, ...], goal: Quantiles) -> Quantiles:
        """These, with the goal's own for coordinates that are not compared: right as they are."""
        compared = np.isin(np.arange(2), axes)
        return Quantiles(
            *(
                np.where(compared, getattr(self, field.name), getattr(goal, field.name))
                for field in fields(Quantiles)
            )
        )


def simple_mistakes(
    mine: Quantiles, goal: Quantiles, fitted: Alignment, axes: tuple[int, ...] = (0, 1)
) -> Iterator[Mistake]:
    """Place, size, order and sign of the compared coordinates, the simplest first.

    One that fits nothing comes before place and size together, which fit four numbers: a Gaussian
    with its coordinates swapped can be shifted and scaled to be right, too.
    """
    yield Mistake(
        Misconception.SHIFT,
        f"The shape is right, but it lies in the wrong place: {shifts(mine, goal, fitted.shift)}.",
        lambda x: x + fitted.shift,
    )
    scaled = _scaled(mine, goal, fitted) if np.isfinite(fitted.ratio).all() else None
    if scaled is not None and scaled.name is Misconception.SCALE:
        yield scaled
    yield Mistake(
        Misconception.SWAPPED_AXES, "The two coordinates are swapped.", lambda x: x[:, ::-1]
    )
    for name, chosen in _choices(axes):
        yield Mistake(
            _MIRRORED[name],
            f"The sign of {name} is the wrong way round.",
            functools.partial(np.multiply, np.where(np.isin([0, 1], chosen), -1.0, 1.0)),
        )
    if scaled is not None and scaled.name is not Misconception.SCALE:
        yield scaled


def _choices(axes: tuple[int, ...]) -> list[tuple[str, list[int]]]:
    """One coordinate of those that are compared, or both, with what they are called."""
    single = [(f"x{axis + 1}", [axis]) for axis in axes]
    return single if len(axes) == 1 else [*single, ("x1 and x2", [0, 1])]


def _scaled(mine: Quantiles, goal: Quantiles, fitted: Alignment) -> Mistake:
    # What scaling about the target's middle leaves is a shift; but a factor alone is simpler.
    rest = fitted.offset - (1 - fitted.ratio) * goal.middle
    little = 0.02 * np.maximum(goal.spread, goal.reach / 4)
    name, wrong = Misconception.SCALE, spreads(fitted.ratio)
    if (np.abs(rest) <= little).all():
        sentence = f"The middle is right, but not the spread: {wrong}."
    elif (np.abs(fitted.offset) <= little).all():
        sentence = f"The form is right, but x has the wrong scale: {wrong}."
    else:
        name = Misconception.SHIFT_AND_SCALE
        sentence = (
            "The form is right, but neither the middle "
            f"({shifts(mine, goal, fitted.shift)}) nor the spread is ({wrong})."
        )
    return Mistake(name, sentence, lambda x: fitted.offset + x * fitted.ratio)


def lost_signs(x: Array, goal: Quantiles, compared: tuple[int, ...] = (0, 1)) -> Iterator[Mistake]:
    """|·| of a coordinate of x, (n, 2): one half of the target is empty, and the other has all."""
    above = (x > goal.middle).mean(axis=0)
    for name, axes in _choices(compared):
        if (np.minimum(above, 1 - above)[axes] > _OTHER_SIDE).any():
            continue

        def correct(x: Array, axes: list[int] = axes) -> Array:
            signs = np.random.default_rng(_SIGNS).choice([-1.0, 1.0], x.shape)
            mirrored = goal.middle + (x - goal.middle) * signs
            kept = x.copy()
            kept[:, axes] = mirrored[:, axes]
            return kept

        yield Mistake(
            _LOST[name],
            f"All of {name} lies on one side of the target's middle: a sign got lost, as by abs or "
            "a square.",
            correct,
        )


def wrong_margins(x: Array, target: Target, mine: Quantiles, goal: Quantiles) -> Mistake | None:
    """Peaks or tails of the single coordinates, where these alone are wrong.

    The correction maps each coordinate's quantiles to the target's.
    """
    named = other_peaks(x, target) or _tails(x, target, mine, goal)
    if named is None:
        return None

    def correct(points: Array) -> Array:
        columns = []
        for axis in range(2):
            values = points[:, axis]
            if axis not in target.axes:
                columns.append(values)
                continue
            rank = np.searchsorted(np.sort(values), values, side="right") / len(values)
            columns.append(np.interp(rank, target.levels(axis), target.knots[axis]))
        return np.column_stack(columns)

    return Mistake(*named, correct)


def other_peaks(x: Array, target: Target) -> tuple[Misconception, str] | None:
    """A coordinate of x, (n, 2), whose density has more or fewer peaks than the target's, or None.

    The name says which of the two; it is what is wrong only where nothing else is.
    """
    for axis in target.axes:
        levels, places = target.levels(axis)[1:-1], target.knots[axis][1:-1]
        if len(places) < 60:  # a discrete coordinate has no peaks
            continue
        wanted = count_peaks(levels, places)
        seen = count_peaks(levels, np.quantile(x[:, axis], levels))
        if wanted and seen and wanted != seen:
            fewer = seen < wanted
            return (
                Misconception.MISSING_MODE if fewer else Misconception.EXTRA_MODE,
                f"Along x{axis + 1} your density has {_modes(seen)}, the target's {wanted}.",
            )
    return None


def _modes(count: int) -> str:
    return "one peak" if count == 1 else f"{count} peaks"


def _tails(
    x: Array, target: Target, mine: Quantiles, goal: Quantiles
) -> tuple[Misconception, str] | None:
    """Tails are wrong when the middle half has the right form and the reach has not."""
    if not ((mine.spread > 0).all() and (goal.spread > 0).all() and (goal.reach > 0).all()):
        return None
    seen, wanted = mine.reach / mine.spread, goal.reach / goal.spread
    axis = int(np.argmax(np.abs(np.log(np.maximum(seen / wanted, 1e-300)))))
    leans = abs(mine.lean[axis] - goal.lean[axis]) > _LEAN
    if leans or abs(seen[axis] / wanted[axis] - 1) < _TAIL or _body(x, target, axis) > _BODY:
        return None
    how = "too heavy" if seen[axis] > wanted[axis] else "too light"
    return Misconception.WRONG_TAIL, (
        f"The tails of x{axis + 1} are {how}: 90 % of x{axis + 1} spans {rounded(seen[axis])} "
        f"times its middle half, of the target {rounded(wanted[axis])} times."
    )


def _body(x: Array, target: Target, axis: int) -> float:
    """How far the middle halves' quantiles differ once their ends agree, as a share of them."""
    levels = target.levels(axis)
    inner = np.linspace(0.25, 0.75, 11)
    seen, wanted = (
        (quantiles - quantiles[0]) / (quantiles[-1] - quantiles[0])
        for quantiles in (
            np.quantile(x[:, axis], inner),
            np.interp(inner, levels, target.knots[axis]),
        )
    )
    return float(np.abs(seen - wanted).max())


def shifts(mine: Quantiles, goal: Quantiles, missing: Array) -> str:
    """The coordinates that are off by `missing`, (2,); the worst one where none is by much."""
    off = np.abs(missing) / np.maximum(np.maximum(goal.spread, mine.spread), 1e-300)
    wrong = np.flatnonzero(off > min(0.02, float(off.max()) / 2))
    return ", ".join(_place(axis, mine, goal, missing) for axis in wrong) or "by next to nothing"


def _place(axis: int | np.intp, mine: Quantiles, goal: Quantiles, missing: Array) -> str:
    # Between two modes the median may lie anywhere, and says nothing of the rest.
    if abs(goal.middle[axis] - mine.middle[axis] - missing[axis]) <= 0.2 * abs(missing[axis]):
        return median(axis, mine, goal)
    size = "small" if missing[axis] > 0 else "large"
    return f"x{axis + 1} is about {rounded(abs(missing[axis]))} too {size}"


def median(axis: int | np.intp, mine: Quantiles, goal: Quantiles) -> str:
    """What a coordinate's median is and should be."""
    seen, wanted = (_against(q.middle[axis], q.spread[axis]) for q in (mine, goal))
    return f"the median of x{axis + 1} is {seen}, it should be {wanted}"


def _against(middle: float, spread: float) -> str:
    """A median as text; 0 where it is small against the spread, as a 1e-5 would be noise."""
    return "0" if abs(middle) < 1e-3 * spread else rounded(middle, 3)


def spreads(ratio: Array) -> str:
    """The spreads that are wrong, by what they must be multiplied with; all if none is by much."""
    off = np.abs(ratio - 1) > 0.01
    return ", ".join(
        f"the spread along x{axis + 1} is {times(1.0, ratio[axis])}"
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
