"""How many digits a black box in any dimension gives: float64, float32, or what is left of them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from exercises.oracle import Array

#: A function of batches: shape (n, inputs) to (n, outputs), NaN where it has no answer.
Ask = Callable[[Array], Array]

#: Half the distance from 1 to the next float64, and to the next float32.
DOUBLE, SINGLE = 2.0**-53, 2.0**-24
#: Below this a float64 has lost digits to the end of its exponents.
TINY = 1e-290
#: A smooth function shows only rounding in a second difference over this distance.
_FINE = 1e-7
#: Of the relative second differences: beyond their middle, as those of float32 are often 0.
_LEVEL = 0.75


def measure_precision(ask: Ask, points: Array, rng: np.random.Generator) -> float:
    """The relative error of the answers, between 2⁻⁵³ and 0.01.

    Half the second difference over a distance of 1e-7 of the inputs' size, relative to the size of
    each output, at three quarters of all that were seen. It sees float32 inside f as well as
    cancellation.

    Args:
        ask: the black box.
        points: shape (n, inputs); 16 or more are enough, three questions each.
        rng: for the directions.
    """
    ray = rng.standard_normal(points.shape)
    ray *= _FINE / np.linalg.norm(ray, axis=1, keepdims=True)
    # At the points' own scale: between points of size 1e-9, f may do anything over this distance.
    usual = np.nan_to_num(typical_size(points))
    ray *= np.where(usual > 0, usual, 1.0) + np.abs(points)
    here, ahead, behind = np.split(ask(np.concatenate((points, points + ray, points - ray))), 3)
    with np.errstate(all="ignore"):
        size = np.abs(here) + np.nan_to_num(typical_size(here))
        relative = np.abs(ahead - 2 * here + behind) / (2 * np.where(size > 0, size, np.nan))
    relative = relative[np.isfinite(relative)]
    level = float(np.quantile(relative, _LEVEL)) if relative.size else DOUBLE
    least = SINGLE if is_single(np.concatenate((here, ahead, behind))) else DOUBLE
    return float(np.clip(level, least, 0.01))


def typical_size(values: Array) -> Array:
    """The middle |value| of each column, of those that are finite; shape (columns,), or NaN."""
    size = np.where(np.isfinite(values), np.abs(values), np.nan)
    known = np.isfinite(size).any(axis=0)
    middle = np.full(values.shape[1], np.nan)
    middle[known] = np.nanmedian(size[:, known], axis=0)
    return middle


def all_finite(values: Array) -> NDArray[np.bool_]:
    """Which rows have finite numbers only; of shape (n, …), the answer of shape (n,)."""
    rows = np.isfinite(values).reshape(len(values), -1).all(axis=1)
    return np.asarray(rows, dtype=np.bool_)


def all_within(difference: Array, limit: Array) -> NDArray[np.bool_]:
    """Which rows of |difference| are nowhere beyond the limit; shape (n,). NaN is beyond."""
    return np.asarray((np.abs(difference) <= limit).all(axis=1), dtype=np.bool_)


def is_single(values: Array) -> bool:
    """Whether all finite values are float32's: then the function returns float32."""
    finite = values[np.isfinite(values)]
    with np.errstate(over="ignore"):
        return bool((finite.astype(np.float32) == finite).all())
