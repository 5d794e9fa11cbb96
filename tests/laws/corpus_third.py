"""The third corpus: what taught something, of 380 functions written from the issue alone.

Thin strips that f flattens, functions of nearly rank one, near misses on both sides of a threshold,
compositions of many layers, and one-to-one functions that are too wild for the budget.
"""

from __future__ import annotations

import cmath
import math
from collections.abc import Callable, Iterator

import numpy as np

from tests.laws.labels import BEYOND, NO, TINY, YES, Array, Case, Labelled, Map, of_complex, turn

_OBLIQUE = np.array([0.6, 0.8])


def third_corpus() -> list[Labelled]:
    """All of it; each with its label and the reason for it."""
    return [Labelled(*case) for part in _PARTS for case in part()]


def _plateau(low: float, high: float, slope: float = 0.0) -> Callable[[float], float]:
    """t, with another slope from `low` to `high`."""
    return lambda t: min(t, low) + slope * min(max(t - low, 0), high - low) + max(t - high, 0)


def _across(g: Callable[[float], float], along: Array) -> Map:
    """g of the number ℓ·z, with all else as it is."""
    return lambda z: z + (g(float(along @ z)) - along @ z) * along


def _of_radius(g: Callable[[float], float]) -> Map:
    """Every circle about zero becomes the one with radius g(r)."""
    return lambda z: z * (g(float(np.hypot(*z))) / max(float(np.hypot(*z)), 1e-300))


def _flat() -> Iterator[Case]:
    """Strips without a dimension, which are as few probes as a critical line is."""
    table = [-5, -1, 0, 2, 2.1, 5], [-5, -1, -0.5, 4, 4, 9]
    yield "third: flat in a table", lambda z: np.interp(z, *table), NO, "flat on 1 % of the mass"
    first = np.array([1.0, 0.0])
    yield "third: flat strip", _across(_plateau(1, 1.04), first), NO, "0.9 % of the mass"
    oblique = _across(_plateau(-0.5, -0.48), _OBLIQUE)
    yield "third: oblique flat strip", oblique, NO, "0.7 % of the mass"
    yield "third: flat ring", _of_radius(_plateau(1.5, 1.52)), NO, "a ring of 0.9 % to a circle"
    yield "third: flat hole", _of_radius(lambda r: max(r - 0.12, 0)), NO, "0.7 % to one point"
    bent = turn(0.4) @ np.diag([1.0, 3.0])
    strip = _across(_plateau(0.3, 0.32), _OBLIQUE)
    yield "third: bent flat strip", lambda z: np.sinh(bent @ strip(z) / 2), NO, "0.7 % of the mass"
    slope = _across(_plateau(1, 1.04, 1e-3), first)
    yield "third: strip of slope 1e-3", slope, YES, "rises everywhere"
    ring = _of_radius(_plateau(1.5, 1.52, 0.01))
    yield "third: ring of slope 0.01", ring, YES, "the radius rises everywhere"
    yield "third: rest at two lines", lambda z: (z - 0.7) ** 3, YES, "rises in each coordinate"


def _curves() -> Iterator[Case]:
    """Regions that become a curve, not a segment; and some that only nearly do."""
    bent = lambda g: lambda z: [z[0], z[0] ** 2 + g(z[0]) * z[1]]  # noqa: E731
    half = "the half-plane becomes half a parabola"
    yield "third: half to a parabola", bent(lambda a: max(a, 0)), NO, half
    yield "third: half to a parabola, smooth", bent(lambda a: max(a, 0) ** 2), NO, half
    yield "third: edge at 1.5", bent(lambda a: max(a - 1.5, 0)), NO, "so do 93 % of the mass"
    jump = lambda z: z if z[0] < 1 else np.array([z[0], np.sin(3 * z[0])])  # noqa: E731
    yield "third: sine behind a jump", jump, NO, "16 % become a curve"
    yield "third: parabolas to points", lambda z: [z[0] ** 2 - z[1], 3.0], NO, "rank one"
    spiral = lambda z: turn(math.hypot(*z)) @ [math.hypot(*z), 0]  # noqa: E731
    yield "third: circles to a spiral", spiral, NO, "rank one"
    digits = "one-to-one, but not among float64 numbers"
    yield "third: 1e-18 of a parabola", bent(lambda a: 1e-18 + max(a, 0)), BEYOND, digits
    yield "third: Gumbel's scale", bent(lambda a: math.exp(-math.exp(-4 * a))), BEYOND, digits
    drop = bent(lambda a: math.exp(min(0.0, 40 * (1 - a))))
    yield "third: scale that drops", drop, BEYOND, digits


def _thin() -> Iterator[Case]:
    """Nearly of rank one, but not: far along a level set the outputs differ."""
    digits = "rank two, though nearby outputs are equal in float64"
    tilt = np.array([[1, 1], [1, 1 + 1e-14]])
    yield "third: nearly singular 1e-14", lambda z: tilt @ z, BEYOND, digits
    yield "third: copy and 1e-14", lambda z: [z[0], z[0] + 1e-14 * z[1]], BEYOND, digits
    both = lambda z: [z[0] + z[1], (z[0] + z[1]) ** 3 + 1e-14 * z[0]]  # noqa: E731
    yield "third: curve and 1e-14", both, BEYOND, digits
    yield "third: sum and its cube", lambda z: [z.sum(), z.sum() ** 3], NO, "rank one"
    yield "third: radius twice", lambda z: [z @ z, math.sqrt(z @ z)], NO, "rank one"
    yield "third: softmax", lambda z: np.exp(z) / np.exp(z).sum(), NO, "the outputs add up to one"


def _folds() -> Iterator[Case]:
    """Near misses on both sides of a threshold, and folds at odd places."""
    for factor, label in ((-0.9999, YES), (-1.0, YES), (-1.0001, NO), (-1.000001, NO)):
        planar = lambda z, u=factor: z + u * _OBLIQUE * np.tanh(_OBLIQUE @ z + 0.3)  # noqa: E731
        yield f"third: planar {factor}", planar, label, "one-to-one from u·w = -1 on"
    for factor, label in ((-1.0, YES), (-1.05, NO)):
        radial = lambda z, u=factor: z * (1 + u / (1 + np.hypot(*z)))  # noqa: E731
        yield f"third: radial {factor}", radial, label, "one-to-one from -1 on"
    yield "third: V", lambda z: z + 1.001 * np.abs(z), NO, "slopes 2.001 and -0.001"
    yield "third: nearly a V", lambda z: z + 0.999 * np.abs(z), YES, "slopes 1.999 and 0.001"
    cover = of_complex(lambda w: w ** (1 + 0.5j) if w else 0j)
    yield "third: complex power", cover, NO, "w and w·exp(2.5+5i) meet"
    yield "third: w² nearly", of_complex(lambda w: w + 0.12 * w * w), YES, "no sum is -1/0.12"
    yield "third: w² in the tail", of_complex(lambda w: w + 0.128 * w * w), TINY, "near -3.9"
    yield "third: tail", _of_radius(lambda r: 3.5 - abs(r - 3.5)), NO, "1 % beyond radius 3"
    moved = lambda z: z if z[0] > 0 else np.array([-z[0], z[1] + 8.01])  # noqa: E731
    yield "third: mirrored away", moved, YES, "the halves' images lie apart"
    touching = lambda z: z if z[0] > 0 else np.array([-z[0], z[1] + 6.5])  # noqa: E731
    yield "third: mirrored and near", touching, NO, "the halves overlap in their tails"


def _deep() -> Iterator[Case]:
    """Many layers, fast swirls and thin images, which have an answer all the same."""
    layered = "each layer can be undone"
    yield "third: six couplings", lambda z: _couplings(z, 6), YES, layered
    strip = _across(_plateau(1, 1.04), np.array([1.0, 0.0]))
    flat = lambda z: _couplings(strip(z), 6)  # noqa: E731
    yield "third: six couplings of a flat strip", flat, NO, "0.9 % of the mass"
    folded = lambda z: _couplings(z + 1.3 * np.sin(z), 5)  # noqa: E731
    yield "third: five couplings of a fold", folded, NO, "z + 1.3 sin z goes back"
    yield "third: swirl of 80 radians", lambda z: turn(5 * (z @ z)) @ z, YES, "keeps every circle"
    thin = lambda g: lambda z: np.array([z[0], z[0] + 1e-9 * g(z[1])])  # noqa: E731
    yield "third: equal to nine digits", thin(lambda t: t), YES, "rank two"
    yield "third: equal, with waves", thin(lambda t: t + 0.9 * math.sin(t)), YES, "both rise"
    yield "third: equal, with folds", thin(lambda t: t + 1.3 * math.sin(t)), NO, "it goes back"
    yield "third: equal, with a jump back", thin(lambda t: t - 0.1 * (t > 0)), NO, "4 % twice"
    yield "third: equal, with a rest", thin(lambda t: t**3), BEYOND, "rises, too slowly near 0"


def _wild() -> Iterator[Case]:
    """One-to-one, but changing so fast that the budget may not suffice: no witness is right."""
    swirl = lambda z: turn(50 * (z @ z)) @ z  # noqa: E731
    yield "third: swirl of 800 radians", swirl, BEYOND, "keeps every circle"
    pole = of_complex(lambda w: w * cmath.exp(3j / abs(w)) if w else 0j)
    yield "third: endless swirl", pole, BEYOND, "keeps every circle"
    yield "third: ten couplings", lambda z: _couplings(z, 10), BEYOND, "each layer can be undone"
    fine = lambda z: z + 1e-3 * np.sin(990 * z)  # noqa: E731
    yield "third: fine waves", fine, BEYOND, "slopes from 0.01 to 1.99"


def _couplings(z: Array, layers: int) -> Array:
    a, b = z
    for layer in range(layers):
        a, b = b * math.exp(0.8 * math.tanh(a + layer)) + math.sin(2 * a), a
    return np.array([a, b])


_PARTS = (_flat, _curves, _thin, _folds, _deep, _wild)
