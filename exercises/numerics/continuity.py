"""Continuity: finds jumps between neighbouring probes, by what the Jacobians do not foresee."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from exercises.numerics.probe import Local, Probe, Resolution, linearise
from exercises.oracle import Array

#: An edge is calm when its change is foreseen to this share by the slopes at its ends: a hidden
#: jump could then shift f by at most this share of an edge.
CALM = 0.05
#: Edges that may be followed up, and how often each is halved.
_MOST, _HALVINGS = 192, 26
#: Where an edge is cut, and when an error that stays is a jump: a cube root, the steepest bend that
#: is followed, still loses half of its error in as many cuts.
_SPLIT, _PATIENCE, _JUMP = 0.47, 4, 0.9


@dataclass(frozen=True, slots=True)
class Continuity:
    """What is known about jumps along the edges of a mesh."""

    #: True where every edge was calm or, followed up, became so; jumps or doubt make it False.
    smooth: bool
    #: A place between whose two sides f jumps, shape (2, 2), or None.
    jump: Array | None


def check_continuity(
    probe: Probe,
    known: Local,
    edges: NDArray[np.intp],
    resolution: Resolution,
    rng: np.random.Generator,
) -> Continuity:
    """Compare f along each edge with what its ends foresee; halve the edges that surprise.

    A kink's surprise halves with the edge and a smooth bend's falls eightfold, but a jump's stays.
    Where too many edges surprise for all to be followed, those that cannot be kinks come first:
    across one kink the change lies between the two ends' forecasts.
    """
    start, end = known.take(edges[:, 0]), known.take(edges[:, 1])
    length = np.hypot(*(end.z - start.z).T)
    rows = np.linalg.norm(known.jacobian, axis=2)
    scale = np.maximum(rows[edges[:, 0]], rows[edges[:, 1]])
    scale = np.where(scale > 0, scale, np.maximum(np.median(rows, axis=0), 1e-300))
    off, mixed = _error(start, end, scale)
    odd = np.flatnonzero(~(off <= CALM * length))
    if not len(odd):
        return Continuity(True, None)
    hard = odd[~(mixed[odd] <= CALM * length[odd])]
    kinks = np.setdiff1d(odd, hard)
    if len(hard) > _MOST:
        follow = rng.choice(hard, _MOST, replace=False)
    else:
        room = min(len(kinks), _MOST - len(hard))
        follow = np.concatenate((hard, rng.choice(kinks, room, replace=False)))
    resolved, jump = _halve(probe, start.take(follow), end.take(follow), scale[follow], resolution)
    return Continuity(resolved and len(hard) <= _MOST, jump)


def _halve(
    probe: Probe, start: Local, end: Local, scale: Array, resolution: Resolution
) -> tuple[bool, Array | None]:
    """Follow the more surprising half of each edge: whether all calmed down, and a jump if not."""
    allowed = CALM / 4 * np.hypot(*(end.z - start.z).T)
    before = [np.full(len(scale), np.inf)] * _PATIENCE
    for _ in range(_HALVINGS):
        # Not the very middle: on a symmetric mesh that is where students' jumps are.
        middle = linearise(probe, start.z + _SPLIT * (end.z - start.z), resolution)
        left, right = _error(start, middle, scale)[0], _error(middle, end, scale)[0]
        worse = np.maximum(left, right)
        restless = np.flatnonzero(~(worse <= allowed))
        if not len(restless):
            return True, None
        first, kept = (left >= right)[restless], middle.take(restless)
        start = _choose(first, start.take(restless), kept)
        end = _choose(first, kept, end.take(restless))
        allowed, scale, worse = allowed[restless], scale[restless], worse[restless]
        before = [errors[restless] for errors in before]
        stays = np.flatnonzero(worse > _JUMP * before[0])
        if len(stays):
            return False, np.stack((start.z[stays[0]], end.z[stays[0]]))
        before = [*before[1:], worse]
    return False, np.stack((start.z[0], end.z[0]))


def _choose(first: NDArray[np.bool_], one: Local, other: Local) -> Local:
    """Of each point the one where `first`, else the other."""
    index = np.arange(len(first))
    return one.join(other).take(np.where(first, index, index + len(first)))


def _error(start: Local, end: Local, scale: Array) -> tuple[Array, Array]:
    """How far off the forecasts are along each edge, in lengths of z; not finite counts as inf.

    `scale` has shape (n, 2): the sizes of the rows of J at the ends of the whole edge. A slope
    inside would not do: a difference across a jump fakes one, which then hides the jump.

    Returns:
        Against the mean of the two ends' forecasts, which is right to third order for smooth f;
        and against the nearest mixture of the two, which is what one kink in between allows.
    """
    step = (end.z - start.z)[:, :, None]
    with np.errstate(all="ignore"):
        one = (start.jacobian @ step)[:, :, 0] / scale
        two = (end.jacobian @ step)[:, :, 0] / scale
        seen = (end.x - start.x) / scale
        off = np.abs(seen - (one + two) / 2).max(axis=1)
        span = two - one
        square = np.maximum((span * span).sum(axis=1), 1e-300)
        share = np.clip(((seen - one) * span).sum(axis=1) / square, 0.0, 1.0)
        mixed = np.abs(seen - one - share[:, None] * span).max(axis=1)
    return np.nan_to_num(off, nan=np.inf), np.nan_to_num(mixed, nan=np.inf)
