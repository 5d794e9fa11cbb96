"""Critical points: where |det J| is smallest, and whether f comes to rest there."""

from __future__ import annotations

import numpy as np

from exercises.numerics.jacobian import Local, linearise, null_directions
from exercises.numerics.probe import Probe, Resolution
from exercises.oracle import Array

#: Places that are followed down, by each of two measures, and the rings of points around each.
_PLACES, _RING, _REACHES = 12, 6, (0.5, 0.25, 0.12)
#: How far along the direction that J loses f is compared, and what counts, of the slope across, as
#: hardly moving there, and as not at all once the line itself was found.
_ALONG, _HARDLY, _NOT_AT_ALL = 0.3, 1e-4, 1e-7
#: Where outputs are unbent, their noise as often as this is not at all either.
_NOISES = 8.0
#: How far to the side of a low point the critical line may be, and the cuts that find it.
_ASIDE, _CUTS, _GOLDEN = 0.05, 20, (np.sqrt(5) - 1) / 2


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


def comes_to_rest(
    probe: Probe,
    known: Local,
    low: Local,
    typical: Array,
    radius: float,
    resolution: Resolution,
) -> Local:
    """Those of `low` across which f hardly moves, in the direction that J loses.

    z³ in each coordinate moves on behind its critical lines; (x·y², y) never leaves.
    """
    # Critical is far below the usual: a map that is thin everywhere has no critical points.
    usual = min(1.0, float(np.median(np.abs(known.relative))))
    low = low.take(low.finite & (np.abs(low.relative) < 1e-2 * usual))
    low = low.take(np.hypot(*low.z.T) < radius - 0.3)
    if not len(low.z):
        return low
    direction = null_directions(low.jacobian, typical)
    usual_slope = np.linalg.norm(low.jacobian / typical[None, :, None], axis=(1, 2))
    usual_slope = np.maximum(usual_slope, 1e-3)
    rests = ~(_moved(probe, low.z, direction, typical) > _HARDLY * usual_slope)
    low, direction, usual_slope = low.take(rests), direction[rests], usual_slope[rests]
    if not len(low.z):
        return low
    # On a critical line of high order f moves little all around; on a pinch, not at all.
    least = _least_moved(probe, low.z, direction, typical)
    limit = _NOT_AT_ALL * usual_slope
    if probe.unbent:
        # Then that much may be noise.
        noise = np.linalg.norm(resolution.error(low.x) / typical, axis=1)
        limit = np.maximum(limit, _NOISES * noise)
    return low.take(~(least > limit))


def _moved(probe: Probe, z: Array, direction: Array, typical: Array) -> Array:
    """How far f moves on the further of two points at 0.3 along the direction; (n,)."""
    here, ahead, behind = np.split(
        probe(np.concatenate((z, z + _ALONG * direction, z - _ALONG * direction))), 3
    )
    return np.asarray(
        np.maximum(
            np.linalg.norm((ahead - here) / typical, axis=1),
            np.linalg.norm((behind - here) / typical, axis=1),
        )
    )


def _least_moved(probe: Probe, z: Array, direction: Array, typical: Array) -> Array:
    """The least that f moves so from points a little to the side of each of z; (n,).

    By golden sections: how far f moves beside a pinch falls at least with the distance squared.
    """
    aside = np.column_stack((-direction[:, 1], direction[:, 0]))
    low, high = np.full(len(z), -_ASIDE), np.full(len(z), _ASIDE)
    for _ in range(_CUTS):
        one, two = high - _GOLDEN * (high - low), low + _GOLDEN * (high - low)
        asked = np.concatenate((z + one[:, None] * aside, z + two[:, None] * aside))
        first, second = np.split(_moved(probe, asked, np.tile(direction, (2, 1)), typical), 2)
        left = ~(second < first)
        low, high = np.where(left, low, one), np.where(left, two, high)
    return np.minimum(first, second)


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
