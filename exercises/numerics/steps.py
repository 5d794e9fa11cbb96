"""Steps: outputs rounded so coarsely that whole cells of inputs share one."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from exercises.numerics.probe import Probe, Resolution
from exercises.numerics.witness import Witness
from exercises.oracle import Array

#: Four units of float32's rounding. Finer cells and steps are those of single precision, in
#: which f may be written; coarser ones are f's own.
_SINGLE = 2.0**-21
#: Where an output stays the same at fewer points than this, no cell is worth looking for.
_STILL = 0.1
#: A share of the points that must lie in coarse cells.
_FEW = 0.05
#: Points that are looked at, the widest cell, and the halvings that find its end.
_POINTS, _WIDEST, _HALVINGS = 32, 1.0, 30
#: Directions in which a cell is measured, and the share of its reach at which a point is sure.
_DIRECTIONS, _INSIDE = 16, 0.98
#: Secant steps of an output that is not rounded, along a cell of one that is.
_SECANTS = 4


def find_steps(probe: Probe, points: Array, resolution: Resolution) -> tuple[bool, Witness | None]:
    """Whether some output of f comes in steps coarser than single precision, and a witness.

    At such a point an output stays the same, bit for bit, while z moves by more than four units
    of float32's rounding of z, and then changes at once by more than four units of float32's
    rounding of its value. Inputs in one cell have one output, however near they are.

    Args:
        points: shape (n, 2); a few of them are used.
    """
    if max(resolution.still) < _STILL:
        return False, None
    z = points[:_POINTS]
    angle = np.arange(len(z)) * 2.399963 + 0.3
    ray = np.column_stack((np.cos(angle), np.sin(angle)))
    coarse = np.zeros((len(z), 2), dtype=np.bool_)
    for output in (0, 1):
        if resolution.still[output] >= _STILL:
            coarse[:, output] = _is_coarse(probe, z, ray, output)
    if not (coarse.mean(axis=0) > _FEW).any():
        return False, None
    some = np.flatnonzero(coarse.any(axis=1))
    order = some[np.lexsort((np.hypot(*z[some].T), -coarse[some].sum(axis=1)))]
    for index in order[:4]:
        witness = _in_cell(probe, z[index], coarse[index], resolution)
        if witness is not None:
            return True, witness
    return True, None


def _is_coarse(probe: Probe, z: Array, ray: Array, output: int) -> NDArray[np.bool_]:
    """At which of z, (n, 2), one output stays still along the ray, and then steps."""
    value = probe(z)[:, output]

    def ahead(index: NDArray[np.intp], reach: Array) -> Array:
        return np.asarray(probe(z[index] + reach[:, None] * ray[index])[:, output])

    least = _SINGLE * np.maximum(1.0, np.abs(z).max(axis=1))
    low, high, beyond = np.zeros(len(z)), least, value.copy()
    going = np.arange(len(z))
    while len(going):
        beyond[going] = ahead(going, high[going])
        going = going[(beyond[going] == value[going]) & (high[going] < _WIDEST)]
        low[going], high[going] = high[going], 4 * high[going]
    inside = np.flatnonzero((low > 0) & np.isfinite(beyond) & (beyond != value))
    for _ in range(_HALVINGS if len(inside) else 0):
        middle = (low[inside] + high[inside]) / 2
        seen = ahead(inside, middle)
        same = seen == value[inside]
        low[inside] = np.where(same, middle, low[inside])
        high[inside] = np.where(same, high[inside], middle)
        beyond[inside] = np.where(same, beyond[inside], seen)
    # At a kink the change just behind is next to nothing; typical values are near 1 (Probe.fit).
    size = np.maximum(np.maximum(np.abs(beyond), np.abs(value)), 0.5)
    coarse = np.zeros(len(z), dtype=np.bool_)
    coarse[inside] = np.abs(beyond - value)[inside] > _SINGLE * size[inside]
    return coarse


def _in_cell(
    probe: Probe, z: Array, coarse: NDArray[np.bool_], resolution: Resolution
) -> Witness | None:
    """Two inputs of one cell, as far apart as they are found easily."""
    if coarse.all():
        ends = _widest(probe, z)
    else:
        ends = _along_level(probe, z, int(np.flatnonzero(coarse)[0]), resolution)
    first, second = ends
    if not np.isfinite(ends).all() or (first == second).all():
        return None
    x1, x2 = probe(ends)
    units = 4 * 2.0**-52 * np.maximum(np.abs(x1), np.abs(x2))
    same = np.where(coarse, x1 == x2, np.abs(x1 - x2) <= units)
    return Witness(first, second, x1, x2, 0.0) if same.all() else None


def _widest(probe: Probe, z: Array) -> Array:
    """The ends of the widest chord of the cell through z, of a few directions; shape (2, 2)."""
    angle = np.arange(_DIRECTIONS) * (2 * np.pi / _DIRECTIONS) + 0.1
    ray = np.column_stack((np.cos(angle), np.sin(angle)))
    value = probe(z[None])
    low, high = np.zeros(_DIRECTIONS), np.full(_DIRECTIONS, _SINGLE)
    for _ in range(2 * _HALVINGS):
        same = (probe(z + high[:, None] * ray) == value).all(axis=1)
        if not same.any() or (high >= _WIDEST).all():
            break
        low, high = np.where(same, high, low), np.where(same, np.minimum(2 * high, 1.0), high)
    for _ in range(_HALVINGS // 3):
        middle = (low + high) / 2
        same = (probe(z + middle[:, None] * ray) == value).all(axis=1)
        low, high = np.where(same, middle, low), np.where(same, high, middle)
    ends = z + _INSIDE * low[:, None] * ray
    apart = np.hypot(*(ends[:, None] - ends[None]).transpose(2, 0, 1))
    one, two = np.unravel_index(np.argmax(apart), apart.shape)
    return np.stack((ends[one], ends[two]))


def _along_level(probe: Probe, z: Array, still: int, resolution: Resolution) -> Array:
    """z and a point of its cell at which the other output, which is not rounded, is the same."""
    other, step = 1 - still, resolution.step
    x, right, up = probe(z + step * np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]]))
    gradient = np.array([right[other] - x[other], up[other] - x[other]]) / step
    square = float(gradient @ gradient)
    if not square > 0:
        return np.full((2, 2), np.nan)
    level = np.array([-gradient[1], gradient[0]]) / np.sqrt(square)
    best = np.full(2, np.nan)
    for reach in _SINGLE * 2.0 ** np.arange(-1, 19):
        for side in (-1.0, 1.0):
            there = z + side * reach * level
            for _ in range(_SECANTS):
                seen = probe(there[None])[0]
                there = there + gradient * (x[other] - seen[other]) / square
            seen = probe(there[None])[0]
            units = 4 * 2.0**-52 * abs(x[other])
            if seen[still] == x[still] and abs(seen[other] - x[other]) <= units:
                best = there
    return np.stack((z, best))
