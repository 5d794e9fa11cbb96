"""Witnesses: two inputs far apart with one output, found by Newton's method and then doubted."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from exercises.numerics.jacobian import Local, linearise, null_directions, solve
from exercises.numerics.probe import Probe, Resolution
from exercises.oracle import Array

#: The least distance between the two inputs.
SEPARATION = 1e-3
#: How much of their distance Newton's method may still want to move the second.
_SETTLED = 1e-6
#: The gap, of the change that f shows over this distance; a power like z¹⁵ is small anywhere near
#: zero, so the gap is measured by what f does between the two, never by a length of our own.
_GAP = 1e-10
_ITERATIONS = 8
_LONGEST_STEP = 0.5
#: Inputs with neighbouring outputs are suspicious from this distance on.
_FAR = 0.1


@dataclass(frozen=True, slots=True)
class Witness:
    """Two inputs and their outputs, with the gap between these relative to f's local change."""

    z1: Array
    z2: Array
    x1: Array
    x2: Array
    gap: float


def newton(probe: Probe, start: Array, goal: Array, resolution: Resolution, radius: float) -> Array:
    """Move each of `start`, (n, 2), until f meets `goal`, (n, 2), on the disc; or NaN."""
    z = _into_disc(start, radius)
    for _ in range(_ITERATIONS):
        alive = np.isfinite(z).all(axis=1)
        if not alive.any():
            break
        near = linearise(probe, z[alive], resolution)
        with np.errstate(all="ignore"):
            step = solve(near.jacobian, goal[alive] - near.x)
            length = np.hypot(step[:, 0], step[:, 1])
            step *= np.minimum(1.0, _LONGEST_STEP / np.maximum(length, 1e-300))[:, None]
        z[alive] = _into_disc(near.z + step, radius)
        if not (length > 1e-14).any():
            break
    return z


def confirm(
    probe: Probe, z1: Array, z2: Array, resolution: Resolution, radius: float
) -> Witness | None:
    """The best witness among the pairs (z1, z2), each (n, 2), or None.

    A pair counts when both lie on the disc and apart, both Jacobians are sure and agree between
    forward and backward differences (a difference across a jump fakes a slope), and the gap is
    at rounding level as well as far below what moving either input would change.
    """
    apart = np.hypot(*(z1 - z2).T)
    inside = (np.hypot(*z1.T) <= radius) & (np.hypot(*z2.T) <= radius)
    keep = np.flatnonzero(inside & (apart >= SEPARATION))  # NaN is dropped here
    if not len(keep):
        return None
    z1, z2, apart = z1[keep], z2[keep], apart[keep]
    ends = np.concatenate((z1, z2))
    ahead = linearise(probe, ends, resolution)
    behind = linearise(probe, ends, resolution, turn=-3.0)
    first, second = (
        ahead.take(np.arange(len(keep))),
        ahead.take(np.arange(len(keep), 2 * len(keep))),
    )
    gap, settled = _gap(first, second, apart, resolution)
    steady = (_agree(ahead, behind) & (ahead.sign != 0)).reshape(2, -1).all(axis=0)
    good = np.flatnonzero(steady & settled & (gap <= _GAP))
    if not len(good):
        return None
    # The most telling pair: far apart, and where the Gaussian has its mass.
    weight = np.maximum(np.hypot(*z1[good].T), np.hypot(*z2[good].T)) - np.minimum(apart[good], 2.0)
    best = good[np.argmin(weight)]
    return Witness(z1[best], z2[best], first.x[best], second.x[best], float(gap[best]))


def polished(probe: Probe, witness: Witness, resolution: Resolution, radius: float) -> Witness:
    """The witness refined by itself: in a small batch, which no oracle answers but for rounding."""
    z1 = witness.z1[None]
    z2 = newton(probe, witness.z2[None], probe(z1), resolution, radius)
    return confirm(probe, z1, z2, resolution, radius) or witness


def _gap(
    first: Local, second: Local, apart: Array, resolution: Resolution
) -> tuple[Array, NDArray[np.bool_]]:
    with np.errstate(all="ignore"):
        difference = second.x - first.x
        change = np.minimum(
            np.linalg.norm(first.jacobian, axis=2), np.linalg.norm(second.jacobian, axis=2)
        )
        gap = (np.abs(difference) / (change * apart[:, None])).max(axis=1)
        # Noise beyond float64's own cannot be refined away: it may fill the gap, not more.
        rounding = 8 * (resolution.error(first.x) + resolution.error(second.x))
        noisy = (np.abs(difference) <= rounding).all(axis=1) & resolution.noisy
        gap = np.where(noisy & (gap <= 1e-4), np.minimum(gap, _GAP), gap)
        moves = [np.hypot(*solve(end.jacobian, difference).T) for end in (first, second)]
        limit = np.where(noisy, 1e-3, _SETTLED) * apart
        settled = (moves[0] <= limit) & (moves[1] <= limit)
    return gap, settled


def _agree(ahead: Local, behind: Local) -> NDArray[np.bool_]:
    with np.errstate(all="ignore"):
        off = np.abs(ahead.jacobian - behind.jacobian).max(axis=2)
        agree: NDArray[np.bool_] = (off <= 0.1 * np.abs(ahead.jacobian).max(axis=2)).all(axis=1)
    agree &= ahead.sign == behind.sign
    return agree


def from_near_pairs(
    probe: Probe, known: Local, resolution: Resolution, radius: float, most: int = 64
) -> Witness | None:
    """Look for inputs apart with neighbouring outputs, whatever lies between: folds, sheets, jumps.

    Outputs are compared by rank, so that no scale hides another.
    """
    known = known.take(known.finite & (known.sign != 0))
    if len(known.z) < 2:
        return None
    rank = np.argsort(np.argsort(known.x, axis=0, kind="stable"), axis=0) / len(known.x)
    neighbours = np.asarray(cKDTree(rank).query(rank, k=min(9, len(rank)))[1])[:, 1:]
    here = np.repeat(np.arange(len(rank)), neighbours.shape[1])
    there = neighbours.ravel()
    apart = known.z[there] - known.z[here]
    far = (apart * apart).sum(axis=1) > _FAR * _FAR
    here, there, apart = here[far], there[far], apart[far]
    predicted = solve(known.jacobian[here], known.x[there] - known.x[here])
    length, distance = np.hypot(*predicted.T), np.hypot(*apart.T)
    with np.errstate(all="ignore"):
        wrong = np.hypot(*(predicted - apart).T)
        odd = (length < 0.35) & (wrong > 0.5 * distance)
    chosen = np.flatnonzero(odd)
    chosen = chosen[np.argsort(length[chosen] / distance[chosen], kind="stable")]
    for group in (chosen[:24], chosen[24:most]):
        if len(group):
            goal = known.z[there[group]]
            start = known.z[here[group]] + predicted[group]
            z2 = newton(probe, start, known.x[there[group]], resolution, radius)
            found = confirm(probe, goal, z2, resolution, radius)
            if found is not None:
                return found
    return None


def from_folds(
    probe: Probe,
    positive: Array,
    negative: Array,
    typical: Array,
    resolution: Resolution,
    radius: float,
) -> Witness | None:
    """Look on both sides of the folds between points of either sign, two arrays (n, 2).

    Bisects towards the fold. Where f is smooth, J loses a direction there, and points at equal
    distances to both sides along it have nearly one image; at a kink it does not, and the way
    across will do. Newton's method does the rest.

    Args:
        typical: shape (2,), the usual lengths of J's rows.
    """
    across = positive - negative
    across /= np.hypot(*across.T)[:, None]
    for _ in range(12):
        middle = (positive + negative) / 2
        seen = linearise(probe, middle, resolution)
        negative = np.where((seen.sign == -1)[:, None], middle, negative)
        positive = np.where((seen.sign == 1)[:, None], middle, positive)
    null = null_directions(linearise(probe, positive, resolution).jacobian, typical)
    null *= np.where((null * across).sum(axis=1) < 0, -1.0, 1.0)[:, None]
    direction = np.concatenate((null, across))
    positive, negative = np.tile(positive, (2, 1)), np.tile(negative, (2, 1))
    for distance in (0.3, 0.1, 0.03, 0.01, 0.003, 0.0015, 0.0007):
        anchor = _into_disc(positive + distance * direction, radius)
        start = negative - distance * direction
        z2 = newton(probe, start, probe(anchor), resolution, radius)
        found = confirm(probe, anchor, z2, resolution, radius)
        if found is not None:
            return found
    return None


def borders(known: Local) -> tuple[Array, Array]:
    """Up to eight pairs of points of either orientation, (n, 2) each, the most central first."""
    plus, minus = known.z[known.sign == 1], known.z[known.sign == -1]
    if not len(plus) or not len(minus):
        return np.empty((0, 2)), np.empty((0, 2))
    fewer, more = (plus, minus) if len(plus) < len(minus) else (minus, plus)
    fewer = fewer[np.argsort(np.hypot(*fewer.T), kind="stable")]
    fewer = fewer[:: max(1, len(fewer) // 8)][:8]
    away = [fewer[:, axis, None] - more[None, :, axis] for axis in (0, 1)]
    nearest = more[np.argmin(away[0] ** 2 + away[1] ** 2, axis=1)]
    return (fewer, nearest) if len(plus) < len(minus) else (nearest, fewer)


def from_jumps(probe: Probe, jumps: Array, resolution: Resolution, radius: float) -> Witness | None:
    """Look on both sides of jumps, pairs of points (k, 2, 2), for what f covers twice there."""
    across = jumps[:, 1] - jumps[:, 0]
    across /= np.maximum(np.hypot(*across.T), 1e-300)[:, None]
    one, two = jumps[:, 0], jumps[:, 1]
    for distance in (5e-4, 2e-3, 1e-2, 5e-2, 0.2):
        before, behind = one - distance * across, two + distance * across
        anchor = _into_disc(np.concatenate((before, behind)), radius)
        start = np.concatenate((behind, before))
        z2 = newton(probe, start, probe(anchor), resolution, radius)
        found = confirm(probe, anchor, z2, resolution, radius)
        if found is not None:
            return found
    return None


def _into_disc(z: Array, radius: float) -> Array:
    length = np.hypot(z[:, 0], z[:, 1])
    with np.errstate(all="ignore"):
        return np.where((length > radius)[:, None], z * (radius * (1 - 1e-9) / length)[:, None], z)
