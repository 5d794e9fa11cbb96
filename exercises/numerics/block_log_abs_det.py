"""log |det J| of a black box in many dimensions, where its Jacobian has a structure to be used."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from exercises.numerics.log_abs_det import LogAbsDet
from exercises.numerics.precision import Ask, measure_precision
from exercises.oracle import Array

Index = NDArray[np.intp]

#: Points at which a diagonal is looked for before all of them are asked.
_LOOK = 8
#: Numbers in the questions of one block of columns.
_BLOCK = 2**20
#: From so many dimensions on a Jacobian is kept in float32: 64 MB for an image of 64 x 64.
_LONG = 1_025
#: The largest block whose determinant is worked out as a whole.
LARGEST_BLOCK = 1_024
#: An entry of J below this share of the largest of its column is none.
_NONE = 1e-12


@dataclass(frozen=True, slots=True)
class Layout:
    """Which outputs are inputs passed on, and which outputs and inputs are left, in their order."""

    #: Outputs and inputs that are left, of one length.
    outputs: Index
    inputs: Index
    #: How many inputs are passed on to some output.
    passed: int


def find_layout(z: Array, x: Array) -> Layout:
    """The coordinates that are passed on unchanged, perhaps to another place, at all of z.

    Args:
        z: shape (n, d), no two numbers of a row equal.
        x: shape (n, d), f at z; float32's of z count as unchanged.
    """
    d = z.shape[1]
    order = np.argsort(z[0])
    first = np.searchsorted(z[0][order], x[0] - 1e-6 * (1 + np.abs(x[0])))
    source = np.full(d, -1)
    for offset in range(3):  # the neighbours of a float32, should it lie beside another number
        candidate = order[np.minimum(first + offset, d - 1)]
        fits = passes(z[:, candidate], x) & (source < 0)
        source[fits] = candidate[fits]
    # An input that was copied to two places is passed on once.
    inputs_passed, outputs_passed = np.unique(source, return_index=True)
    outputs_passed = outputs_passed[inputs_passed >= 0]
    inputs = np.setdiff1d(np.arange(d), source)
    return Layout(np.setdiff1d(np.arange(d), outputs_passed), inputs, d - len(inputs))


def passes(z: Array, x: Array) -> NDArray[np.bool_]:
    """For each column whether x is z at every point, bit for bit or as float32; both (n, d)."""
    with np.errstate(over="ignore"):
        same = (x == z).all(axis=0) | (x == z.astype(np.float32)).all(axis=0)
    return np.asarray(same, dtype=np.bool_)


def structured_log_abs_det(
    f: Ask, z: Array, rng: np.random.Generator, budget: int
) -> LogAbsDet | None:
    """log |det J| at the first of z, as many as the budget allows; None without a structure.

    Inputs that are passed on leave the determinant of the other outputs by the other inputs. If
    that is a diagonal matrix, one difference along random signs tells all of it: 8 questions a
    point. Else its columns are asked one by one: a triangular matrix in any order of the
    coordinates, known or not, falls apart into blocks of one (the strong components of its graph),
    and any other into larger ones, each of which is worked out up to 1,024 dimensions.

    Args:
        f: the black box, shape (n, d) to (n, d).
        z: shape (n, d), n at least 8.
        rng: for the directions.
        budget: of questions; a single point may take more.
    """
    x = f(z)
    whole = np.isfinite(x).all(axis=1)
    z, x = z[whole], x[whole]
    if len(z) < _LOOK:
        return None
    precision = measure_precision(f, z[: 2 * _LOOK], rng)
    layout = find_layout(z, x)
    if not len(layout.inputs):
        zero = np.zeros(len(z))
        return LogAbsDet(zero, zero, None, zero, zero, "every coordinate is passed on")
    first = _diagonal(f, z[:_LOOK], x[:_LOOK], layout, precision, rng)
    if first is not None:
        count = max(_LOOK, min(len(z), budget // 8))
        rest = _diagonal(f, z[:count], x[:count], layout, precision, rng)
        if rest is not None:
            return rest
    count = max(1, min(len(z), budget // (2 * len(layout.inputs))))
    return _by_columns(f, z[:count], x[:count], layout, precision)


def _diagonal(
    f: Ask, z: Array, x: Array, layout: Layout, precision: float, rng: np.random.Generator
) -> LogAbsDet | None:
    """For outputs that each depend on the one input in their place; None if they do not.

    Along two random vectors of signs v the slopes J v / v must agree. If output i depends on
    another input too, they differ at a point with probability at least 1/2 for each of the two, so
    that it is missed at all of n points with probability at most 2⁻ⁿ.
    """
    h = float(precision**0.2)
    one, other = rng.choice((-1.0, 1.0), size=(2, len(z), len(layout.inputs)))
    short, wide, widest = (_along(f, z, one, k * h, layout) for k in (1, 2, 4))
    check = _along(f, z, other, h, layout)
    noise = 4 * precision * np.abs(x[:, layout.outputs]) / h
    with np.errstate(all="ignore"):
        allowed = 1e-7 * np.abs(short) + 10 * noise
        if not (np.abs(short - check) <= allowed).all(axis=1).mean() >= 0.9:
            return None
        sharp = (4 * short - wide) / 3
        logs = np.log(np.abs(sharp))
        values = logs.sum(axis=1)
        # Richardson's extrapolation over twice the step is off by sixteen times as much.
        truncation = np.abs(logs - np.log(np.abs((4 * wide - widest) / 3))).sum(axis=1)
        rounding = np.linalg.norm(noise / np.abs(sharp), axis=1)
        torn = (np.abs(short - check) > allowed).any(axis=1)
        signs = np.sign(sharp).prod(axis=1) if not layout.passed else None
        blur = (precision * np.abs(x[:, layout.outputs]) / np.abs(sharp)).max(axis=1)
    errors = np.where(np.isfinite(values) & ~torn, truncation + rounding, np.inf)
    said = "a diagonal Jacobian" if not layout.passed else "passing coordinates and a diagonal"
    return LogAbsDet(values, errors, signs, values, blur, said)


def _along(f: Ask, z: Array, signs: Array, h: float, layout: Layout) -> Array:
    """J v / v for the inputs that are left, by central differences; shape (n, outputs left)."""
    step = np.zeros_like(z)
    step[:, layout.inputs] = h * signs
    ahead, behind = z + step, z - step
    difference = f(ahead)[:, layout.outputs] - f(behind)[:, layout.outputs]
    return np.asarray(difference / (ahead - behind)[:, layout.inputs], dtype=np.float64)


def _by_columns(f: Ask, z: Array, x: Array, layout: Layout, precision: float) -> LogAbsDet | None:
    """From the columns of J, by its blocks; None where one is too large."""
    h = float(precision ** (1 / 3))
    found = []
    for point, value in zip(z, x[:, layout.outputs], strict=True):
        jacobian = _columns(f, point, h, layout)
        if not np.isfinite(jacobian).all():
            found.append((np.nan, np.inf))
            continue
        blocks = list(_blocks(jacobian))
        if max(len(block) for block in blocks) > LARGEST_BLOCK:
            return None
        noise = 2 * precision * np.abs(value) / h
        found.append(_of_blocks(jacobian, blocks, noise, h))
    values, errors = np.array(found).T
    return LogAbsDet(values, errors, None, None, None, "the columns of the Jacobian, by blocks")


def _columns(f: Ask, point: Array, h: float, layout: Layout) -> NDArray[np.floating]:
    """The Jacobian of what is left at one point, shape (outputs left, inputs left)."""
    size, d = len(layout.inputs), len(point)
    kind = np.float32 if size >= _LONG else np.float64
    jacobian = np.empty((size, size), dtype=kind)
    rows = max(1, _BLOCK // (2 * d))
    for start in range(0, size, rows):
        some = layout.inputs[start : start + rows]
        asked = np.tile(point, (2, len(some), 1))
        asked[0, np.arange(len(some)), some] += h
        asked[1, np.arange(len(some)), some] -= h
        apart = (asked[0] - asked[1])[np.arange(len(some)), some]
        ahead, behind = f(asked.reshape(-1, d))[:, layout.outputs].reshape(2, len(some), size)
        jacobian[:, start : start + rows] = ((ahead - behind) / apart[:, None]).T
    return jacobian


def _blocks(jacobian: NDArray[np.floating]) -> Iterator[Index]:
    """The diagonal blocks of J after one reordering of rows and columns: strong components."""
    size = np.abs(jacobian)
    graph = csr_array(size > _NONE * np.maximum(size.max(axis=0), 1e-290))
    count, label = connected_components(graph, directed=True, connection="strong")
    order = np.argsort(label, kind="stable")
    ends = np.searchsorted(label[order], np.arange(count + 1))
    for start, end in pairwise(ends):
        yield order[start:end]


def _of_blocks(
    jacobian: NDArray[np.floating], blocks: list[Index], noise: Array, h: float
) -> tuple[float, float]:
    """The sum of the blocks' log |det| and its error, to first order in the noise of slopes."""
    total, square = 0.0, 0.0
    single = np.array([block[0] for block in blocks if len(block) == 1], dtype=np.intp)
    with np.errstate(all="ignore"):
        slopes = np.abs(jacobian[single, single].astype(np.float64))
        total += float(np.log(slopes).sum())
        square += float(((noise[single] / slopes) ** 2).sum())
        for block in blocks:
            if len(block) == 1:
                continue
            part = jacobian[np.ix_(block, block)].astype(np.float64)
            total += float(np.linalg.slogdet(part)[1])
            if np.isfinite(total):
                square += float((np.linalg.inv(part).T ** 2 * noise[block][:, None] ** 2).sum())
    # Truncation is of order h² of a slope each; a Jacobian in float32 is rounded besides.
    unit = h * h + (2.0**-24 if jacobian.dtype == np.float32 else 0.0)
    error = square**0.5 + unit * len(jacobian) ** 0.5
    return (total, error) if np.isfinite(total) and np.isfinite(error) else (total, np.inf)
