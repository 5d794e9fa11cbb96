"""The arguments that allow jumps, in the order in which they are tried."""

from __future__ import annotations

import numpy as np

from exercises.numerics.counting import argue_by_counting
from exercises.numerics.division import divide
from exercises.numerics.jacobian import Local
from exercises.numerics.monotone import is_monotone
from exercises.numerics.pieces import argue_by_pieces
from exercises.numerics.probe import Probe, Resolution
from exercises.numerics.triangular import argue_by_triangle
from exercises.numerics.verdict import Injectivity, Reason, found, shown
from exercises.oracle import Array

#: The mass beside jumps that an argument may leave out: about what 1,200 probes would not see.
_LEFT_OUT = 0.0038


def argue_with_jumps(
    probe: Probe,
    known: Local,
    lattice: Local,
    jumps: Array,
    resolution: Resolution,
    radius: float,
    rng: np.random.Generator,
) -> Injectivity | None:
    """Whether f is one-to-one by monotony, by parallel lines, by pieces or by counting.

    Args:
        known: all that was seen of f on the disc.
        lattice: that part of it which follows N(0, I).
        jumps: shape (k, 2, 2), pairs of points between which f jumps.

    Returns:
        None where no argument holds, and no witness was met on the way.
    """
    if is_monotone(probe, known, jumps, radius, rng):
        return shown(Reason.MONOTONE)
    if argue_by_triangle(probe, known, resolution, radius, rng):
        return shown(Reason.TRIANGULAR)
    division = divide(probe, resolution, radius) if len(jumps) else None
    if division is None:
        return None
    left_out = argue_by_pieces(probe, division)
    if left_out is not None and left_out <= _LEFT_OUT:
        return shown(Reason.PIECES, left_out)
    left_out, witness = argue_by_counting(probe, division, lattice, resolution, radius)
    if witness is not None:
        return found(witness)
    if left_out is None or left_out > _LEFT_OUT:
        return None
    return shown(Reason.COUNTED, left_out)
