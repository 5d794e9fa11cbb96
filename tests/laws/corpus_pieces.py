"""More labelled functions: with jumps, glued from pieces, by tables, loops and conditions."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from tests.laws.labels import BEYOND, NO, TINY, YES, Array, Case, M, Map, of_complex, turn


def glued(where: Callable[[Array], bool], inside: Map, outside: Map) -> Map:
    """One map where `where` holds and another elsewhere."""
    return lambda z: np.asarray(inside(z) if where(z) else outside(z))


def moved(where: Callable[[Array], bool], by: tuple[float, float]) -> Map:
    """The part where `where` holds is moved."""
    return glued(where, lambda z: z + np.array(by), lambda z: z)


def scaled(where: Callable[[Array], bool], by: float) -> Map:
    """The part where `where` holds is scaled."""
    return glued(where, lambda z: by * z, lambda z: z)


def sectors(turns: tuple[float, ...]) -> Map:
    """The plane cut into equal sectors, each turned about 0 by its number of sectors."""
    count = len(turns)

    def f(z: Array) -> Array:
        number = int(np.floor((np.arctan2(z[1], z[0]) + np.pi) / (2 * np.pi) * count)) % count
        return np.asarray(turn(2 * np.pi / count * turns[number]) @ z)

    return f


def discs(first: Map, second: Map) -> Map:
    """Discs of radius 0.8 about (±1.2, 0), each sent through a map of its own; the rest stays."""
    centre = np.array([1.2, 0.0])

    def f(z: Array) -> Array:
        if np.hypot(*(z - centre)) < 0.8:
            return np.asarray(first(z - centre))
        if np.hypot(*(z + centre)) < 0.8:
            return np.asarray(second(z + centre))
        return z

    return f


def _curve(z: Array) -> bool:
    return bool(z[0] > np.sin(z[1]))


def _wave(z: Array) -> bool:
    return bool(z[1] > 0.2 + 0.3 * np.sin(3 * z[0]))


def _inner(z: Array) -> bool:
    return bool(z @ z < 1)


def _right(z: Array) -> bool:
    return bool(z[0] > 0)


def yes() -> Iterator[Case]:
    """One-to-one with jumps."""
    apart, onto = "the pieces are moved apart", "each piece goes onto the place of one"
    yield "curve apart", moved(_curve, (0.5, 0.0)), YES, apart
    yield "wave apart", moved(_wave, (0.0, 0.3)), YES, apart
    yield "wave far apart mixed", lambda z: M @ moved(_wave, (0.4, 3.0))(z), YES, apart
    yield "outside enlarged", scaled(lambda z: z @ z > 1, 1.5), YES, apart
    yield "outside enlarged a little", scaled(lambda z: z @ z > 1, 1.02), YES, apart
    yield "inside shrunk", scaled(_inner, 0.5), YES, apart
    yield "inside turned over", glued(_inner, lambda z: z * [1, -1], lambda z: z), YES, onto
    yield "square moved", moved(lambda z: np.abs(z).max() < 1, (10.0, 0.0)), YES, apart
    yield "ring moved", moved(lambda z: 1 < np.hypot(*z) < 2, (0.0, 12.0)), YES, apart
    yield "strips exchanged", _strips_exchanged, YES, onto
    yield "cells reversed", lambda z: 2 * np.floor(z) + 1 - z, YES, "each cell turned in its place"
    yield "cells reversed in one", _reversed_in_one, YES, "each strip turned over in its place"
    yield "steps back by two", lambda z: z - 2 * np.floor(z), YES, "cell n goes to -n"
    yield "steps back and apart", lambda z: z - 2.02 * np.floor(z), YES, "cell n to -1.02 n"
    yield "slabs reversed order", _slabs_back, YES, "strip n goes to -n"
    yield "sectors exchanged", sectors((1, -1, 0)), YES, onto
    yield "six sectors round", sectors((1, 1, 1, -3, 1, -1)), YES, onto
    yield "quarters turned", sectors((1, 1, 1, 1)), YES, "a rotation by a right angle"
    yield "discs exchanged", _discs_exchanged(), YES, onto
    yield "discs turned", discs(_about(1.2, 1.0), _about(-1.2, -2.0)), YES, "each within itself"
    yield "tiles slid", lambda z: z + np.array([3.0 * np.floor(z[1]), 0.0]), YES, "rows slide"
    yield "rows slid apart", lambda z: z * [1, 2] - [0, z[1] % 1], YES, "rows slide"
    yield "paper folded and moved", _folded_paper(10.0), YES, "the left half lies beyond the right"
    yield "paper that touches", _folded_paper(8.0), YES, "the halves meet in one point"
    yield "inside out", _inside_out, YES, "the inside goes beyond 1, the outside within 0.8"
    yield "square of a half, other far", _half_square(30.0), YES, "a cut plane and a half disc"
    yield "three ways", _three_ways, YES, "three strips side by side"
    yield "angle with a gap", _angle(0.9), YES, "a wedge is left empty"
    yield "polar pair", lambda z: np.array([np.hypot(*z), np.arctan2(z[1], z[0])]), YES, "polar"
    yield "polar mixed", _polar_mixed, YES, "polar, then linear"
    yield "angle first", lambda z: np.array([np.arctan2(*z), np.log(z @ z)]), YES, "polar"
    yield "reciprocals", lambda z: 1 / z, YES, "each coordinate's own inverse"
    yield "reciprocals mixed", lambda z: M @ (1 / z), YES, "reciprocals, then linear"
    yield "arctan of 1/z", lambda z: np.arctan(1 / z), YES, "one-to-one twice"
    yield "stairs of slope 1e-6", lambda z: np.floor(z) + 1e-6 * (z - np.floor(z)), YES, "rising"
    yield "ramps of slope 1e-6", _ramps(1e-6), YES, "rising"
    yield "ten modes", lambda z: 0.1 * z + np.round(2 * z), YES, apart
    yield "loop of ifs", _loop_of_ifs, YES, "three sectors, each turned over onto itself"
    yield "newton root", _newton_root, YES, "the real root of x³ + x = z, by Newton's method"
    yield "while halving", _while_halving, YES, "rings, each turned within itself"
    yield "fine steps of a slope", lambda z: 1e-3 * z + np.round(z, 3), YES, "rising"
    yield "fine cells reversed", lambda z: np.round(z, 2) - 1e-3 * z, YES, "cells lie apart"
    yield "logarithm twice", of_complex(lambda w: np.log(np.log(w + 4.5))), YES, "exp undoes it"
    yield "table rising", _table((-3.0, -1.0, 0.5, 0.7, 4.0)), YES, "rising between its entries"


def no() -> Iterator[Case]:
    """Not one-to-one, with jumps or by tables."""
    twice = "a part is covered twice"
    yield "curve overlapping", moved(_curve, (-0.3, 0.0)), NO, twice
    yield "curve overlapping little", moved(_curve, (-0.01, 0.5)), NO, twice
    yield "wave overlapping", moved(_wave, (0.3, -0.2)), NO, twice
    yield "wave overlapping mixed", lambda z: np.exp(M @ moved(_wave, (0.1, -0.02))(z)), NO, twice
    yield "wave slid along", moved(_wave, (1.0, 0.0)), NO, "its crests cross the other part"
    yield "inside enlarged", scaled(_inner, 1.02), NO, twice
    yield "outside shrunk", scaled(lambda z: z @ z > 1, 0.98), NO, twice
    yield "square onto itself", moved(lambda z: np.abs(z).max() < 1, (1.9, 0.0)), NO, twice
    yield "small disc moved", moved(lambda z: np.hypot(*z) < 0.1, (2.0, 0.0)), NO, twice
    yield "small disc far", moved(lambda z: np.hypot(*(z - 1)) < 0.2, (-1.5, -1.0)), NO, twice
    yield (
        "steps back by less than two",
        lambda z: z - 1.98 * np.floor(z),
        NO,
        "cells overlap by 2 %",
    )
    yield "steps back by one", lambda z: z - np.floor(z), NO, "all cells in one place"
    yield "slabs onto one", lambda z: np.array([z[0] % 1, z[1]]), NO, "all strips in one place"
    yield "slabs onto two", lambda z: np.array([z[0] % 4, z[1]]), NO, "two strips in one place"
    yield "sectors onto one", sectors((1, 0, -1)), NO, "three sectors in one place"
    yield (
        "six sectors, two onto one",
        sectors((0, 0, 1, 0, 0, 0)),
        NO,
        "one sector on its neighbour",
    )
    yield "discs onto one", discs(_about(1.2, 0.0), _about(1.2, 1.0)), NO, "two discs in one place"
    yield "paper folded", _folded_paper(0.0), NO, "mirror images"
    yield "paper folded and shifted", _folded_paper(3.0), NO, "mirror images in part"
    yield "inside out onto the rest", _inside_out_onto, NO, "the inside covers the outside"
    yield "square of a half, other near", _half_square(0.0), NO, "the cut plane holds the half disc"
    yield "angle too wide", _angle(1.05), NO, "a wedge is covered twice"
    yield "angle much too wide", _angle(1.5), NO, "half is covered twice"
    yield "polar squared", lambda z: np.array([np.hypot(*z), np.cos(np.arctan2(*z))]), NO, "mirror"
    yield "stairs", lambda z: np.floor(3 * z) / 3, NO, "flat cells"
    yield "stairs in one", lambda z: np.array([z[0], np.floor(5 * z[1])]), NO, "flat across"
    yield "ramps with flats", _ramps(0.0), NO, "flat between the ramps"
    yield "table with a flat", _table((-3.0, -1.0, -1.0, 0.7, 4.0)), NO, "flat from -2 to 0"
    yield "table that falls", _table((-3.0, -1.0, 0.5, 0.3, 4.0)), NO, "falls from 0 to 2"
    yield "table that ends", _table((-3.0, -1.0, 0.5, 0.7, 4.0), 0.5), NO, "flat beyond ±2"
    yield "table of entries", _looked_up, NO, "flat cells"
    yield "clipped far", lambda z: np.clip(z, -3, 3), NO, "flat beyond ±3"
    yield "clipped after mixing", lambda z: np.clip(M @ z, -2, 5), NO, "flat beyond"
    yield "lower bound", lambda z: np.maximum(M @ z, -1.5), NO, "flat below"
    yield "hard sigmoid", lambda z: np.clip(0.2 * z + 0.5, 0, 1), NO, "flat beyond ±2.5"
    yield "remainder", lambda z: np.fmod(z, 1.5), NO, "periodic"
    yield "hour hand", lambda z: np.array([z[0], (z[1] + 4) % 5]), NO, "wraps from 1 to -4"
    yield "sorted by size", lambda z: z[np.argsort(np.abs(z))], NO, "swapped inputs"
    yield "loop that forgets", _loop_that_forgets, NO, "one branch flattens"
    yield "logistic map", _logistic, NO, "each step folds"
    yield "negative modes", lambda z: np.sign(z) * 2 - z, NO, "0 to 4 goes to 2 to -2"
    yield "sign kept", lambda z: np.array([np.sign(z[0]) * abs(z[1]), z[1]]), NO, "z0 is lost"


def tiny() -> Iterator[Case]:
    """Not one-to-one, on less than a thousandth of the mass."""
    yield "clipped at 3.8", lambda z: np.clip(z, -3.8, 3.8), TINY, "flat beyond ±3.8"
    yield "paper nearly apart", _folded_paper(7.5), TINY, "the halves' edges overlap"
    yield "very small disc moved", moved(lambda z: np.hypot(*z) < 0.03, (2.0, 0.0)), TINY, "0.05 %"


def beyond() -> Iterator[Case]:
    """One-to-one as mathematics; float64 can not tell, or only just."""
    yield "stairs of slope 1e-9", lambda z: np.floor(z) + 1e-9 * (z % 1), BEYOND, "nearly flat"
    yield "ramps of slope 1e-9", _ramps(1e-9), BEYOND, "nearly flat"
    yield "roots with NaN", lambda z: np.sqrt(z), BEYOND, "not defined everywhere"
    yield "log with NaN", lambda z: np.log(z + 1), BEYOND, "not defined everywhere"
    yield "NaN beyond 3", lambda z: np.where(z > 3, np.nan, z), BEYOND, "not defined everywhere"
    yield "inf in a strip", lambda z: z + np.where(abs(z - 1) < 0.1, np.inf, 0), BEYOND, "inf"


def _strips_exchanged(z: Array) -> Array:
    if 0 <= z[0] < 1:
        return z + np.array([1.0, 0.0])
    if 1 <= z[0] < 2:
        return z - np.array([1.0, 0.0])
    return z


def _reversed_in_one(z: Array) -> Array:
    return np.array([z[0], 2 * np.floor(z[1]) + 1 - z[1]])


def _slabs_back(z: Array) -> Array:
    return np.array([z[0] - 2 * np.floor(z[0]), z[1]])


def _about(centre: float, angle: float) -> Map:
    """A disc about 0, turned, and put at (centre, 0)."""
    return lambda d: turn(angle) @ d + np.array([centre, 0.0])


def _discs_exchanged() -> Map:
    return discs(_about(-1.2, 0.5), _about(1.2, 1.0))


def _folded_paper(by: float) -> Map:
    return lambda z: np.array([abs(z[0]), z[1] + (by if z[0] < 0 else 0.0)])


def _inside_out(z: Array) -> Array:
    return np.asarray(z / (z @ z) if z @ z < 1 else 0.2 * z)


def _inside_out_onto(z: Array) -> Array:
    return np.asarray(z / (z @ z) if z @ z < 1 else z)


def _half_square(away: float) -> Map:
    return of_complex(lambda w: w * w if w.real > 0 else w - away)


def _three_ways(z: Array) -> Array:
    if z[0] < -0.5:
        return z * 0.5 - [2, 0]
    return z if z[0] < 0.5 else z * [3, -1]


def _angle(by: float) -> Map:
    def f(w: complex) -> complex:
        return complex(abs(w) * np.exp(1j * by * np.angle(w)))

    return of_complex(f)


def _polar_mixed(z: Array) -> Array:
    return np.asarray(M @ np.array([np.hypot(*z), np.arctan2(z[1], z[0])]))


def _ramps(slope: float) -> Map:
    """Rises by 1 over half of each unit and by `slope` over the other half."""

    def f(z: Array) -> Array:
        part = z - np.floor(z)
        return np.floor(z) * (1 + slope) + np.minimum(2 * part, 1 + slope * (2 * part - 1))

    return f


def _loop_of_ifs(z: Array) -> Array:
    r, a = np.hypot(*z), np.arctan2(z[1], z[0])
    for low, high in ((-np.pi, -1), (-1, 0.5), (0.5, np.pi)):
        if low < a <= high:
            a = low + high - a
            break
    return np.array([r * np.cos(a), r * np.sin(a)])


def _newton_root(z: Array) -> Array:
    x = z / 2
    for _ in range(40):
        x = x - (x**3 + x - z) / (3 * x**2 + 1)
    return np.asarray(x)


def _while_halving(z: Array) -> Array:
    r, turns = np.hypot(*z), 0
    while r > 1:
        r, turns = r / 2, turns + 1
    return np.asarray(turn(turns) @ z)


def _table(entries: tuple[float, ...], reach: float = 1.0) -> Map:
    places = reach * np.linspace(-4, 4, len(entries))
    return lambda z: np.interp(z, places, entries)


_ENTRIES = np.random.default_rng(5).permutation(100) / 10


def _looked_up(z: Array) -> Array:
    return np.array([_ENTRIES[int(10 * z[0]) % 100], z[1]])


def _loop_that_forgets(z: Array) -> Array:
    x = z.copy()
    for k in range(5):
        if x[0] > 0.5:
            x[1] = 0.3 * k
        x = turn(0.4) @ x
    return x


def _logistic(z: Array) -> Array:
    x = 1 / (1 + np.exp(-z))
    for _ in range(3):
        x = 3.6 * x * (1 - x)
    return np.asarray(x)
