"""Jacobians by differences, the signs of their determinants, and small systems solved with them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from exercises.numerics.probe import Probe, Resolution
from exercises.oracle import Array

#: A determinant's sign is sure when it is so many times its error.
_SURE = 10.0
#: Points that get a second, sharper look at once; more are left unsure.
_MOST_DOUBTFUL = 3_000


@dataclass(frozen=True, slots=True)
class Local:
    """What f does near points: values, Jacobians and the signs of their determinants."""

    #: Shape (n, 2).
    z: Array
    #: Shape (n, 2).
    x: Array
    #: Shape (n, 2, 2): output, input. Not finite where f is not.
    jacobian: Array
    #: 1 or −1 where the sign of the determinant is sure, else 0; shape (n,).
    sign: NDArray[np.int8]
    #: det J over the product of the rows' lengths: 1 for orthogonal rows, at any scale; (n,).
    relative: Array

    @property
    def finite(self) -> NDArray[np.bool_]:
        """Where value and Jacobian are finite; shape (n,)."""
        finite: NDArray[np.bool_] = np.isfinite(self.relative)
        return finite

    def take(self, index: NDArray[np.intp] | NDArray[np.bool_]) -> Local:
        """The points of `index`."""
        return Local(
            self.z[index],
            self.x[index],
            self.jacobian[index],
            self.sign[index],
            self.relative[index],
        )

    def join(self, other: Local) -> Local:
        """These points and the others."""
        return Local(
            np.concatenate((self.z, other.z)),
            np.concatenate((self.x, other.x)),
            np.concatenate((self.jacobian, other.jacobian)),
            np.concatenate((self.sign, other.sign)),
            np.concatenate((self.relative, other.relative)),
        )


def linearise(probe: Probe, z: Array, resolution: Resolution, turn: float = 1.0) -> Local:
    """Ask f around each of z, shape (n, 2), with three questions a point.

    Args:
        turn: the factor of the step; negative for backward differences.
    """
    z = np.asarray(z, dtype=np.float64).reshape(-1, 2)
    step = turn * resolution.step
    first, second = z + np.array([step, 0.0]), z + np.array([0.0, step])
    x, along_first, along_second = np.split(probe(np.concatenate((z, first, second))), 3)
    with np.errstate(all="ignore"):
        jacobian = np.stack(
            (
                (along_first - x) / (first - z)[:, :1],
                (along_second - x) / (second - z)[:, 1:],
            ),
            axis=-1,
        )
        det, error, relative = _determinants(x, jacobian, 2 * resolution.error(x) / abs(step))
        sign = _sure(det, error + abs(step) * min(1.0, resolution.bend))
        firm = _sure(det, error + abs(step) * resolution.bend)
    found = Local(z, x, jacobian, sign, relative)
    # Where an output does not change at all, sharper differences do not either.
    size = _largest(jacobian)
    moves = (size[:, 0] > 0) & (size[:, 1] > 0)
    doubtful = np.flatnonzero(np.isfinite(relative) & (firm == 0) & moves)
    if len(doubtful) > _MOST_DOUBTFUL:
        return Local(z, x, jacobian, firm, relative)
    return _sharpen(probe, found, doubtful, resolution, step) if len(doubtful) else found


def _sharpen(
    probe: Probe, found: Local, doubtful: NDArray[np.intp], resolution: Resolution, step: float
) -> Local:
    """Central differences where the curvature may have turned a forward difference's sign."""
    z = found.z[doubtful]
    first, second = z - np.array([step, 0.0]), z - np.array([0.0, step])
    along_first, along_second = np.split(probe(np.concatenate((first, second))), 2)
    with np.errstate(all="ignore"):
        x, ahead = found.x[doubtful], found.jacobian[doubtful]
        behind = np.stack(
            ((x - along_first) / (z - first)[:, :1], (x - along_second) / (z - second)[:, 1:]),
            axis=-1,
        )
        middle = (ahead + behind) / 2
        # The next error is of second order: slopes over the step, squared, by the bend, squared.
        floor = (abs(step) * resolution.bend) ** 2
        # A difference is off by the noise over the step, and by curvature.
        off = 2 * resolution.error(x) / abs(step)
        sign, relative = signs_within(x, middle, off, floor)
    found.jacobian[doubtful], found.sign[doubtful], found.relative[doubtful] = (
        middle,
        sign,
        relative,
    )
    return found


def signs_within(
    x: Array, jacobian: Array, off: Array, floor: float = 0.0
) -> tuple[NDArray[np.int8], Array]:
    """Signs that are sure, and relative determinants; (n,) each.

    Args:
        x: the values, (n, 2); where they are not finite the determinant is NaN.
        off: shape (n, 2): how far off each output's slopes may be.
        floor: a further error, relative to the determinant's scale.
    """
    det, error, relative = _determinants(x, jacobian, off)
    return _sure(det, error + floor), relative


def _sure(det: Array, error: Array) -> NDArray[np.int8]:
    return np.where(np.abs(det) > _SURE * error, np.sign(det), 0).astype(np.int8)


def _determinants(x: Array, jacobian: Array, off: Array) -> tuple[Array, Array, Array]:
    """Determinants of scaled rows, as 1e308² is inf; their errors; and relative determinants."""
    length = _largest(jacobian)
    rows = jacobian / np.where(length > 0, length, 1.0)[:, :, None]
    (a, b), (c, d) = (rows[:, 0, 0], rows[:, 0, 1]), (rows[:, 1, 0], rows[:, 1, 1])
    det = a * d - b * c
    first, second = np.sqrt(a * a + b * b), np.sqrt(c * c + d * d)
    product = first * second
    relative = np.where(product > 0, det / np.where(product > 0, product, 1.0), 0.0)
    finite = np.isfinite(x) & np.isfinite(length)
    relative = np.where(finite[:, 0] & finite[:, 1], relative, np.nan)
    off = off / np.where(length > 0, length, np.nan)
    error = first * off[:, 1] + second * off[:, 0] + off[:, 0] * off[:, 1]
    return det, error, relative


def _largest(jacobian: Array) -> Array:
    """The larger entry of each row, by size: (n, 2, 2) to (n, 2)."""
    # numpy's max along an axis of two is many times slower.
    size = np.abs(jacobian)
    return np.asarray(np.maximum(size[:, :, 0], size[:, :, 1]), dtype=np.float64)


def solve(jacobian: Array, right: Array) -> Array:
    """J⁻¹ r for (n, 2, 2) and (n, 2), by Cramer's rule on scaled rows; NaN where singular."""
    with np.errstate(all="ignore"):
        length = _largest(jacobian)
        rows, r = jacobian / length[:, :, None], right / length
        det = rows[:, 0, 0] * rows[:, 1, 1] - rows[:, 0, 1] * rows[:, 1, 0]
        first = r[:, 0] * rows[:, 1, 1] - rows[:, 0, 1] * r[:, 1]
        second = rows[:, 0, 0] * r[:, 1] - r[:, 0] * rows[:, 1, 0]
        answer = np.column_stack((first / det, second / det))
        return np.where(np.isfinite(answer), answer, np.nan)


def null_directions(jacobian: Array, typical: Array | None = None) -> Array:
    """Unit vectors that J shrinks most, (n, 2), of J with shape (n, 2, 2).

    Rows are divided by `typical`, shape (2,), or where it is not given each by its own length.
    """
    with np.errstate(all="ignore"):
        length = np.abs(jacobian).max(axis=2) if typical is None else typical
        length = np.broadcast_to(length, jacobian.shape[:2])
        rows = np.nan_to_num(jacobian / np.where(length > 0, length, 1.0)[:, :, None])
        rows = np.clip(rows, -1e100, 1e100)
    return np.asarray(np.linalg.svd(rows)[2][:, 1, :], dtype=np.float64)
