"""Differences between a sample and its target in words, and the one mistake that explains them."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from exercises.checks.evidence import percent, rounded
from exercises.checks.mistakes import (
    Mistake,
    Quantiles,
    lost_signs,
    median,
    rotation,
    simple_mistakes,
    times,
    wrong_margins,
)
from exercises.numerics.two_sample import DIRECTIONS, Counts
from exercises.oracle import Array
from exercises.target import Target

#: A correction explains a difference when no more than this share of it, or nothing that can be
#: told from noise, is left.
_EXPLAINED = 0.05
#: Noise ends at so many standard errors.
_NOISE = 3.0
#: Points lie on one line when they leave it by no more than this share of their extent.
_THIN = 1e-6


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
    mine, goal = Quantiles.seen(finite), Quantiles.of(target.quantiles)
    if not target.on_a_line:
        collapsed = _collapsed(finite)
        if collapsed is not None:
            return collapsed
    before = misfit(target, counts)
    noise = _NOISE * float(np.sqrt(np.mean(counts.standard_error() ** 2, axis=1)).max())
    enough = min(max(_EXPLAINED * before, noise), before / 3)
    for mistake in _mistakes(target, x, finite, mine, goal):
        if misfit(target, target.count(mistake.correct(x))) <= enough:
            return mistake.sentence, mistake.name
    alone = "; ".join(_coordinates(mine, goal))
    return alone[:1].upper() + alone[1:] or _worst_event(target, counts), None


def misfit(target: Target, counts: Counts) -> float:
    """The worst view's root mean squared deviation: over all views, as corrections must fit all."""
    deviation = counts.share - target.shares
    return float(np.sqrt(np.mean(deviation * deviation, axis=1)).max())


def _mistakes(
    target: Target, x: Array, finite: Array, mine: Quantiles, goal: Quantiles
) -> Iterator[Mistake]:
    """All mistakes that have a name, the simplest first, each with a correction to be tried."""
    yield from simple_mistakes(mine, goal)
    yield from lost_signs(goal)
    if len(finite) == len(x):
        near = (np.abs(mine.middle - goal.middle) <= 0.05 * goal.spread).all()
        turned = rotation(
            x, goal.middle if near else np.zeros(2), lambda y: misfit(target, target.count(y))
        )
        if turned is not None:
            yield turned
    margins = wrong_margins(finite, target, mine, goal)
    if margins is not None:
        yield margins


def _collapsed(x: Array) -> tuple[str, str] | None:
    """Whether all points, (n, 2), are one or lie on one line, at any scale of the coordinates."""
    size = np.abs(x).max(axis=0)
    centred = x - x.mean(axis=0)
    extent = np.abs(centred).max(axis=0)
    moves = extent > _THIN**2 * size
    if not moves.any():
        return "All of x is one point.", "collapsed to a point"
    if not moves.all():
        constant = int(np.argmin(moves)) + 1
        return f"All of x lies on one line: x{constant} is constant.", "collapsed to a line"
    scaled = centred / extent
    if not np.isfinite(scaled).all():
        return None
    values = np.linalg.svd(scaled, compute_uv=False)
    if values[1] > _THIN * values[0]:
        return None
    return "All of x lies on one line, as f loses one dimension.", "collapsed to a line"


def _coordinates(mine: Quantiles, goal: Quantiles) -> Iterator[str]:
    """What is wrong along the axes, where one coordinate's middle or spread is clearly off."""
    for axis in range(2):
        name, spread = f"x{axis + 1}", goal.spread[axis]
        if spread > 0 and not abs(mine.spread[axis] / spread - 1) <= 0.05:
            yield f"the spread along {name} is {times(mine.spread[axis], spread)}"
        if not abs(mine.middle[axis] - goal.middle[axis]) <= 0.05 * max(spread, 1e-300):
            yield median(axis, mine, goal)


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
        return f"{near} x{axis + 1} ≤ {rounded(value, 3)} {holds}"
    alone = (
        "Each coordinate alone is near the target, but the two depend on each other differently: "
    )
    if view < DIRECTIONS:
        angle = rounded(180.0 * view / DIRECTIONS, 3)
        return f"{alone}of the half-planes across the direction of {angle} degrees one {holds}"
    region = "the region around the middle" if view == DIRECTIONS else "the region of small x1·x2"
    return f"{alone}{region} {holds}"
