"""log |det J| of a black box in up to 64 dimensions, by differences, with its error."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from exercises.numerics.precision import Ask, all_finite
from exercises.oracle import Array

#: Each step of differences is so many times shorter than the one before it.
_SHORTER = 8.0
#: Steps are tried until the error is below this.
_GOOD = 1e-6
#: How many steps are tried.
_STEPS = 4


@dataclass(frozen=True, slots=True)
class LogAbsDet:
    """What is known of log |det J| at n points."""

    #: Shape (n,); −inf where J is singular, NaN where f has no answer nearby.
    values: Array
    #: An estimate of the error of `values`, shape (n,); inf where there is none.
    errors: Array
    #: The signs of det J, shape (n,), or None where they are not known.
    signs: Array | None
    #: Σ log |J_ii|, the product of the diagonal alone, shape (n,), or None.
    diagonal: Array | None
    #: How far rounding f's output moves its input: |J⁻¹| |x| times the precision; (n,), or None.
    blur: Array | None
    #: How it was found.
    method: str


def dense_log_abs_det(f: Ask, z: Array, precision: float) -> LogAbsDet:
    """By the whole Jacobian: 4 d questions a point and step.

    Central differences over h and 2 h, joined by Richardson's extrapolation, whose own error is of
    order h⁴; h = precision^(1/5) balances that with rounding. The error is the difference that the
    extrapolation makes to log |det J|, of order h², and so too large rather than too small, plus
    what rounding of f does to it to first order: d log |det J| = tr(J⁻¹ dJ). Where a kink or a
    jump is inside the stencil, both are large. Points with a large error are tried with shorter
    steps; each point keeps the best.

    Args:
        f: the black box, shape (n, d) to (n, d).
        z: where, shape (n, d).
        precision: the relative error of f's answers.
    """
    x = f(z)
    best = _nothing(z)
    step = float(precision**0.2)
    todo = np.arange(len(z))
    for _ in range(_STEPS):
        found = _one_step(f, z[todo], x[todo], step, precision)
        better = ~(found[1] >= best[1][todo])
        for kept, new in zip(best, found, strict=True):
            kept[todo[better]] = new[better]
        todo = np.flatnonzero(~(best[1] <= _GOOD))
        if not len(todo):
            break
        step /= _SHORTER
    values, errors, signs, diagonal, blur = best
    return LogAbsDet(values, errors, signs, diagonal, blur, "the whole Jacobian")


def _nothing(z: Array) -> tuple[Array, Array, Array, Array, Array]:
    nan = np.full(len(z), np.nan)
    return nan, np.full(len(z), np.inf), nan.copy(), nan.copy(), nan.copy()


def _one_step(
    f: Ask, z: Array, x: Array, step: float, precision: float
) -> tuple[Array, Array, Array, Array, Array]:
    """Values, errors, signs, diagonals and blurs with this step."""
    h = step * (1 + np.abs(z))
    short, wide = _central(f, z, h), _central(f, z, 2 * h)
    sharp = (4 * short - wide) / 3
    known = all_finite(sharp) & all_finite(x)
    identity = np.eye(z.shape[1])
    with np.errstate(all="ignore"):
        signs, values = np.linalg.slogdet(np.where(known[:, None, None], sharp, identity))
        _, plain = np.linalg.slogdet(np.where(known[:, None, None], short, identity))
        inverse = np.linalg.inv(
            np.where((known & (signs != 0) & np.isfinite(values))[:, None, None], sharp, identity)
        )
        noise = precision * np.abs(x)
        # An error of noise_i / h_j in J_ij changes log |det J| by J⁻¹_ji of it.
        rounding = np.einsum("nji,ni,nj->n", inverse**2, (2 * noise) ** 2, h**-2.0) ** 0.5
        errors = np.abs(values - plain) + rounding
        diagonal = np.log(np.abs(np.diagonal(sharp, axis1=1, axis2=2))).sum(axis=1)
        blur = np.einsum("nji,ni->nj", np.abs(inverse), noise).max(axis=1)
    usable = known & np.isfinite(values) & np.isfinite(errors)
    values = np.where(known, values, np.nan)
    return values, np.where(usable, errors, np.inf), signs, diagonal, blur


def _central(f: Ask, z: Array, h: Array) -> Array:
    """Jacobians by central differences over h, shape (n, d): shape (n, output, input)."""
    n, d = z.shape
    steps = h[:, :, None] * np.eye(d)
    ahead, behind = z[:, None, :] + steps, z[:, None, :] - steps
    values = f(np.concatenate((ahead, behind)).reshape(-1, d)).reshape(2, n, d, d)
    # The points are rounded: divide by how far they truly lie apart.
    apart = np.diagonal(ahead - behind, axis1=1, axis2=2)
    with np.errstate(all="ignore"):
        slopes = (values[0] - values[1]) / apart[:, :, None]
    return np.swapaxes(slopes, 1, 2)
