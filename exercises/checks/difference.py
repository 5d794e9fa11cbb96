"""Differences between a sample and its target in words, and the one mistake that explains them."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from exercises.checks.alignment import align
from exercises.checks.evidence import percent, rounded
from exercises.checks.looking import Look
from exercises.checks.mistakes import (
    Mistake,
    Quantiles,
    lost_signs,
    median,
    other_peaks,
    simple_mistakes,
    times,
    wrong_margins,
)
from exercises.checks.mode_mistakes import mode_mistakes, said_of_modes
from exercises.checks.rotation import rotation
from exercises.misconceptions import Misconception
from exercises.numerics.two_sample import Counts
from exercises.numerics.views import DIRECTIONS
from exercises.oracle import Array
from exercises.tables.target_law import Target

#: A correction explains a difference when no more than this share of it, or nothing that can be
#: told from noise, is left.
_EXPLAINED = 0.05
#: Noise ends at so many standard errors.
_NOISE = 3.0
#: Coefficients below this share of the larger are not worth a word.
_SMALL = 5e-4
#: Points lie on one line when they leave it by no more than this share of their extent.
_THIN = 1e-6


def describe(target: Target, look: Look) -> tuple[str, str | None]:
    """Say how the law that was looked at differs from the target.

    Returns:
        A sentence, and the name of the mistake that explains all of it, where there is one.
    """
    # Values may be as large as float64 goes, and their differences larger.
    with np.errstate(all="ignore"):
        return _describe(target, look)


def _describe(target: Target, look: Look) -> tuple[str, str | None]:
    x = look.x
    finite = x[np.isfinite(x).all(axis=1)]
    if len(finite) < len(x) / 2:
        return "Most of the values of x are not finite.", None
    goal = Quantiles.of(target.quantiles)
    mine = Quantiles.seen(finite).of_axes(target.axes, goal)
    collapsed = _collapsed(finite[:, list(target.axes)], target.on_a_line)
    if collapsed is not None:
        return collapsed
    before = misfit(target, look.seen)
    enough = min(max(_EXPLAINED * before, _noise(target, look.seen)), before / 3)
    for mistake in _mistakes(target, x, finite, mine, goal):
        if misfit(target, target.count(mistake.correct(x))) <= enough:
            return mistake.sentence, mistake.name
    modes = said_of_modes(x, target)
    if modes is not None:
        return modes, None
    facts = [*_peaks(finite, target), *_coordinates(mine, goal)]
    return _worst(target, look, "; ".join(facts)), None


def misfit(target: Target, counts: Counts) -> float:
    """The worst view's root mean squared deviation: over all views, as corrections must fit all."""
    deviation = counts.share - target.events.shares
    return float(np.sqrt(np.mean(deviation * deviation, axis=1)).max())


def _noise(target: Target, counts: Counts) -> float:
    """A misfit that a right law may well have: from this look, and from few held-out rows."""
    variance = counts.standard_error() ** 2
    if target.rows:
        variance = variance + target.events.shares * (1 - target.events.shares) / target.rows
    return _NOISE * float(np.sqrt(np.mean(variance, axis=1)).max())


def _mistakes(
    target: Target, x: Array, finite: Array, mine: Quantiles, goal: Quantiles
) -> Iterator[Mistake]:
    """All mistakes that have a name, the simplest first, each with a correction to be tried."""
    yield from simple_mistakes(mine, goal, align(finite, target), target.axes)
    if len(finite) == len(x):
        # Before lost signs, which leave half of a law with two mirrored modes, too.
        yield from mode_mistakes(x, target)
    yield from lost_signs(finite, goal, target.axes)
    if len(finite) == len(x) and len(target.axes) == 2:
        turned = rotation(x, target, lambda y: misfit(target, target.count(y)))
        if turned is not None:
            yield turned
    margins = wrong_margins(finite, target, mine, goal)
    if margins is not None:
        yield margins


def _collapsed(x: Array, line_wanted: bool) -> tuple[str, str] | None:
    """Whether all of x is one point, or lies on one line where none is wanted.

    x has shape (n, k), with the k = 1 or 2 coordinates that are compared, at any scale.
    """
    size = np.abs(x).max(axis=0)
    x = x / np.where(size > 0, size, 1.0)  # The sum of large values is larger than float64 goes.
    centred = x - x.mean(axis=0)
    extent = np.abs(centred).max(axis=0)
    moves = extent > _THIN**2
    if not moves.any():
        if line_wanted and x.shape[1] == 1:
            return None
        return "All of x is one point.", Misconception.COLLAPSED_TO_A_POINT
    if line_wanted or x.shape[1] == 1:
        return None
    if not moves.all():
        constant = int(np.argmin(moves)) + 1
        return (
            f"All of x lies on one line: x{constant} is constant.",
            Misconception.COLLAPSED_TO_A_LINE,
        )
    values = np.linalg.svd(centred / extent, compute_uv=False)
    if values[1] > _THIN * values[0]:
        return None
    return "All of x lies on one line, as f loses one dimension.", Misconception.COLLAPSED_TO_A_LINE


def _peaks(x: Array, target: Target) -> Iterator[str]:
    """A word on peaks of x, (n, 2), where one coordinate has another number of them."""
    other = other_peaks(x, target)
    if other is not None:
        sentence = other[1]
        yield sentence[:1].lower() + sentence[1:].rstrip(".")


def _coordinates(mine: Quantiles, goal: Quantiles) -> Iterator[str]:
    """What is wrong along the axes, where one coordinate's middle or spread is clearly off."""
    for axis in range(2):
        name, spread = f"x{axis + 1}", goal.spread[axis]
        if spread > 0 and not abs(mine.spread[axis] / spread - 1) <= 0.05:
            yield f"the spread along {name} is {times(mine.spread[axis], spread)}"
        if not abs(mine.middle[axis] - goal.middle[axis]) <= 0.05 * max(spread, 1e-300):
            yield median(axis, mine, goal)


def _worst(target: Target, look: Look, coordinates: str) -> str:
    """What differs most: single coordinates, as `coordinates` says it, a half-plane, or a region.

    A half-plane is easier to see than a ring or a cross, and a single coordinate easier still: what
    is easier is said unless it tells much less.
    """
    shares = look.counts.share[look.seen.share.size :].reshape(target.planes.shares.shape)
    worst = np.abs(shares - target.planes.shares)
    axes = worst[: len(target.axes)]
    others = np.abs(look.seen.share - target.events.shares)[DIRECTIONS:]
    most = max(float(worst.max()), float(others.max(initial=0)) / 4)
    if axes.max() >= most / 2:
        if coordinates:
            return coordinates[:1].upper() + coordinates[1:]
        said = _half_plane(target, axes, shares)
        return f"Each coordinate's middle and spread are near, but {said}"
    if worst.max() >= most:
        said = f"the half-plane {_half_plane(target, worst, shares)}"
    else:
        said = _ring_or_cross(target, look, others)
    if axes.max() < most / 4 and not coordinates:
        return f"{_APART}{said}"
    return said[:1].upper() + said[1:]


_APART = "Each coordinate alone is near the target, but the two depend on each other differently: "


def _half_plane(target: Target, worst: Array, shares: Array) -> str:
    """The half-plane that differs most, of the rows of `worst`, and what it holds."""
    view, level = (int(i) for i in np.unravel_index(int(np.argmax(worst)), worst.shape))
    wanted, seen = target.planes.shares[view, level], shares[view, level]
    row = target.axes[0] if len(target.axes) == 1 else view
    slope, offset = target.frame.half_plane(row, float(target.planes.thresholds[view, level]))
    sign = "≤"
    if slope[np.abs(slope) >= _SMALL][0] < 0:
        slope, offset, sign = -slope, -offset, "≥"
    return (
        f"{_sum(slope)} {sign} {rounded(offset, 3)} holds {percent(wanted)} of the target but "
        f"{percent(seen)} of your x"
    )


def _sum(slope: Array) -> str:
    terms: list[str] = []
    for axis in np.flatnonzero(np.abs(slope) >= _SMALL):
        size = rounded(abs(slope[axis]), 3)
        term = f"x{axis + 1}" if size == "1" else f"{size}·x{axis + 1}"
        if terms:
            term = f"- {term}" if slope[axis] < 0 else f"+ {term}"
        terms.append(term)
    return " ".join(terms)


def _ring_or_cross(target: Target, look: Look, others: Array) -> str:
    view, level = (int(i) for i in np.unravel_index(int(np.argmax(others)), others.shape))
    region = "the region of small x1·x2" if view else "the region around the middle"
    return (
        f"{region} holds {percent(target.events.shares[DIRECTIONS + view, level])} of the "
        f"target but {percent(look.seen.share[DIRECTIONS + view, level])} of your x"
    )
