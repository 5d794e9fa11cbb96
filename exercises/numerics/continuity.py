"""Continuity: finds jumps between neighbouring probes, by what the Jacobians do not foresee."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from exercises.numerics.edges import CALM, STAYS, Edges
from exercises.numerics.jacobian import Local, linearise
from exercises.numerics.probe import Probe, Resolution
from exercises.oracle import Array

#: Edges that may be followed up, and how often each is halved.
_MOST, _HALVINGS = 192, 26
#: Where more than these are hard, all hard edges are cut in two, so often at most: on the usual
#: mesh into parts of 0.0001, a tenth of how near two inputs of a witness may be.
_SPLITS = 11
#: From this cut on, at a sixteenth of an edge, kinks are left as they are: what still bends there
#: bends at once, or by less than could hide more than a sixteenth of a jump.
_KINKS = 3
#: From the second cut on it goes on only while at most this share of the hard edges keep their
#: error, as an edge with a jump does.
_JUMPING = 0.5
#: Jumps that are pinned down, and the halvings for it.
_PINNED, _PINS = 24, 30
#: The calm edges with the largest errors are followed as well, down to this share: a jump that is
#: small against the mesh shows as one that stays.
_CALMEST, _FINE = 48, CALM / 200
#: The error that the noise of f makes, so many times, is no jump.
_NOISES = 100.0
#: An error that stays for so many cuts is a jump: a cube root, the steepest bend that is followed,
#: still loses half of its error in as many.
_PATIENCE = 4


@dataclass(frozen=True, slots=True)
class Continuity:
    """What is known about jumps along the edges of a mesh."""

    #: True where every edge was calm or, followed up, became so; jumps or doubt make it False.
    smooth: bool
    #: Pairs of points, shape (k, 2, 2), between which f jumps; near each other.
    jumps: Array
    #: Whether any edge surprised: else f is as calm between the nodes as its slopes there say.
    surprised: bool = False


def check_continuity(
    probe: Probe,
    known: Local,
    ends: NDArray[np.intp],
    resolution: Resolution,
    rng: np.random.Generator,
) -> Continuity:
    """Compare f along each edge with what its ends foresee; halve the edges that surprise.

    A kink's surprise halves with the edge and a smooth bend's falls eightfold, but a jump's stays.
    Where too many edges surprise for all to be followed, those that cannot be kinks come first:
    across one kink the change lies between the two ends' forecasts.

    Args:
        ends: shape (n, 2): the numbers of the points of `known` that each edge joins.
    """
    edges = Edges.of(known, ends)
    surprised = len(edges.hard) > 0
    edges = _refine(probe, edges, resolution)
    follow, allowed = _restless(edges, resolution, rng)
    if not len(follow):
        return Continuity(True, np.empty((0, 2, 2)), surprised)
    resolved, jumps = _halve(probe, edges.take(follow), allowed, resolution)
    return Continuity(
        resolved and len(edges.hard) <= _MOST,
        _pin(probe, jumps[:_PINNED], resolution),
        surprised,
    )


def _refine(probe: Probe, edges: Edges, resolution: Resolution) -> Edges:
    """The edges, with those that are hard cut finer until few enough are left to follow each."""
    if len(edges.hard) <= _MOST:
        return edges
    edges = edges.without_excuse()
    for attempt in range(_SPLITS):
        hard = len(edges.hard)
        if hard <= _MOST or 3 * hard > probe.left:
            break
        edges, stay = edges.refine(probe, resolution, kinks=attempt >= _KINKS)
        if attempt > 0 and stay > _JUMPING:
            break
    return edges


def _restless(
    edges: Edges, resolution: Resolution, rng: np.random.Generator
) -> tuple[NDArray[np.intp], Array]:
    """The edges to follow, and the error at which each of them counts as calm."""
    hard, kinks = edges.hard, edges.kinks
    follow = rng.choice(hard, _MOST, replace=False) if len(hard) > _MOST else hard
    room = min(len(kinks), _MOST - len(follow))
    follow = np.concatenate((follow, rng.choice(kinks, room, replace=False)))
    noise = _NOISES * _noise(edges, resolution)
    share = np.where(edges.off > noise, edges.off / edges.length, 0.0)
    share[~(share <= CALM)] = 0.0
    calmest = np.argsort(-share, kind="stable")[:_CALMEST]
    calmest = calmest[share[calmest] > _FINE]
    allowed = np.concatenate((CALM / 4 * edges.length[follow], _FINE * edges.length[calmest]))
    follow = np.concatenate((follow, calmest))
    return follow, np.maximum(allowed, noise[follow])


def _noise(edges: Edges, resolution: Resolution) -> Array:
    """The error of a forecast, in lengths of z, that comes from the noise of f; shape (n,)."""
    with np.errstate(all="ignore"):
        error = np.maximum(resolution.error(edges.x_start), resolution.error(edges.x_end))
        # A slope is off by the noise over the step, and the forecast by that times the length.
        reach = (1 + edges.length / resolution.step)[:, None]
        off = error * reach / edges.scale
    return np.asarray(np.nan_to_num(off.max(axis=1), nan=np.inf), dtype=np.float64)


def _halve(
    probe: Probe, edges: Edges, allowed: Array, resolution: Resolution
) -> tuple[bool, Array]:
    """Follow the more surprising part of each edge: whether all calmed down, and the jumps."""
    before = [np.full(len(allowed), np.inf)] * _PATIENCE
    jumps: list[Array] = []
    for _ in range(_HALVINGS):
        left, right = edges.cut(probe, resolution)
        worse = np.maximum(left.off, right.off)
        # A kink's error is small where the kink is in the middle, but never twice in a row.
        stays = ~(worse <= allowed) & (worse > STAYS * np.max(before, axis=0))
        jumps += [np.stack(pair) for pair in zip(edges.start[stays], edges.end[stays], strict=True)]
        restless = np.flatnonzero(~(worse <= allowed) & ~stays)
        if not len(restless):
            break
        first = np.where(left.off >= right.off, 0, len(worse))[restless]
        edges = left.join(right).take(restless + first)
        allowed = allowed[restless]
        before = [*[errors[restless] for errors in before[1:]], worse[restless]]
    else:
        jumps += [np.stack(pair) for pair in zip(edges.start, edges.end, strict=True)]
    return not jumps, np.array(jumps).reshape(-1, 2, 2)


def _pin(probe: Probe, jumps: Array, resolution: Resolution) -> Array:
    """The same jumps between points as near to each other as float64 allows, shape (k, 2, 2).

    Each point in between belongs to the end that foresees its value better.
    """
    if not len(jumps):
        return jumps
    one, two = (linearise(probe, jumps[:, side], resolution) for side in (0, 1))
    z, x = one.z, one.x
    low, high = one.z.copy(), two.z.copy()
    for _ in range(_PINS):
        z = (low + high) / 2
        x = probe(z)
        first = (_misses(one, z, x) <= _misses(two, z, x))[:, None]
        low, high = np.where(first, z, low), np.where(first, high, z)
    return np.stack((low, high), axis=1)


def _misses(end: Local, z: Array, x: Array) -> Array:
    """How far off x is from what `end` foresees at z; not finite counts as inf."""
    with np.errstate(all="ignore"):
        foreseen = end.x + (end.jacobian @ (z - end.z)[:, :, None])[:, :, 0]
        scale = np.maximum(np.abs(end.jacobian).max(axis=2), 1e-300)
        worst = (np.abs(x - foreseen) / scale).max(axis=1)
    return np.asarray(np.nan_to_num(worst, nan=np.inf), dtype=np.float64)
