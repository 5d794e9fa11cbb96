"""Critical points: where |det J| is smallest, and whether f comes to rest there."""

from __future__ import annotations

import numpy as np

from exercises.numerics.jacobian import Local, linearise, null_directions
from exercises.numerics.probe import Probe, Resolution
from exercises.oracle import Array

#: Places that are followed down, by each of two measures, and the rings of points around each.
_PLACES, _RING, _REACHES = 12, 6, (0.5, 0.25, 0.12)


def lowest_points(
    probe: Probe, known: Local, typical: Array, spacing: float, turn: float, resolution: Resolution
) -> Local:
    """Points near where |det J| is smallest, by two measures: a hidden fold would be there.

    Args:
        typical: shape (2,), the usual lengths of J's rows.
        spacing: the mesh's.
        turn: an angle that the rings of trial points start from.
    """
    ring = np.arange(_RING) * (2 * np.pi / _RING) + turn
    star = spacing * np.column_stack((np.cos(ring), np.sin(ring)))
    plain, scaled = _sizes(known, typical)
    return _descend(probe, known, np.abs(plain), typical, False, star, resolution).join(
        _descend(probe, known, np.abs(scaled), typical, True, star, resolution)
    )


def comes_to_rest(probe: Probe, known: Local, low: Local, typical: Array, radius: float) -> Local:
    """Those of `low` across which f hardly moves, in the direction that J loses.

    z³ in each coordinate moves on behind its critical lines; (x·y², y) never leaves.
    """
    # Critical is far below the usual: a map that is thin everywhere has no critical points.
    usual = min(1.0, float(np.median(np.abs(known.relative))))
    low = low.take(low.finite & (np.abs(low.relative) < 1e-2 * usual))
    low = low.take(np.hypot(*low.z.T) < radius - 0.3)
    if not len(low.z):
        return low
    scaled = low.jacobian / typical[None, :, None]
    direction = null_directions(low.jacobian, typical)
    ends = [low.z + 0.3 * direction, low.z - 0.3 * direction]
    ahead, behind = np.split(probe(np.concatenate(ends)), 2)
    moved = np.maximum(
        np.linalg.norm((ahead - low.x) / typical, axis=1),
        np.linalg.norm((behind - low.x) / typical, axis=1),
    )
    largest = np.linalg.norm(scaled, axis=(1, 2))
    return low.take(~(moved > 1e-4 * np.maximum(largest, 1e-3)))


def _sizes(local: Local, typical: Array) -> tuple[Array, Array]:
    """det J against the rows' own lengths, and against their usual ones."""
    rows = np.linalg.norm(local.jacobian, axis=2)
    return local.relative, np.asarray(local.relative * (rows / typical).prod(axis=1))


def _descend(
    probe: Probe,
    known: Local,
    size: Array,
    typical: Array,
    scaled: bool,
    star: Array,
    resolution: Resolution,
) -> Local:
    order = np.argsort(np.nan_to_num(size, nan=np.inf), kind="stable")[:_PLACES]
    best = known.take(order)
    # The orientation of most points: a fold shows as less than zero of it.
    main = 1.0 if (known.sign == 1).sum() >= (known.sign == -1).sum() else -1.0
    radius = float(np.hypot(*known.z.T).max())
    place = np.arange(len(order))
    for reach in _REACHES:
        around = (best.z[:, None] + reach * star).reshape(-1, 2)
        around *= np.minimum(1.0, radius / np.hypot(*around.T))[:, None]
        tried = best.join(linearise(probe, around, resolution))
        value = np.nan_to_num(main * _sizes(tried, typical)[scaled], nan=np.inf)
        rings = value[len(order) :].reshape(-1, _RING)
        pick = np.argmin(np.column_stack((value[: len(order)], rings)), axis=1)
        best = tried.take(np.where(pick == 0, place, len(order) + _RING * place + pick - 1))
    return best
