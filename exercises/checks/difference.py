"""Differences between a sample and its target in words, and the one mistake that explains them."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from exercises.checks.evidence import percent, short
from exercises.numerics.two_sample import DIRECTIONS, Counts
from exercises.oracle import Array
from exercises.target import Target

#: A correction explains a difference when no more than this share of it, or nothing that can be
#: told from noise, is left.
_EXPLAINED = 0.05
#: Noise ends at so many standard errors.
_NOISE = 3.0


@dataclass(frozen=True, slots=True)
class Quantiles:
    """Middle and spread of each coordinate, robust: heavy tails have no mean."""

    #: Shape (2,): the medians.
    middle: Array
    #: Shape (2,): from the 25 % to the 75 % quantile.
    spread: Array

    @classmethod
    def of(cls, table: Array) -> Quantiles:
        """From a table (2, 5) of the 5, 25, 50, 75 and 95 % quantiles."""
        return cls(table[:, 2], table[:, 3] - table[:, 1])


def describe(target: Target, x: Array, counts: Counts) -> tuple[str, str | None]:
    """Say how the law of x, shape (n, 2), differs from the target.

    Returns:
        A sentence, and the name of the mistake that explains all of it, where there is one.
    """
    # Values may be as large as float64 goes, and their differences larger.
    with np.errstate(all="ignore"):
        return _describe(target, x, counts)


def _describe(target: Target, x: Array, counts: Counts) -> tuple[str, str | None]:
    finite = x[np.isfinite(x).all(axis=1)]
    if len(finite) < len(x) / 2:
        return "Most of the values of x are not finite.", None
    mine = Quantiles.of(np.quantile(finite, [0.05, 0.25, 0.5, 0.75, 0.95], axis=0).T)
    goal = Quantiles.of(target.quantiles)
    before = _misfit(target, counts)
    noise = _NOISE * float(np.sqrt(np.mean(counts.standard_error() ** 2, axis=1)).max())
    enough = min(max(_EXPLAINED * before, noise), before / 3)
    for name, sentence, correct in _mistakes(mine, goal):
        after = _misfit(target, target.count(correct(x)))
        if after <= enough:
            return sentence, name
    alone = "; ".join(_coordinates(mine, goal))
    return alone[:1].upper() + alone[1:] or _worst_event(target, counts), None


def _misfit(target: Target, counts: Counts) -> float:
    """The worst view's root mean squared deviation: over all views, as corrections must fit all."""
    deviation = counts.share - target.shares
    return float(np.sqrt(np.mean(deviation * deviation, axis=1)).max())


def _mistakes(
    mine: Quantiles, goal: Quantiles
) -> Iterator[tuple[str, str, Callable[[Array], Array]]]:
    """The usual mistakes: a name, what to say, and the correction that would undo it."""
    shift = goal.middle - mine.middle
    yield (
        "shift",
        f"The shape is right, but it lies in the wrong place: {_shifts(mine, goal)}.",
        lambda x: x + shift,
    )
    if (mine.spread > 0).all() and (goal.spread > 0).all():
        ratio = goal.spread / mine.spread
        moved = bool((np.abs(shift) > 0.02 * goal.spread).any())
        yield (
            "shift and scale" if moved else "scale",
            f"The form is right, but neither the middle ({_shifts(mine, goal)}) nor the spread is "
            f"({_spreads(mine, goal)})."
            if moved
            else f"The middle is right, but not the spread: {_spreads(mine, goal)}.",
            lambda x: goal.middle + (x - mine.middle) * ratio,
        )
    yield "swapped axes", "The two coordinates are swapped.", lambda x: x[:, ::-1]
    for name, signs in (("x1", (-1.0, 1.0)), ("x2", (1.0, -1.0)), ("x1 and x2", (-1.0, -1.0))):
        flip = np.array(signs)
        yield (
            f"sign of {name}",
            f"The sign of {name} is the wrong way round.",
            functools.partial(np.multiply, flip),
        )


def _shifts(mine: Quantiles, goal: Quantiles) -> str:
    moved = np.abs(mine.middle - goal.middle) > 0.02 * np.maximum(goal.spread, mine.spread)
    return ", ".join(_median(axis, mine, goal) for axis in np.flatnonzero(moved | ~moved.any()))


def _median(axis: int | np.intp, mine: Quantiles, goal: Quantiles) -> str:
    seen, wanted = (_against(q.middle[axis], q.spread[axis]) for q in (mine, goal))
    return f"the median of x{axis + 1} is {seen}, it should be {wanted}"


def _against(middle: float, spread: float) -> str:
    """A median as text; 0 where it is small against the spread, as a 1e-5 would be noise."""
    return "0" if abs(middle) < 1e-3 * spread else short(middle)


def _spreads(mine: Quantiles, goal: Quantiles) -> str:
    off = np.abs(mine.spread - goal.spread) > 0.01 * goal.spread
    return ", ".join(
        f"the spread along x{axis + 1} is {_times(mine.spread[axis], goal.spread[axis])}"
        for axis in np.flatnonzero(off | ~off.any())
    )


def _times(mine: float, goal: float) -> str:
    ratio = mine / goal
    if ratio < 0.01:
        return "next to nothing"
    if ratio > 100:
        return "more than a hundred times the target's"
    if 0.45 <= ratio <= 0.55:
        return "about half of the target's"
    if 1.9 <= ratio <= 2.1:
        return "about twice the target's"
    if ratio < 1:
        return f"{short(100 * (1 - ratio))} % too small"
    return (
        f"{short(100 * (ratio - 1))} % too large"
        if ratio < 2
        else f"{short(ratio)} times too large"
    )


def _coordinates(mine: Quantiles, goal: Quantiles) -> Iterator[str]:
    """What is wrong along the axes, where one coordinate's middle or spread is clearly off."""
    for axis in range(2):
        name, spread = f"x{axis + 1}", goal.spread[axis]
        if spread > 0 and not abs(mine.spread[axis] / spread - 1) <= 0.05:
            yield f"the spread along {name} is {_times(mine.spread[axis], spread)}"
        if not abs(mine.middle[axis] - goal.middle[axis]) <= 0.05 * max(spread, 1e-300):
            yield _median(axis, mine, goal)


def _worst_event(target: Target, counts: Counts) -> str:
    """The event in which the two laws differ most, in the target's own units where it has them."""
    worst = np.abs(counts.share - target.shares)
    # A half-plane is easier to see than a ring or a cross: take one unless it says much less.
    if worst[:DIRECTIONS].max() >= worst.max() / 4:
        worst = worst[:DIRECTIONS]
    view, level = (int(i) for i in np.unravel_index(int(np.argmax(worst)), worst.shape))
    holds = (
        f"holds {percent(target.shares[view, level])} of the target but "
        f"{percent(counts.share[view, level])} of your x"
    )
    if view in (0, DIRECTIONS // 2):
        axis = view // (DIRECTIONS // 2)
        value = np.interp(target.thresholds[view, level], target.scores[axis], target.knots[axis])
        near = "Each coordinate's middle and spread are near, but"
        return f"{near} x{axis + 1} <= {short(value)} {holds}"
    alone = (
        "Each coordinate alone is near the target, but the two depend on each other differently: "
    )
    if view < DIRECTIONS:
        angle = short(180.0 * view / DIRECTIONS)
        return f"{alone}of the half-planes across the direction of {angle} degrees one {holds}"
    region = "the region around the middle" if view == DIRECTIONS else "the region of small x1·x2"
    return f"{alone}{region} {holds}"
