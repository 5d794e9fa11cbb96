"""Integrals over the plane by adaptive cubature, with an estimate of their error."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

from exercises.oracle import Array

#: Points of one cell: the rule of degree 7 with its embedded rule of degree 5, of Genz and Malik,
#: "Remarks on algorithm 006", J. Comput. Appl. Math. 6 (1980), 295-302, for two dimensions.
_NEAR, _FAR, _CORNER = (9 / 70) ** 0.5, (9 / 10) ** 0.5, (9 / 19) ** 0.5
_AXES = ((1.0, 0.0), (-1.0, 0.0), (0.0, 1.0), (0.0, -1.0))
_DIAGONALS = tuple(product((1.0, -1.0), repeat=2))
_NODES = np.concatenate(
    (
        np.zeros((1, 2)),
        _NEAR * np.array(_AXES),
        _FAR * np.array(_AXES),
        _FAR * np.array(_DIAGONALS),
        _CORNER * np.array(_DIAGONALS),
    )
)
_SEVEN = np.repeat(
    [-3816 / 19683, 980 / 6561, 1020 / 19683, 200 / 19683, 6859 / 78732], [1, 4, 4, 4, 4]
)
_FIVE = np.repeat([-971 / 729, 245 / 486, 65 / 1458, 25 / 729, 0.0], [1, 4, 4, 4, 4])
#: Of all cells this share, those with the largest errors, is halved at a time.
_HALVED = 0.25
#: A half's error is at least this share of what halving changed: rules of two degrees may agree
#: by chance where the integrand jumps.
_CHANGED = 0.25
#: Cells are not halved below this width.
_NARROW = 1e-13
#: Samples in one of the first cells.
_SAMPLES = 16


@dataclass(frozen=True, slots=True)
class Integral:
    """An integral over the plane."""

    value: float
    #: The sum of the cells' error estimates: usually many times too large, yet no bound.
    error: float
    #: What the cells hold after their errors: more than this is surely there.
    least: float
    evaluations: int


@dataclass(frozen=True, slots=True)
class _Cells:
    #: Middle and half width, shape (n, 2).
    middle: Array
    half: Array
    #: Shape (n,).
    value: Array
    error: Array
    #: The axis along which the integrand bends most.
    axis: NDArray[np.intp]

    def take(self, index: NDArray[np.intp]) -> _Cells:
        """The cells of `index`."""
        return _Cells(
            self.middle[index],
            self.half[index],
            self.value[index],
            self.error[index],
            self.axis[index],
        )


@dataclass(frozen=True, slots=True)
class Chart:
    """The plane as the square |u| < 1: x = m + s tan(π u / 2), which makes a Cauchy law flat."""

    middle: Array
    scale: Array

    @classmethod
    def around(cls, samples: Array) -> Chart:
        """Fitted to samples, shape (n, 2): the quartiles of each coordinate go to ±1/2."""
        low, middle, high = np.quantile(samples, [0.25, 0.5, 0.75], axis=0)
        scale = (high - low) / 2
        return cls(middle, np.where(scale > 0, scale, 1.0))

    def plane(self, u: Array) -> tuple[Array, Array]:
        """The points x at u, shape (n, 2), and the area that a unit of area at u has there."""
        angle = np.pi / 2 * u
        x = self.middle + self.scale * np.tan(angle)
        area = (self.scale * np.pi / 2 / np.cos(angle) ** 2).prod(axis=1)
        return x, area

    def square(self, x: Array) -> Array:
        """The u of points x."""
        return np.asarray(2 / np.pi * np.arctan((x - self.middle) / self.scale), dtype=np.float64)


def integrate_plane(
    density: Callable[[Array], Array], samples: Array, goal: float, budget: int
) -> Integral:
    """The integral of a density over the plane.

    The plane is mapped to a square, which is first cut at medians of the samples until each cell
    holds 16, so that cells are small where the mass is; then cells with large errors are halved.
    Mass that is far from all samples and narrow may be missed.

    Args:
        density: takes points, shape (n, 2), and returns finite numbers >= 0, shape (n,).
        samples: where mass is, shape (n, 2), finite.
        goal: the error at which to stop.
        budget: of points.
    """
    chart = Chart.around(samples)

    def in_square(u: Array) -> Array:
        x, area = chart.plane(u)
        with np.errstate(all="ignore"):
            return np.nan_to_num(density(x) * area, nan=0.0, posinf=1e300)

    low, high = _cut(chart.square(samples), np.full(2, -1.0), np.full(2, 1.0))
    cells = _measure(in_square, (low + high) / 2, (high - low) / 2)
    spent = len(low) * len(_NODES)
    while cells.error.sum() > goal:
        wide = cells.half.max(axis=1) > _NARROW
        order = np.argsort(np.where(wide, -cells.error, 0.0))
        affordable = (budget - spent) // (2 * len(_NODES))
        count = min(max(32, int(_HALVED * len(order))), affordable, int(wide.sum()))
        if count <= 0:
            break
        chosen, rest = order[:count], order[count:]
        cells = _join(cells.take(rest), _halve(in_square, cells.take(chosen)))
        spent += 2 * count * len(_NODES)
    least = np.maximum(cells.value - cells.error, 0.0).sum()
    return Integral(float(cells.value.sum()), float(cells.error.sum()), float(least), spent)


def _cut(u: Array, low: Array, high: Array) -> tuple[Array, Array]:
    """Cells of at most 16 samples each, cut at medians across the samples' larger extent."""
    extent = np.ptp(u, axis=0) if len(u) else np.zeros(2)
    axis = int(np.argmax(extent))
    if len(u) <= _SAMPLES or extent[axis] <= _NARROW:
        return low[None, :], high[None, :]
    at = float(np.median(u[:, axis]))
    below = u[:, axis] <= at
    if below.all() or not low[axis] < at < high[axis]:
        return low[None, :], high[None, :]
    first_high, second_low = high.copy(), low.copy()
    first_high[axis] = second_low[axis] = at
    one, other = _cut(u[below], low, first_high), _cut(u[~below], second_low, high)
    return np.concatenate((one[0], other[0])), np.concatenate((one[1], other[1]))


def _measure(g: Callable[[Array], Array], middle: Array, half: Array) -> _Cells:
    nodes = middle[:, None, :] + half[:, None, :] * _NODES
    values = g(nodes.reshape(-1, 2)).reshape(len(middle), -1)
    area = 4 * half.prod(axis=1)
    with np.errstate(all="ignore"):
        seven, five = area * (values @ _SEVEN), area * (values @ _FIVE)
        bend = [
            np.abs(
                values[:, i : i + 2].sum(axis=1)
                - 2 * values[:, 0]
                - (_NEAR / _FAR) ** 2 * (values[:, i + 4 : i + 6].sum(axis=1) - 2 * values[:, 0])
            )
            for i in (1, 3)
        ]
        level = np.abs(bend[0] - bend[1]) <= 1e-3 * (bend[0] + bend[1])
        wider = half[:, 1] > half[:, 0]
        axis = np.where(level, wider, bend[1] > bend[0]).astype(np.intp)
        return _Cells(middle, half, seven, np.abs(seven - five), axis)


def _halve(g: Callable[[Array], Array], cells: _Cells) -> _Cells:
    rows = np.arange(len(cells.value))
    half, shift = cells.half.copy(), np.zeros_like(cells.half)
    half[rows, cells.axis] /= 2
    shift[rows, cells.axis] = half[rows, cells.axis]
    middle = np.concatenate((cells.middle - shift, cells.middle + shift))
    made = _measure(g, middle, np.concatenate((half, half)))
    one, other = np.split(made.value, 2)
    changed = _CHANGED * np.abs(one + other - cells.value)
    error = np.maximum(made.error, np.concatenate((changed, changed)))
    return _Cells(made.middle, made.half, made.value, error, made.axis)


def _join(one: _Cells, other: _Cells) -> _Cells:
    return _Cells(
        np.concatenate((one.middle, other.middle)),
        np.concatenate((one.half, other.half)),
        np.concatenate((one.value, other.value)),
        np.concatenate((one.error, other.error)),
        np.concatenate((one.axis, other.axis)),
    )
