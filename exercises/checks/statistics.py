"""Statistics of a law that anybody can compute from samples, beside those of the target."""

from __future__ import annotations

import numpy as np
from pydantic import JsonValue

from exercises.checks.evidence import number, numbers
from exercises.checks.looking import Look
from exercises.tables.target_law import Target

#: The quantiles that are told of x and of the target.
LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)


def statistics(look: Look, target: Target) -> dict[str, JsonValue]:
    """The quantiles of each compared coordinate, and the half-plane that differs most.

    The half-plane is {x: slope · x ≤ offset}, with its shares. None where half of x is not finite.
    """
    x = look.x[np.isfinite(look.x).all(axis=1)]
    if len(x) < len(look.x) / 2:
        return {"quantiles": None, "half_plane": None}
    mine = np.quantile(x, LEVELS, axis=0).T
    return {
        "quantiles": {
            f"x{axis + 1}": {"x": numbers(mine[axis]), "target": numbers(target.quantiles[axis])}
            for axis in target.axes
        },
        "half_plane": _half_plane(look, target),
    }


def _half_plane(look: Look, target: Target) -> JsonValue:
    shares = look.counts.share[look.seen.share.size :].reshape(target.planes.shares.shape)
    worst = np.abs(shares - target.planes.shares)
    view, level = (int(i) for i in np.unravel_index(int(np.argmax(worst)), worst.shape))
    row = target.axes[0] if len(target.axes) == 1 else view
    slope, offset = target.frame.half_plane(row, float(target.planes.thresholds[view, level]))
    return {
        "slope": numbers(slope),
        "offset": number(offset),
        "x": number(shares[view, level]),
        "target": number(target.planes.shares[view, level]),
    }
