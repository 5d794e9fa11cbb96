"""The usual mistakes in log-determinants and log-densities, as what they would return."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from exercises.checks.comparison import Mistake
from exercises.checks.volume import Volume
from exercises.misconceptions import Misconception
from exercises.oracle import Array


def log_normal(z: Array) -> Array:
    """The log-density of N(0, I) at z, shape (n, d): −|z|²/2 − d log(2π)/2; shape (n,)."""
    with np.errstate(all="ignore"):
        squares: Array = (z * z).sum(axis=1)
    density: Array = -squares / 2 - z.shape[1] * math.log(2 * math.pi) / 2
    return density


def log_det_mistakes(volume: Volume) -> Iterator[Mistake]:
    """What a wrong log_det(z) usually returns."""
    if volume.ladj is None:
        return
    right, signs, diagonal = volume.ladj.values, volume.ladj.signs, volume.ladj.diagonal
    with np.errstate(all="ignore"):
        det = np.exp(right)
    yield Mistake(Misconception.ZERO, np.zeros_like(right), "It is 0 only where f keeps all areas.")
    yield Mistake(
        Misconception.SIGN,
        -right,
        "It has the wrong sign: this is the log-determinant of the inverse.",
    )
    if signs is not None:
        yield Mistake(
            Misconception.NO_ABSOLUTE_VALUE,
            np.where(signs > 0, right, np.nan),
            "It has no value where det J is negative: take the absolute value first.",
        )
        yield Mistake(Misconception.NO_LOG, signs * det, "It is det J itself: take the logarithm.")
    yield Mistake(Misconception.NO_LOG, det, "It is |det J| itself: take the logarithm.")
    yield from _other_logs(right)
    if diagonal is not None and not np.array_equal(diagonal, right):
        yield Mistake(
            Misconception.DIAGONAL_ONLY,
            diagonal,
            "It is the product of the diagonal of J; that is det J only where J is triangular.",
        )


def log_prob_mistakes(volume: Volume, at_x: Array | None) -> Iterator[Mistake]:
    """What a wrong log_prob(x) usually returns.

    Args:
        volume: log |det J| at z, with x = f(z).
        at_x: log |det J| of f at x, where a student may have taken it by mistake; None: unknown.
    """
    if volume.ladj is None:
        return
    base, ladj, x = log_normal(volume.z), volume.ladj.values, volume.x
    right = base - ladj
    d = volume.z.shape[1]
    constant = d * math.log(2 * math.pi) / 2
    squares = -2 * (base + constant)
    yield Mistake(
        Misconception.NO_LOG_DET, base, "It is the base density at z alone: subtract log |det J|."
    )
    yield Mistake(
        Misconception.SIGN, base + ladj, "log |det J| of f has to be subtracted, not added."
    )
    if at_x is not None:
        yield Mistake(
            Misconception.LOG_DET_AT_X,
            base - at_x,
            "log |det J| is taken at x; take it at z = f_inv(x).",
        )
    yield Mistake(
        Misconception.BASE_AT_X,
        log_normal(x) - ladj,
        "The base density is taken at x; take it at z = f_inv(x).",
    )
    yield Mistake(
        Misconception.UNTRANSFORMED, log_normal(x), "It is the base density itself, at x."
    )
    yield Mistake(
        Misconception.NO_CONSTANT,
        right + constant,
        f"The constant of the Gaussian is missing: −{d}/2 · log(2π) = {-constant:.4f}.",
    )
    if d > 1:
        yield Mistake(
            Misconception.CONSTANT_ONCE,
            right + constant * (d - 1) / d,
            "The constant −log(2π)/2 of the Gaussian is needed once for each coordinate, "
            f"{'twice' if d == 2 else f'{d:,} times'} in all.",
        )
    yield Mistake(Misconception.NO_HALF, right - squares / 2, "The ½ of −|z|²/2 is missing.")
    yield from _logs_of_density(right, volume, base)


def _logs_of_density(right: Array, volume: Volume, base: Array) -> Iterator[Mistake]:
    assert volume.ladj is not None
    with np.errstate(all="ignore"):
        density, det = np.exp(right), np.exp(volume.ladj.values)
    # A density is never negative, so a log-density that is near 0 is not taken for one.
    yield Mistake(Misconception.NO_LOG, density, "It is the density itself: return its logarithm.")
    yield from _other_logs(right)
    yield Mistake(
        Misconception.DET_WITHOUT_LOG, base - det, "Subtract log |det J|, not |det J| itself."
    )
    signs = volume.ladj.signs
    if signs is not None:
        yield Mistake(
            Misconception.NO_ABSOLUTE_VALUE,
            np.where(signs > 0, right, np.nan),
            "It has no value where det J is negative: take the absolute value first.",
        )


def _other_logs(right: Array) -> Iterator[Mistake]:
    for name, base in (("log10", 10.0), ("log2", 2.0)):
        yield Mistake(
            Misconception.OTHER_BASE,
            right / math.log(base),
            f"np.{name} is not the natural logarithm: use np.log.",
        )
