"""Names for what is usually wrong with an inverse, where one explains the round trips."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from exercises.checks.asking import Asking
from exercises.checks.evidence import near, percent, short
from exercises.misconceptions import Misconception
from exercises.numerics.round_trip import LARGEST, RoundTrips, Trip
from exercises.oracle import Array

#: A mistake is named when it explains this share of the bad points, and of all points: what holds
#: at the bad points alone is a mistake in a part.
_EXPLAINED = 0.95
#: To so much, relative to 1 + |w|; and of the error at most so much may be left.
_CLOSE, _LEFT = 1e-5, 0.5
#: A half is told by so much of it, in one of the first coordinates; a part from this share on.
_HALF, _COLUMNS, _SHARE = 0.98, 16, 0.05
#: So many points are asked again to compare f_inv with f itself.
_SOME = 64
#: Two inputs with one output are told from a flat f by the value at a place between them, at no
#: simple fraction of the way, as f may be periodic: it must differ so many times more.
_ON_THE_WAY, _TURNS = 0.382, 10.0


def name_mistake(
    trips: RoundTrips, f: Asking, name: str, inverse: str
) -> tuple[Misconception | None, str]:
    """The first mistake that explains the bad round trips from z, with its hint; or (None, "")."""
    bad = (trips.left == Trip.BAD) & np.isfinite(trips.w).all(axis=1)
    half = _half(trips)
    if bad.sum() >= 2:
        # A difference that f does not see, and not for rounding: the inputs are far apart.
        far = (trips.right == Trip.GOOD) & (trips.left_error > LARGEST)
        if _most(far[bad]) and _most(_two_preimages(trips, f, np.flatnonzero(bad & far)[:_SOME])):
            return Misconception.OTHER_PREIMAGE, (
                f"{name} sends both to the same x, so {name} is not one-to-one: no inverse can "
                "know which of them it was."
            )
        if half:
            return Misconception.HALF, half
        for mistake, explained, hint in _candidates(_Known.of(trips), f, name, inverse):
            if explained:
                return mistake, hint
    return (Misconception.HALF, half) if half else _part(trips, inverse)


@dataclass(frozen=True, slots=True)
class _Known:
    """The round trips that came back somewhere and are not in doubt."""

    #: Shape (n, d) each.
    z: Array
    x: Array
    w: Array
    #: Shape (n,).
    bad: NDArray[np.bool_]

    @classmethod
    def of(cls, trips: RoundTrips) -> _Known:
        """Of all round trips."""
        known = (trips.left != Trip.UNDECIDED) & np.isfinite(trips.w).all(axis=1)
        return cls(trips.z[known], trips.x[known], trips.w[known], trips.left[known] == Trip.BAD)

    def explained_by(self, candidate: Array) -> bool:
        """Whether w is `candidate`, (k, d), at the first k points: at the bad ones more than z."""
        w, z, bad = (array[: len(candidate)] for array in (self.w, self.z, self.bad))
        with np.errstate(all="ignore"):
            away = np.abs(w - candidate)
            far = ~(away <= _CLOSE * (1 + np.abs(candidate)))
            better = away.max(axis=1) <= _LEFT * np.abs(w - z).max(axis=1)
        near = np.asarray(~far.any(axis=1), dtype=np.bool_)
        return _most(near) and _most((near & better)[bad])


def _candidates(
    known: _Known, f: Asking, name: str, inverse: str
) -> Iterator[tuple[Misconception, bool, str]]:
    z, x, w, bad = known.z, known.x, known.w, known.bad
    yield Misconception.IDENTITY, known.explained_by(x), f"{inverse} returns what it is given."
    yield (
        Misconception.SAME_AS_F,
        known.explained_by(f(x[:_SOME])),
        f"{inverse} does what {name} does; it has to undo it.",
    )
    offset = np.median((w - z)[bad], axis=0)
    yield (
        Misconception.SHIFT,
        known.explained_by(z + offset),
        f"It is off by the same {near(offset)} everywhere: subtract the shift first, before "
        "the rest is undone.",
    )
    yield Misconception.LOST_SIGN, known.explained_by(np.copysign(z, w)), "Only signs are wrong."
    yield (
        Misconception.SWAPPED_AXES if z.shape[1] == 2 else Misconception.REVERSED,
        known.explained_by(z[:, ::-1]),
        "The coordinates are in the reverse order.",
    )
    with np.errstate(all="ignore"):
        factor = np.median((w / z)[bad], axis=0)
        level = np.abs(w - z)[bad].max()
    yield (
        Misconception.SCALE,
        bool(np.isfinite(factor).all()) and known.explained_by(factor * z),
        f"It is z times {near(factor)} everywhere: a scale is wrong or missing.",
    )
    yield (
        Misconception.INACCURATE,
        bool(level < 0.01) and int(bad.sum()) > 1,
        f"It is nearly right, to about {short(level)}: if it iterates, iterate longer.",
    )


def _two_preimages(trips: RoundTrips, f: Asking, some: NDArray[np.intp]) -> NDArray[np.bool_]:
    """Whether f has another value on the way from z to w, so that it is not merely flat there."""
    z, x, w = trips.z[some], trips.x[some], trips.w[some]
    with np.errstate(all="ignore"):
        on_the_way = np.abs(f(z + _ON_THE_WAY * (w - z)) - x).max(axis=1)
        return np.asarray(on_the_way > _TURNS * np.abs(trips.y[some] - x).max(axis=1))


def _half(trips: RoundTrips) -> str:
    """Whether the bad points are those of one sign of one coordinate of z; "" if not."""
    bad = trips.left == Trip.BAD
    for column in range(min(trips.z.shape[1], _COLUMNS)):
        for sign, word in ((1, ">"), (-1, "<")):
            side = sign * trips.z[:, column] > 0
            if (bad == side).mean() > _HALF:
                return f"It is wrong where z[{column}] {word} 0, and right on the other side."
    return ""


def _part(trips: RoundTrips, inverse: str) -> tuple[Misconception | None, str]:
    good = float((trips.left == Trip.GOOD).mean())
    if good < _SHARE:
        return None, ""
    return Misconception.PART, f"{inverse} is right at {percent(good)} of the points."


def _most(rows: NDArray[np.bool_]) -> bool:
    return bool(rows.mean() >= _EXPLAINED) if len(rows) else False
