"""Filling: which pixels triangles cover, how often, and with what value."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from exercises.oracle import Array

Counts = NDArray[np.int32]
Index = NDArray[np.intp]

#: Rows of triangles, and pixels, that are worked on at a time: a bound on memory.
_ROWS, _PIXELS = 400_000, 1_000_000


@dataclass(frozen=True, slots=True)
class _Runs:
    """Runs of pixels, one for each row of each triangle; the end is not part of a run."""

    triangle: Index
    row: Index
    start: Index
    end: Index

    def part(self, index: Index) -> _Runs:
        """The runs of `index`."""
        return _Runs(self.triangle[index], self.row[index], self.start[index], self.end[index])


def count_cover(corners: Array, size: int) -> Counts:
    """How many of the triangles cover the middle of each pixel.

    Two triangles with a common edge leave no gap along it and share no pixel, so a sheet of
    triangles counts once wherever it does not lie over itself.

    Args:
        corners: shape (m, 3, 2), finite, in a square from 0 to 1.
        size: pixels along each side.

    Returns:
        Shape (size, size), from the lowest second coordinate.
    """
    steps = np.zeros(size * (size + 1), np.int64)
    for runs in _runs(corners * size, size):
        steps += np.bincount(runs.row * (size + 1) + runs.start, minlength=len(steps))
        steps -= np.bincount(runs.row * (size + 1) + runs.end, minlength=len(steps))
    cover: Counts = steps.reshape(size, size + 1).cumsum(axis=1)[:, :-1].astype(np.int32)
    return cover


def fill_values(corners: Array, values: Array, size: int) -> Array:
    """The sum over the triangles of values that are linear on each, at the middles of pixels.

    Args:
        corners: shape (m, 3, 2), finite, in a square from 0 to 1.
        values: shape (m, 3), at the corners.
        size: pixels along each side.

    Returns:
        Shape (size, size), from the lowest second coordinate; 0 where no triangle is.
    """
    total = np.zeros(size * size)
    places = corners * size
    for runs in _runs(places, size):
        ends = np.cumsum(runs.end - runs.start)
        for index in _blocks(ends, _PIXELS):
            _add_values(total, places, values, runs.part(index), size)
    return total.reshape(size, size)


def _add_values(total: Array, places: Array, values: Array, runs: _Runs, size: int) -> None:
    length = runs.end - runs.start
    which = np.repeat(runs.triangle, length)
    row = np.repeat(runs.row, length)
    first = np.repeat(np.cumsum(length) - length, length)
    column = np.repeat(runs.start, length) + np.arange(len(which)) - first
    origin, one, two = (places[:, corner] for corner in range(3))
    u, v = one - origin, two - origin
    area = u[:, 0] * v[:, 1] - u[:, 1] * v[:, 0]
    area = np.where(area == 0, 1.0, area)[which]
    across, along = column + 0.5 - origin[which, 0], row + 0.5 - origin[which, 1]
    share_one = (across * v[which, 1] - along * v[which, 0]) / area
    share_two = (along * u[which, 0] - across * u[which, 1]) / area
    start = values[which, 0]
    value = start + share_one * (values[which, 1] - start) + share_two * (values[which, 2] - start)
    total += np.bincount(row * size + column, value, len(total))


def _runs(places: Array, size: int) -> Iterator[_Runs]:
    """The runs of pixels whose middles lie in each triangle, corners in pixels."""
    lo, hi = places.min(axis=1), places.max(axis=1)
    seen = np.flatnonzero(((hi > 0) & (lo < size)).all(axis=1))
    order = np.argsort(places[seen, :, 1], axis=1, kind="stable")
    ordered = np.take_along_axis(places[seen], order[:, :, None], axis=1)
    first = np.clip(np.ceil(ordered[:, 0, 1] - 0.5), 0, size).astype(np.intp)
    beyond = np.clip(np.ceil(ordered[:, 2, 1] - 0.5), 0, size).astype(np.intp)
    for index in _blocks(np.cumsum(beyond - first), _ROWS):
        height = (beyond - first)[index]
        local = np.repeat(index, height)
        before = np.repeat(np.cumsum(height) - height, height)
        row = first[local] + np.arange(len(local)) - before
        start, end = _crossings(ordered, local, row + 0.5, size)
        full = np.flatnonzero(end > start)
        yield _Runs(seen[local[full]], row[full], start[full], end[full])


def _crossings(ordered: Array, which: Index, height: Array, size: int) -> tuple[Index, Index]:
    """Where a row at `height` enters and leaves each triangle, its corners ordered by height."""
    low, middle, high = (ordered[which, corner] for corner in range(3))
    below = height < middle[:, 1]
    # Each edge is reckoned from its lower end, so both its triangles find the same place.
    one = _cross(low, high, height)
    two = np.where(below, _cross(low, middle, height), _cross(middle, high, height))
    start = np.ceil(np.clip(np.minimum(one, two) - 0.5, 0, size))
    end = np.ceil(np.clip(np.maximum(one, two) - 0.5, 0, size))
    return start.astype(np.intp), end.astype(np.intp)


def _cross(low: Array, high: Array, height: Array) -> Array:
    rise = high[:, 1] - low[:, 1]
    share = (height - low[:, 1]) / np.where(rise > 0, rise, 1.0)
    place: Array = low[:, 0] + share * (high[:, 0] - low[:, 0])
    return place


def _blocks(ends: Index, most: int) -> Iterator[Index]:
    """Cut 0 … n − 1 into blocks over which the sum that `ends` counts grows by about `most`."""
    start = 0
    while start < len(ends):
        before = int(ends[start - 1]) if start else 0
        stop = max(start + 1, int(np.searchsorted(ends, before + most, side="right")))
        yield np.arange(start, stop)
        start = stop
