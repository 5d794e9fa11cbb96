"""Continuity: finds jumps between neighbouring probes, by what the Jacobians do not foresee."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from exercises.numerics.jacobian import Local, linearise
from exercises.numerics.probe import Probe, Resolution
from exercises.oracle import Array

#: An edge is calm when its change is foreseen to this share by the slopes at its ends: a hidden
#: jump could then shift f by at most this share of an edge.
CALM = 0.05
#: Edges that may be followed up, and how often each is halved.
_MOST, _HALVINGS = 192, 26
#: Where more than these are hard, all hard edges are cut in two, so often at most.
_SPLITS = 4
#: Jumps that are pinned down, and the halvings for it.
_PINNED, _PINS = 24, 30
#: The calm edges with the largest errors are followed as well, down to this share: a jump that is
#: small against the mesh shows as one that stays.
_CALMEST, _FINE = 48, CALM / 200
#: The error that the noise of f makes, so many times, is no jump.
_NOISES = 100.0
#: Where an edge is cut, and when an error that stays is a jump: a cube root, the steepest bend that
#: is followed, still loses half of its error in as many cuts.
_SPLIT, _PATIENCE, _JUMP = 0.47, 4, 0.9


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
    edges: NDArray[np.intp],
    resolution: Resolution,
    rng: np.random.Generator,
) -> Continuity:
    """Compare f along each edge with what its ends foresee; halve the edges that surprise.

    A kink's surprise halves with the edge and a smooth bend's falls eightfold, but a jump's stays.
    Where too many edges surprise for all to be followed, those that cannot be kinks come first:
    across one kink the change lies between the two ends' forecasts.
    """
    rows = np.linalg.norm(known.jacobian, axis=2)
    scale = np.maximum(rows[edges[:, 0]], rows[edges[:, 1]])
    scale = np.where(scale > 0, scale, np.maximum(np.median(rows, axis=0), 1e-300))
    lines = _Edges.between(known.take(edges[:, 0]), known.take(edges[:, 1]), scale)
    surprised = len(lines.hard) > 0
    for _ in range(_SPLITS):
        if len(lines.hard) <= _MOST or 4 * len(lines.hard) > probe.left:
            break
        lines = lines.split(probe, resolution)
    follow, allowed = _restless(lines, resolution, rng)
    if not len(follow):
        return Continuity(True, np.empty((0, 2, 2)), surprised)
    resolved, jumps = _halve(probe, lines, follow, allowed, resolution)
    return Continuity(
        resolved and len(lines.hard) <= _MOST,
        _pin(probe, jumps[:_PINNED], resolution),
        surprised,
    )


@dataclass(frozen=True, slots=True)
class _Edges:
    """Edges with what f does at their ends, and how that fits together."""

    start: Local
    end: Local
    #: Shape (n, 2): the sizes of J's rows at the ends of the edge that it is a part of.
    scale: Array
    length: Array
    #: The two errors of `forecast_error`.
    off: Array
    mixed: Array

    @classmethod
    def between(cls, start: Local, end: Local, scale: Array) -> _Edges:
        """The edges from each of `start` to each of `end`."""
        length = np.hypot(*(end.z - start.z).T)
        return cls(start, end, scale, length, *forecast_error(start, end, scale))

    @property
    def hard(self) -> NDArray[np.intp]:
        """The edges that surprise and can not be kinks: across one the change lies between."""
        return np.flatnonzero(
            ~(self.off <= CALM * self.length) & ~(self.mixed <= CALM * self.length)
        )

    @property
    def kinks(self) -> NDArray[np.intp]:
        """The edges that surprise as a kink does."""
        return np.flatnonzero(
            ~(self.off <= CALM * self.length) & (self.mixed <= CALM * self.length)
        )

    def split(self, probe: Probe, resolution: Resolution) -> _Edges:
        """The same with each hard edge cut in two."""
        hard = self.hard
        easy = np.setdiff1d(np.arange(len(self.length)), hard)
        one, two = self.start.take(hard), self.end.take(hard)
        middle = linearise(probe, one.z + _SPLIT * (two.z - one.z), resolution)
        return _Edges.between(
            self.start.take(easy).join(one).join(middle),
            self.end.take(easy).join(middle).join(two),
            self.scale[np.concatenate((easy, hard, hard))],
        )


def _restless(
    lines: _Edges, resolution: Resolution, rng: np.random.Generator
) -> tuple[NDArray[np.intp], Array]:
    """The edges to follow, and the error at which each of them counts as calm."""
    hard, kinks = lines.hard, lines.kinks
    follow = rng.choice(hard, _MOST, replace=False) if len(hard) > _MOST else hard
    room = min(len(kinks), _MOST - len(follow))
    follow = np.concatenate((follow, rng.choice(kinks, room, replace=False)))
    noise = _NOISES * _noise(lines, resolution)
    share = np.where(lines.off > noise, lines.off / lines.length, 0.0)
    share[~(share <= CALM)] = 0.0
    calmest = np.argsort(-share, kind="stable")[:_CALMEST]
    calmest = calmest[share[calmest] > _FINE]
    allowed = np.concatenate((CALM / 4 * lines.length[follow], _FINE * lines.length[calmest]))
    follow = np.concatenate((follow, calmest))
    return follow, np.maximum(allowed, noise[follow])


def _noise(lines: _Edges, resolution: Resolution) -> Array:
    """The error of a forecast, in lengths of z, that comes from the noise of f; shape (n,)."""
    with np.errstate(all="ignore"):
        size = np.maximum(np.abs(lines.start.x), np.abs(lines.end.x))
        # A slope is off by the noise over the step, and the forecast by that times the length.
        reach = (1 + lines.length / resolution.step)[:, None]
        off = resolution.error(size) * reach / lines.scale
    return np.asarray(np.nan_to_num(off.max(axis=1), nan=np.inf), dtype=np.float64)


def _halve(
    probe: Probe,
    lines: _Edges,
    follow: NDArray[np.intp],
    allowed: Array,
    resolution: Resolution,
) -> tuple[bool, Array]:
    """Follow the more surprising half of each edge: whether all calmed down, and the jumps."""
    start, end, scale = lines.start.take(follow), lines.end.take(follow), lines.scale[follow]
    before = [np.full(len(scale), np.inf)] * _PATIENCE
    jumps: list[Array] = []
    for _ in range(_HALVINGS):
        # Not the very middle: on a symmetric mesh that is where students' jumps are.
        middle = linearise(probe, start.z + _SPLIT * (end.z - start.z), resolution)
        left, right = forecast_error(start, middle, scale)[0], forecast_error(middle, end, scale)[0]
        worse = np.maximum(left, right)
        # A kink's error is small where the kink is in the middle, but never twice in a row.
        stays = ~(worse <= allowed) & (worse > _JUMP * np.max(before, axis=0))
        jumps += [np.stack(pair) for pair in zip(start.z[stays], end.z[stays], strict=True)]
        restless = np.flatnonzero(~(worse <= allowed) & ~stays)
        if not len(restless):
            break
        first, kept = (left >= right)[restless], middle.take(restless)
        start = _choose(first, start.take(restless), kept)
        end = _choose(first, kept, end.take(restless))
        allowed, scale = allowed[restless], scale[restless]
        before = [*[errors[restless] for errors in before[1:]], worse[restless]]
    else:
        jumps += [np.stack(pair) for pair in zip(start.z, end.z, strict=True)]
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


def _choose(first: NDArray[np.bool_], one: Local, other: Local) -> Local:
    """Of each point the one where `first`, else the other."""
    index = np.arange(len(first))
    return one.join(other).take(np.where(first, index, index + len(first)))


def forecast_error(start: Local, end: Local, scale: Array) -> tuple[Array, Array]:
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
        off = _larger(seen - (one + two) / 2)
        span = two - one
        square = np.maximum(np.einsum("ni,ni->n", span, span), 1e-300)
        share = np.clip(np.einsum("ni,ni->n", seen - one, span) / square, 0.0, 1.0)
        mixed = _larger(seen - one - share[:, None] * span)
    return np.nan_to_num(off, nan=np.inf), np.nan_to_num(mixed, nan=np.inf)


def _larger(pairs: Array) -> Array:
    """The larger of each pair, by size; numpy's max along an axis of two is many times slower."""
    size = np.abs(pairs)
    return np.asarray(np.maximum(size[:, 0], size[:, 1]), dtype=np.float64)
