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
_MOST_DOUBTFUL = 1_500


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
        sign, relative = _signs(x, jacobian, resolution, abs(step), abs(step))
        firm, _ = _signs(x, jacobian, resolution, abs(step), abs(step) * resolution.bend)
    found = Local(z, x, jacobian, sign, relative)
    doubtful = np.flatnonzero(sign != firm)
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
        sign, relative = _signs(x, middle, resolution, abs(step), floor)
    found.jacobian[doubtful], found.sign[doubtful], found.relative[doubtful] = (
        middle,
        sign,
        relative,
    )
    return found


def _signs(
    x: Array, jacobian: Array, resolution: Resolution, step: float, floor: float
) -> tuple[NDArray[np.int8], Array]:
    """Signs that are sure and relative determinants; rows are scaled first, as 1e308² is inf.

    `floor` is the relative error of slopes that does not come from noise.
    """
    length = np.abs(jacobian).max(axis=2)
    rows = jacobian / np.where(length > 0, length, 1.0)[:, :, None]
    det = rows[:, 0, 0] * rows[:, 1, 1] - rows[:, 0, 1] * rows[:, 1, 0]
    norms = np.linalg.norm(rows, axis=2)
    product = norms[:, 0] * norms[:, 1]
    relative = np.where(product > 0, det / np.where(product > 0, product, 1.0), 0.0)
    relative = np.where(
        np.isfinite(x).all(axis=1) & np.isfinite(length).all(axis=1), relative, np.nan
    )
    # A difference is off by the noise over the step, and by curvature.
    off = 2 * resolution.error(x) / (step * np.where(length > 0, length, np.nan))
    error = norms[:, 0] * off[:, 1] + norms[:, 1] * off[:, 0] + off[:, 0] * off[:, 1]
    error += floor
    sure = np.abs(det) > _SURE * error
    return np.where(sure, np.sign(det), 0).astype(np.int8), relative


def solve(jacobian: Array, right: Array) -> Array:
    """J⁻¹ r for (n, 2, 2) and (n, 2), by Cramer's rule on scaled rows; NaN where singular."""
    with np.errstate(all="ignore"):
        length = np.abs(jacobian).max(axis=2)
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
