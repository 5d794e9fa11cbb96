"""Collapse: regions where f loses a dimension, told apart from mere saturation."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from exercises.numerics.jacobian import Local, linearise, null_directions
from exercises.numerics.probe import ROUNDING, Probe, Resolution
from exercises.numerics.witness import SEPARATION, Witness
from exercises.oracle import Array

#: Outputs that are equal up to so many units of rounding are one output.
_UNITS = 4.0
#: Behind the edge of a clipped region f leaves at a finite slope, a saturated one by single units
#: of rounding, and a bent image of one dimension only with the square. So just behind the edge
#: (this far, or further where f is noisier) the change must be many units, and its slope must not
#: be much less than the mean slope from there on.
_BEHIND, _BEHIND_UNITS, _CLEAR, _STEEP = 1e-6, 3e4, 1e3, 1e-3
#: u comes from differences, so along u·f a share of the whole change is error. A power that rises
#: out of that error is at the edge as large as it, and a millionth further no larger.
_SKEW, _CLEAR_OF_SKEW = 1e-8, 10.0
#: A share of the points, and a relative determinant, that count as next to nothing.
_FEW, _THIN = 0.01, 0.05
_RAYS = 8
_BISECTIONS = 40
#: How far a level set of a function of rank one everywhere is followed, and in what steps.
_STRIDE, _STRIDES = 0.5, 8
#: Where J is of rank one but for its error, outputs on a level set differ by less than this share
#: of their size: else a step led to another level set, on which the followed output is the same.
_LOST = 0.01
#: Steps of Newton's method back to a level set: from as far off as a bend of 1 over a stride leaves
#: them, four square the error to rounding, and as much again where slopes are off as differences.
_CORRECTIONS = 8


def find_collapse(
    probe: Probe, known: Local, resolution: Resolution, radius: float
) -> Witness | None:
    """Two inputs apart with exactly one output inside a flat region, or None.

    Where f is flat only because it saturates (tanh far out), two outputs are equal as float64
    numbers though f as written is one-to-one: that is no collapse, and None is returned.
    """
    flat = known.take(known.finite & (known.sign == 0))
    if not len(flat.z):
        return None
    sure = known.take(known.sign != 0)
    # Rank one everywhere: what few signs seem sure belong to determinants that are next to
    # nothing. Where f saturates, the rest of it has determinants like any other function.
    everywhere = len(sure.z) < _FEW * len(known.z) and not (np.abs(sure.relative) > _THIN).any()
    order = np.argsort(np.hypot(*flat.z.T), kind="stable")
    flat = flat.take(order[:: max(1, len(order) // 24)][:24])
    partner = _along_level(probe, flat, resolution, radius)
    found = np.flatnonzero(np.isfinite(partner).all(axis=1))
    for index in found[:6]:
        z1, z2 = flat.z[index], partner[index]
        one = flat.take(np.array([index]))
        if everywhere:
            real = _keeps_level(probe, one, resolution, radius)
        else:
            real = (
                _has_edge(probe, one, sure, resolution)
                or _fibre_ends(probe, one, resolution, radius)
                or _pair_parts(probe, one, z2, sure, resolution)
            )
        if real:
            x1, x2 = probe(np.stack((z1, z2)))
            return Witness(z1, z2, x1, x2, _relative_gap(x1, x2))
    return None


def _relative_gap(x1: Array, x2: Array) -> float:
    with np.errstate(all="ignore"):
        gap = np.abs(x1 - x2) / np.maximum(np.abs(x1), np.abs(x2))
    return float(np.nan_to_num(gap).max())


def _along_level(probe: Probe, flat: Local, resolution: Resolution, radius: float) -> Array:
    """For each flat point the furthest found on its level set, shape (n, 2), NaN where none is."""
    direction = null_directions(flat.jacobian)
    partner = np.full(flat.z.shape, np.nan)
    for distance in (0.01, 0.1, 0.5):
        for side in (-distance, distance):
            z = flat.z + side * direction
            for _ in range(3):
                near = linearise(probe, z, resolution)
                with np.errstate(all="ignore"):
                    z = z + _least_step(near.jacobian, flat.x - near.x)
            far = np.hypot(*(z - flat.z).T)
            inside = (far >= SEPARATION) & (np.hypot(*z.T) <= radius)
            good = np.flatnonzero(inside & _equal(probe, probe(z), flat.x))
            partner[good] = z[good]
    return partner


def _keeps_level(probe: Probe, flat: Local, resolution: Resolution, radius: float) -> bool:
    """Whether f keeps its value as far as its level set can be followed on the disc.

    (z₁, z₁ + 1e-14·z₂) has rank two, but nearby outputs are equal as float64 numbers. Over the
    whole disc they are not, as rounding does not grow with the distance and the change does.
    """
    far = 0
    for side in (-_STRIDE, _STRIDE):
        z, ahead = flat.z, side * null_directions(flat.jacobian)
        for _ in range(_STRIDES):
            start, z = z, z + ahead
            for _ in range(_CORRECTIONS):
                near = linearise(probe, z, resolution)
                with np.errstate(all="ignore"):
                    z = z + _least_step(near.jacobian, flat.x - near.x)
            x, followed = probe(z), int(_followed(near.jacobian)[0])
            if not _same(probe, x, flat.x)[0, followed] or not np.hypot(*z.T) <= radius:
                break
            if not _equal(probe, x, flat.x).all():
                if not (np.abs(x - flat.x) <= _LOST * probe.size(flat.x).max()).all():
                    break
                return False
            far += 1
            direction = null_directions(near.jacobian)
            ahead = _STRIDE * direction * np.sign(np.sum(direction * (z - start)))
    return far > 0


def _least_step(jacobian: Array, right: Array) -> Array:
    """The shortest step for the larger row alone: Gauss and Newton's method for rank one."""
    row = _followed(jacobian)
    index = np.arange(len(row))
    gradient = jacobian[index, row]
    size = np.linalg.norm(gradient, axis=1)
    step = gradient * (right[index, row] / np.where(size > 0, size * size, np.inf))[:, None]
    return np.asarray(np.nan_to_num(step, posinf=0.0, neginf=0.0), dtype=np.float64)


def _followed(jacobian: Array) -> NDArray[np.intp]:
    """Of each J, shape (n, 2, 2), the number of its larger row, whose level set is followed."""
    norm = np.linalg.norm(jacobian, axis=2)
    return np.asarray(np.argmax(np.nan_to_num(norm), axis=1), dtype=np.intp)


def _same(probe: Probe, x: Array, other: Array) -> NDArray[np.bool_]:
    """Which outputs are equal up to rounding, shape (n, 2)."""
    with np.errstate(all="ignore"):
        limit = _UNITS * 2 * ROUNDING * np.maximum(probe.size(x), probe.size(other))
        return np.asarray(np.abs(x - other) <= limit, dtype=np.bool_)


def _equal(probe: Probe, x: Array, other: Array) -> NDArray[np.bool_]:
    """Which rows are equal up to rounding, in both outputs; shape (n,)."""
    return np.asarray(_same(probe, x, other).all(axis=1), dtype=np.bool_)


def _has_edge(probe: Probe, flat: Local, sure: Local, resolution: Resolution) -> bool:
    """Whether f leaves the flat region at a finite slope, or jumps, on one of a few rays.

    The output that is flat is followed alone: u·f with u·J = 0 at the flat point.
    """
    left = _left_null(flat.jacobian[0])
    return _leaves(probe, flat, _targets(flat, sure), left[None], np.zeros(1), resolution)


def _targets(flat: Local, sure: Local) -> Array:
    """The ends of a few rays from the flat point to where f is not flat, shape (k, 2)."""
    order = np.argsort(np.hypot(*(sure.z - flat.z[0]).T), kind="stable")
    return sure.z[order[:: max(1, len(order) // _RAYS)][:_RAYS]]


def _fibre_ends(probe: Probe, flat: Local, resolution: Resolution, radius: float) -> bool:
    """The same along the straight line that f makes a point, for both outputs.

    Behind a bend that follows the collapse, every u·f leaves the flat strip's image with the
    square of the way, but on the line itself f stays until the strip ends.
    """
    origin = flat.z[0]
    behind = linearise(probe, flat.z, resolution, turn=-1.0).jacobian
    jacobian = (linearise(probe, flat.z, resolution).jacobian + behind) / 2
    direction, slopes = null_directions(jacobian)[0], np.linalg.norm(jacobian[0], axis=1)
    middle = float(origin @ direction)
    half = np.sqrt(max(middle**2 + radius**2 - float(origin @ origin), 0.0))
    targets = origin + np.array([[-middle - half], [half - middle]]) * direction
    return _leaves(probe, flat, targets, np.eye(2), slopes, resolution)


def _pair_parts(
    probe: Probe, flat: Local, partner: Array, sure: Local, resolution: Resolution
) -> bool:
    """Whether two inputs with one output, moved alike, keep one for a while and then part.

    (z₁, z₁² + max(z₁, 0)·z₂) makes a whole half-plane a parabola: what it flattens has no ends, and
    u·f leaves the parabola with the square of the way. But the difference of two outputs is 0 until
    the edge, however the image bends.
    """
    targets, still = _targets(flat, sure), np.zeros(2)
    return _leaves(probe, flat, targets, np.eye(2), still, resolution, mate=partner)


def _leaves(
    probe: Probe,
    flat: Local,
    targets: Array,
    views: Array,
    drift: Array,
    resolution: Resolution,
    mate: Array | None = None,
) -> bool:
    """Whether a view of f leaves the flat point's value at a finite slope, before a target.

    Args:
        targets: shape (k, 2): the ends of the rays that are followed.
        views: shape (m, 2): the combinations of outputs that are followed.
        drift: shape (m,): the slopes beside the rays. The rays' directions are off as much as J
            is, so a share of these may be seen along them.
        mate: shape (2,): another input with the flat point's value, which is moved by as much on
            each ray. Then it is its value that f leaves, and only rays count on which that was
            kept for as long as two inputs of a witness must be apart.
    """
    origin, kept = flat.z[0], 0.0 if mate is None else SEPARATION
    far = np.hypot(*(targets - origin).T)
    inner, outer = np.zeros(len(targets)), np.ones(len(targets))
    weight, mixed = np.abs(views).T, not drift.any()

    def change(share: Array) -> tuple[Array, Array, Array]:
        """The change along each view, what of it is only the view's own error, and a unit of
        rounding there; (k, m) each."""
        way = share[:, None] * (targets - origin)
        x, value = probe(origin + way), flat.x if mate is None else probe(mate + way)
        moved = np.abs(x - value)
        unit = 2 * np.maximum(resolution.error(x), resolution.error(value)) @ weight
        # Of a mixture of outputs what is left may be a share of each; one output is itself.
        skew = _SKEW * (mixed * (moved @ weight) + np.outer(share * far, drift))
        return np.abs((x - value) @ views.T), skew, np.maximum(unit, 1e-300)

    for _ in range(_BISECTIONS):
        middle = (inner + outer) / 2
        along, skew, unit = change(middle)
        moved = ~(along <= _UNITS * unit + skew).all(axis=1)
        inner, outer = np.where(moved, inner, middle), np.where(moved, middle, outer)
    further = max(_BEHIND, _BEHIND_UNITS * float(resolution.noise.max()))
    before = change(inner)[0]
    after, skew, unit = change(outer + further / np.maximum(far, further))
    mean_slope = change(np.ones(len(targets)))[0] / far[:, None]
    left_at = (after - before) / further
    clear = after - before >= np.maximum(_CLEAR * unit, _CLEAR_OF_SKEW * skew)
    clear &= (inner * far >= kept)[:, None]
    return bool((clear & (left_at >= _STEEP * np.maximum(mean_slope, drift))).any())


def _left_null(jacobian: Array) -> Array:
    """A vector u with u·J as small as can be, shape (2,); of unit length in scaled rows."""
    size = np.linalg.norm(jacobian, axis=1)
    if not (size > 0).any():
        return np.array([1.0, 1.0])
    if not (size > 0).all():
        return np.where(size > 0, 0.0, 1.0)
    u = np.linalg.svd(jacobian / size[:, None])[0][:, 1] / size
    return np.asarray(u / np.abs(u).max(), dtype=np.float64)
