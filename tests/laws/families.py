"""Random maps whose label is known by construction, and how much of the mass shares its output.

What decides the label is followed by one-to-one maps, which change nothing of it: by one to four
usual ones, or by a wild one, as in a flow of many layers.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Protocol

import numpy as np
from scipy.optimize import brentq
from scipy.special import ndtr
from scipy.stats import beta

from exercises.numerics.verdict import Injective
from tests.laws.corpus import one_to_one
from tests.laws.labels import Array, Map, turn
from tests.laws.plain_oracle import judge_plain

#: From a seed to a one-to-one map.
After = Callable[[int], Map]

#: The slope behind a crease is 1 − this.
_DEPTH = 1.6


def _composed(before: Map, after: Map) -> Map:
    return lambda z: after(np.asarray(before(z)))


def wild(seed: int) -> Map:
    """A one-to-one map that takes neighbours far apart, or makes its image thin; of five kinds."""
    return _WILD[seed % len(_WILD)](np.random.default_rng(seed))


def _swirled(rng: np.random.Generator) -> Map:
    speed, power = rng.uniform(1, 5), rng.integers(1, 3)
    return lambda z: turn(speed * np.hypot(*z) ** power) @ z


def _coupled(rng: np.random.Generator) -> Map:
    layers, strength = rng.integers(4, 7), rng.uniform(0.4, 0.9)

    def f(z: Array) -> Array:
        a, b = z
        for layer in range(layers):
            a, b = b * np.exp(strength * np.tanh(a + layer)) + np.sin(2 * a), a
        return np.array([a, b])

    return f


def _henon(rng: np.random.Generator) -> Map:
    times, bend = rng.integers(1, 4), rng.uniform(0.8, 1.4)

    def f(z: Array) -> Array:
        a, b = z
        for _ in range(times):
            a, b = 1 - bend * a * a + b, 0.3 * a
        return np.array([a, b])

    return f


def _kicked(rng: np.random.Generator) -> Map:
    strength, times = rng.uniform(1, 5), rng.integers(2, 4)

    def f(z: Array) -> Array:
        a, b = z
        for _ in range(times):
            b = b + strength * np.sin(a)
            a = a + b
        return np.array([a, b])

    return f


def _nearly_singular(rng: np.random.Generator) -> Map:
    thin = np.array([[1, 0], [1, 10.0 ** rng.uniform(-9, -5)]]) @ turn(rng.uniform(0, 6.3))
    return lambda z: thin @ z


_WILD = (_swirled, _coupled, _henon, _kicked, _nearly_singular)


def creased(seed: int, mass: float, after: After = one_to_one, bent: float = 0.0) -> Map:
    """A crease along a random line, or a sine curve; `mass` of the inputs share their output."""
    rng = np.random.default_rng(seed)
    R, place = turn(rng.uniform(0, 6.3)), rng.uniform(-1, 1)
    # t − depth·tanh t has the value 0 at 0 and at ±a; it is one-to-one beyond the largest t whose
    # value is met again, which is where it equals its maximum.
    low = np.arccosh(np.sqrt(_DEPTH))
    top = _DEPTH * np.tanh(low) - low
    end = brentq(lambda t: t - _DEPTH * np.tanh(t) - top, low, 20.0)
    u = np.linspace(-4, 4, 801)
    weights = np.exp(-u * u / 2)
    middle = place + bent * np.sin(2 * u)

    def missing(width: float) -> float:
        share = ndtr(middle + end * width) - ndtr(middle - end * width)
        return float(np.average(share, weights=weights)) - mass

    width = brentq(missing, 1e-9, 2.0)

    def f(z: Array) -> Array:
        a, b = R @ z
        away = b - place - bent * np.sin(2 * a)
        return np.array([a, b - _DEPTH * width * np.tanh(away / width)])

    return _composed(f, after(seed + 10_000))


def creased_along_a_curve(seed: int, mass: float, after: After = one_to_one) -> Map:
    """The same along a sine curve."""
    return creased(seed, mass, after, bent=0.5)


def overlapping(seed: int, mass: float, after: After = one_to_one) -> Map:
    """A half plane moved over the other and along it; `mass` of the inputs share their output."""
    rng = np.random.default_rng(seed)
    R, place = turn(rng.uniform(0, 6.3)), rng.uniform(-1, 1)
    slide = 0.3 * rng.normal()
    width = brentq(lambda w: ndtr(place + w) - ndtr(place - w) - mass, 1e-9, 2.0)

    def f(z: Array) -> Array:
        a, b = R @ z
        return np.array([a - width, b + slide]) if a > place else np.array([a, b])

    return _composed(f, after(seed + 20_000))


def moved_away(seed: int, mass: float, after: After = one_to_one) -> Map:
    """A disc that holds `mass`, moved and turned onto other inputs' place."""
    rng = np.random.default_rng(seed)
    centre, angle = 0.6 * rng.normal(size=2), rng.uniform(0, 6.3)
    draws = np.random.default_rng(0).normal(size=(200_000, 2))
    radius = float(np.quantile(np.hypot(*(draws - centre).T), mass))
    there = centre + (2 * radius + rng.uniform(0.3, 1.0)) * turn(rng.uniform(0, 6.3))[0]

    def f(z: Array) -> Array:
        d = z - centre
        return there + turn(angle) @ d if d @ d < radius * radius else z

    return _composed(f, after(seed + 30_000))


def bumped(seed: int, mass: float, after: After = one_to_one) -> Map:
    """A bump pushed over on a spot; the disc around what it folds holds about `mass`."""
    rng = np.random.default_rng(seed)
    R = turn(rng.uniform(0, 6.3))
    centre = 0.6 * rng.normal(size=2)
    draws = np.random.default_rng(0).normal(size=(200_000, 2))
    size = float(np.quantile(np.hypot(*(draws - centre).T), mass))

    def f(z: Array) -> Array:
        d = R @ (z - centre)
        push = -2.2 * d[0] * np.exp(-(d @ d) / size**2)
        return np.asarray(z + R[0] * push)

    return _composed(f, after(seed + 40_000))


def apart(seed: int, _: float = 0.0, after: After = one_to_one) -> Map:
    """One-to-one: a half plane moved away from the other, or a disc turned, between maps."""
    rng = np.random.default_rng(seed)
    R, place = turn(rng.uniform(0, 6.3)), rng.uniform(-1, 1)
    gap, slide, angle = rng.uniform(0.01, 1.0), 0.3 * rng.normal(), rng.uniform(0.3, 6)

    def f(z: Array) -> Array:
        a, b = R @ z
        return np.array([a + gap, b + slide]) if a > place else np.array([a, b])

    def g(z: Array) -> Array:
        return turn(angle) @ z if z @ z < 1.5 else z

    return _composed(f if seed % 2 else g, after(seed + 50_000))


def continuous(seed: int, _: float = 0.0, after: After = one_to_one) -> Map:
    """One-to-one and continuous."""
    return after(seed + 60_000)


class Family(Protocol):
    """From a seed and a mass to a map; the last map that it applies comes from `after`."""

    def __call__(self, seed: int, mass: float, after: After = one_to_one, /) -> Map:
        """The map."""


FOLDED: dict[str, Family] = {
    "crease along a line": creased,
    "crease along a curve": creased_along_a_curve,
    "half planes overlapping": overlapping,
    "disc moved onto others": moved_away,
    "bump pushed over": bumped,
}
ONE_TO_ONE: dict[str, Family] = {
    "composed": continuous,
    "cut and apart": apart,
}
MASSES = (0.05, 0.01, 0.001)


def interval(count: int, of: int) -> tuple[float, float]:
    """Clopper and Pearson's 95 % confidence interval of a rate."""
    low = beta.ppf(0.025, count, of - count + 1) if count else 0.0
    high = beta.ppf(0.975, count + 1, of - count) if count < of else 1.0
    return float(low), float(high)


def main() -> None:
    """Print how often each family gets which verdict: python -m tests.laws.families [seeds]."""
    seeds = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    for after, follows in ((one_to_one, "usual maps"), (wild, "a wild map")):
        for lifted in (False, True):
            how = "once for all points" if lifted else "point by point"
            print(f"followed by {follows}, called {how}:")
            for name, family in ONE_TO_ONE.items():
                _print(name, family, 0.0, seeds, lifted, after)
            for mass in MASSES:
                for name, family in FOLDED.items():
                    _print(name, family, mass, seeds, lifted, after)


def _print(name: str, family: Family, mass: float, seeds: int, lifted: bool, after: After) -> None:
    seen = [
        judge_plain(family(s, mass, after), seed=s, lifted=lifted).verdict for s in range(seeds)
    ]
    right = Injective.NOT_INVERTIBLE if mass else Injective.INVERTIBLE
    wrong = Injective.INVERTIBLE if mass else Injective.NOT_INVERTIBLE
    low, high = interval(seen.count(wrong), seeds)
    print(
        f"  {name:26}{100 * mass:6.1f} %   right {seen.count(right):4}"
        f"   wrong {seen.count(wrong):4} ({100 * low:.1f} to {100 * high:.1f} %)   of {seeds}",
        flush=True,
    )


if __name__ == "__main__":
    main()
