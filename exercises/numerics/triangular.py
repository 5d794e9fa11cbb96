"""The argument by triangles: lines that f keeps parallel, and functions of one number."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from exercises.numerics.jacobian import Local
from exercises.numerics.probe import Probe, Resolution
from exercises.oracle import Array

#: Pairs along the lines whose images must be parallel, and how parallel: what is off is at most
#: this share of what f moves.
_PAIRS, _PARALLEL = 96, 1e-6
#: The same at every probe, by differences over a short step.
_LEVEL = 1e-2
#: Directions that are tried beside the axes, by a few hundred Jacobians; those whose share is
#: least, and below this, are followed by so many golden sections.
_SCANNED, _SEEN, _PROMISING, _CUTS = 180, 400, 0.02, 24
#: Two directions are two when this far apart, in radians.
_DISTINCT = 0.05
_GOLDEN = (np.sqrt(5) - 1) / 2
#: Points on a line, how often pieces of it are halved, the most points, and the share of a piece by
#: which its slopes may miss its rise.
_POINTS, _HALVINGS, _MOST_POINTS, _CALM = 600, 36, 6_000, 0.05
#: The line lies off the middle, where students' functions are singular.
_ASIDE = 0.1370


def argue_by_triangle(
    probe: Probe, known: Local, resolution: Resolution, radius: float, rng: np.random.Generator
) -> bool:
    """Whether f is one-to-one, as it keeps the lines of one direction or two parallel.

    If f sends all lines of direction v to lines of one direction, then ℓ·f, for ℓ across these, is
    a function h of the number of the line. f is one-to-one when h is and f is on each line: so
    for every shear, however fast, and for triangular maps. It is also when the same holds of a
    second direction, as then f is, up to two linear maps, one function of one number beside
    another. Functions of one number may jump: their pieces' images must not overlap.
    """
    if not known.finite.all():
        return False
    parallel: list[float] = []
    for angle in _directions(probe, known, radius, rng):
        v = np.array([np.cos(angle), np.sin(angle)])
        across, off = _level(_moves(probe, known, v, radius, rng))
        if not (off <= _PARALLEL and _is_level(known.jacobian @ v, across)):
            continue
        level, rises = _follow(probe, known, v, across, radius, rng)
        if not (level and _is_one_to_one(_along_normal(probe, v, across), radius, resolution)):
            continue
        if rises or any(abs(np.sin(angle - other)) > _DISTINCT for other in parallel):
            return True
        parallel.append(angle)
    return False


def _directions(
    probe: Probe, known: Local, radius: float, rng: np.random.Generator
) -> Iterator[float]:
    """Angles of directions that f may keep parallel: the axes, and the best by the Jacobians."""
    yield 0.0
    yield np.pi / 2
    angles = (np.arange(_SCANNED) + 0.5) * (np.pi / _SCANNED)
    some = known.jacobian[:: max(1, len(known.z) // _SEEN)]
    off = np.array([_level(some @ [np.cos(a), np.sin(a)])[1] for a in angles])
    lowest = np.flatnonzero((off <= np.roll(off, 1)) & (off <= np.roll(off, -1)))
    lowest = lowest[off[lowest] < _PROMISING]
    # The axes again would count as a second direction.
    lowest = lowest[np.abs(np.sin(2 * angles[lowest])) > np.sin(2 * _DISTINCT)]
    for index in lowest[np.argsort(off[lowest], kind="stable")][:2]:
        low, high = angles[index] - np.pi / _SCANNED, angles[index] + np.pi / _SCANNED
        seed = int(rng.integers(2**32))

        def off_at(a: float, seed: int = seed) -> float:
            # The same pairs for each direction, so that the shares can be compared.
            v, again = np.array([np.cos(a), np.sin(a)]), np.random.default_rng(seed)
            return _level(_moves(probe, known, v, radius, again, _PAIRS // 3))[1]

        for _ in range(_CUTS):
            one, two = high - _GOLDEN * (high - low), low + _GOLDEN * (high - low)
            low, high = (low, two) if off_at(one) <= off_at(two) else (one, high)
        yield (low + high) / 2


def _moves(
    probe: Probe,
    known: Local,
    v: Array,
    radius: float,
    rng: np.random.Generator,
    pairs: int = _PAIRS,
) -> Array:
    """What f changes between points of random pairs along v, (k, 2); those it hardly does, not."""
    start = known.z[rng.integers(len(known.z), size=pairs)]
    end = start + rng.uniform(-radius, radius, pairs)[:, None] * v
    inside = np.hypot(*end.T) <= radius
    here, there = np.split(probe(np.concatenate((start[inside], end[inside]))), 2)
    size = np.maximum(np.abs(here), np.abs(there)).max(axis=1)
    moved = there - here
    return np.asarray(moved[np.abs(moved).max(axis=1) > 1e-6 * size])


def _level(moves: Array) -> tuple[Array, float]:
    """The unit vector ℓ that the moves, (k, 2), have least of, and the share that they have."""
    length = np.hypot(*moves.T)
    units = moves[length > 0] / length[length > 0, None]
    if len(units) < 8 or not np.isfinite(units).all():
        return np.array([1.0, 0.0]), np.inf
    least = np.linalg.eigh(units.T @ units / len(units))[1][:, 0]
    return least, float(np.abs(units @ least).max())


def _is_level(slopes: Array, across: Array) -> bool:
    """Whether the slopes along v, (n, 2), have none of ℓ at any probe, but for their own error."""
    return bool((np.abs(slopes @ across) <= _LEVEL * np.hypot(*slopes.T)).all())


def _along_normal(probe: Probe, v: Array, across: Array) -> Callable[[Array], Array]:
    """h: the number s of a line of direction v ↦ ℓ·f there."""
    normal = np.array([-v[1], v[0]])
    return lambda s: np.asarray(probe(s[:, None] * normal + _ASIDE * v) @ across)


def _follow(
    probe: Probe, known: Local, v: Array, across: Array, radius: float, rng: np.random.Generator
) -> tuple[bool, bool]:
    """From every probe along v: whether ℓ·f always stays, and whether f always moves one way."""
    ahead = np.array([-across[1], across[0]])
    slopes = known.jacobian @ v @ ahead
    sense = np.sign(slopes[0])
    some = rng.permutation(len(known.z))[: probe.left // 3]
    length = np.exp(rng.uniform(np.log(1e-4), np.log(2 * radius), len(some)))
    end = known.z[some] + (length * rng.choice([-1.0, 1.0], len(some)))[:, None] * v
    inside = np.hypot(*end.T) <= radius
    some, end = some[inside], end[inside]
    x = probe(end)
    moved = x - known.x[some]
    along = moved @ ahead * ((end - known.z[some]) @ v)
    size = np.maximum(np.abs(x), np.abs(known.x[some])).max(axis=1)
    clear = np.abs(moved).max(axis=1) > 1e-6 * size
    level = np.abs(moved @ across) <= _PARALLEL * np.hypot(*moved.T)
    rises = (sense * slopes > 0).all() and (sense * along > 0).all()
    return bool((level | ~clear).all()), bool(rises)


def _is_one_to_one(h: Callable[[Array], Array], radius: float, resolution: Resolution) -> bool:
    """Whether a function of one number is one-to-one between -radius and radius.

    It is cut into pieces along which it changes as the slopes at both ends say; what surprises is
    halved until it is too short to matter: jumps, poles, points of rest. The images of the other
    pieces must not overlap.
    """
    reach = np.sqrt(radius**2 - _ASIDE**2)
    s = np.linspace(-reach, reach, _POINTS)
    step = resolution.step / 10
    value, slope = _sloped(h, s, step)
    for _ in range(_HALVINGS):
        if not np.isfinite(value).all() or not np.isfinite(slope).all():
            return False
        rough = np.flatnonzero(~_calm(s, value, slope) & (np.diff(s) > 1e-9))
        if not len(rough):
            break
        if len(s) + len(rough) > _MOST_POINTS:
            return False
        middle = s[rough] + 0.47 * np.diff(s)[rough]
        more, steep = _sloped(h, middle, np.minimum(step, np.diff(s)[rough] / 8))
        s, value = np.insert(s, rough + 1, middle), np.insert(value, rough + 1, more)
        slope = np.insert(slope, rough + 1, steep)
    calm = _calm(s, value, slope)
    low, high = np.minimum(value[:-1], value[1:])[calm], np.maximum(value[:-1], value[1:])[calm]
    noise = 8 * float(resolution.noise.max()) * np.abs(value).max()
    order = np.argsort(low, kind="stable")
    apart = low[order][1:] >= high[order][:-1] - noise
    return bool(calm.sum() > _POINTS / 2 and (high - low > 0).all() and apart.all())


def _sloped(h: Callable[[Array], Array], s: Array, step: float | Array) -> tuple[Array, Array]:
    ahead = s + step
    values = h(np.concatenate((s, ahead)))
    with np.errstate(all="ignore"):
        return values[: len(s)], (values[len(s) :] - values[: len(s)]) / (ahead - s)


def _calm(s: Array, value: Array, slope: Array) -> NDArray[np.bool_]:
    """Between which neighbours the slopes foresee the rise and have one sign."""
    length, rise = np.diff(s), np.diff(value)
    foreseen = (slope[:-1] + slope[1:]) / 2 * length
    larger = np.maximum(np.abs(slope[:-1]), np.abs(slope[1:])) * length
    return np.asarray(
        (np.abs(rise - foreseen) <= _CALM * larger) & (slope[:-1] * slope[1:] > 0), dtype=np.bool_
    )
