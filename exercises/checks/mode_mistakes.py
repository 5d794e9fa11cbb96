"""The usual mistakes about the modes of a law: missing ones, more of them, other shares."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from exercises.checks.evidence import percent
from exercises.checks.mistakes import Mistake
from exercises.misconceptions import Misconception
from exercises.numerics.basins import Density, Index
from exercises.numerics.mode_map import ModeMap
from exercises.numerics.smoothed import smoothed
from exercises.numerics.window import Window
from exercises.oracle import Array
from exercises.tables.target_law import Target

#: A mode is missing when it has less than this share of what it should have: others' tails reach
#: into its basin.
_GONE = 0.05
#: Nothing is said of the modes that are left when less of x than this share lies in them.
_NEAR = 0.5
#: Modes with less than this share between them are not spoken of: tails are ragged.
_WORTH_A_WORD = 0.02
#: Modes beyond the first few are not listed.
_LISTED = 3
#: Of what is drawn.
_SEED = 6


def mode_mistakes(x: Array, target: Target) -> Iterator[Mistake]:
    """What may be wrong with the modes of x, (n, 2), finite, where it or the target has several.

    Modes are those of the smoothed density in the plane; of one coordinate's, where only that is
    compared.
    """
    lo, hi = target.window[:2], target.window[2:]
    wanted = ModeMap.of(_compared(target.density, target), Window(lo, hi))
    if len(wanted.shares) > 1:
        yield from _missing_or_unequal(x, target, wanted)
    density, window = smoothed(x)
    mine = ModeMap.of(_compared(density, target), window)
    if len(mine.shares) > 1:
        yield from _extra(target, wanted, mine)


def said_of_modes(x: Array, target: Target) -> str | None:
    """What is wrong with the modes of x, as above, though it does not explain all that is."""
    if not np.isfinite(x).all():
        return None
    found = (one for one in mode_mistakes(x, target) if one.name is not Misconception.MODE_SHARES)
    return next((f"{one.sentence} It may not be all that differs." for one in found), None)


def _compared(density: Density, target: Target) -> Density:
    """The density of the compared coordinates: of one of them, the same along the other."""
    if len(target.axes) == 2:
        return density
    along = density.mean(axis=target.axes[0], keepdims=True)
    return np.ascontiguousarray(np.broadcast_to(along, density.shape))


def _missing_or_unequal(x: Array, target: Target, wanted: ModeMap) -> Iterator[Mistake]:
    seen = wanted.share(x)
    gone = np.flatnonzero(seen < _GONE * wanted.shares)
    if wanted.holds(x) < _NEAR or 0 < wanted.shares[gone].sum() < _WORTH_A_WORD:
        return
    if not len(gone):
        yield Mistake(
            Misconception.MODE_SHARES,
            _shares(target, wanted, seen),
            lambda points: _shared_out(points, wanted, gone),
        )
        return
    share = float(wanted.shares[gone].sum())
    of_all = f"of the target's {len(seen)} modes"
    which = f"One {of_all} is" if len(gone) == 1 else f"{len(gone)} {of_all} are"
    yield Mistake(
        Misconception.MISSING_MODE,
        f"{which} missing: {percent(share)} of the target lies around "
        f"{_around(target, wanted, gone)}, and next to nothing of your x.",
        lambda points: _shared_out(points, wanted, gone),
    )


def _extra(target: Target, wanted: ModeMap, mine: ModeMap) -> Iterator[Mistake]:
    there = mine.share(wanted.nodes(), wanted.density.ravel())
    extra = np.flatnonzero(there < _GONE * mine.shares)
    if len(extra) == len(there) or mine.shares[extra].sum() < _WORTH_A_WORD:
        return
    what = "a mode" if len(extra) == 1 else f"{len(extra)} modes"
    yield Mistake(
        Misconception.EXTRA_MODE,
        f"Your density has {what} where the target has none: "
        f"{percent(float(mine.shares[extra].sum()))} of your x lies around "
        f"{_around(target, mine, extra)}.",
        lambda points: _emptied(points, mine, extra),
    )


def _shares(target: Target, wanted: ModeMap, seen: Array) -> str:
    worst = np.argmax(np.abs(seen - wanted.shares), keepdims=True)
    return (
        "The modes are in the right places, but they share the mass in another way: around "
        f"{_around(target, wanted, worst)} lies {percent(seen[worst].item())} of your x, "
        f"it should be {percent(wanted.shares[worst].item())}."
    )


def _around(target: Target, modes: ModeMap, chosen: Index) -> str:
    """Where modes are, as text."""
    places = modes.places[chosen]
    texts = [_place(target, modes, place) for place in places[:_LISTED]]
    if len(places) > _LISTED:
        return ", ".join(texts) + ", …"
    return " and ".join(filter(None, (", ".join(texts[:-1]), texts[-1])))


def _place(target: Target, modes: ModeMap, place: Array) -> str:
    """A place to about a fiftieth of what is shown, as a peak can not be told better."""
    wide = np.subtract(modes.window.hi, modes.window.lo)
    decimals = np.ceil(np.log10(50 / wide)).astype(int)
    first, second = (
        f"{round(float(value), int(digits)) + 0.0:.12g}"
        for value, digits in zip(place, decimals, strict=True)
    )
    if len(target.axes) == 2:
        return f"({first}, {second})"
    return f"x1 = {first}" if target.axes == (0,) else f"x2 = {second}"


def _emptied(x: Array, mine: ModeMap, extra: Index) -> Array:
    """x, (n, 2), with the points of some modes put where others are."""
    outside = np.isin(mine.which(x), extra)
    return _spread(x[~outside], len(x))


def _shared_out(x: Array, wanted: ModeMap, gone: Index) -> Array:
    """x, (n, 2), with more or fewer points of each mode, so that it has its share.

    Those of a mode that is gone are drawn from the target's density.
    """
    rng = np.random.default_rng(_SEED)
    which, ends = wanted.which(x), np.round(np.cumsum(wanted.shares) * len(x)).astype(int)
    return np.concatenate(
        [
            wanted.draw(mode, count, rng) if mode in gone else _spread(x[which == mode], count)
            for mode, count in enumerate(np.diff(ends, prepend=0).tolist())
        ]
    )


def _spread(rows: Array, count: int) -> Array:
    """So many of the rows, taken evenly: some twice, or some not at all."""
    return rows[np.arange(count) * len(rows) // count]
