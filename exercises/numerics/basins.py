"""Basins of a density on a grid: which of its peaks each node belongs to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Density = NDArray[np.float32]
Index = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Basins:
    """The peaks that count, and what belongs to each."""

    #: Shape (cells · cells,): for every node, the peak that steepest ascent leads to.
    peaks: Index
    #: By the node of each peak that counts, that peak and those that it took.
    taken: dict[int, list[int]]


def basins(density: Density, least: float, is_one: Callable[[float, float], bool]) -> Basins:
    """Join the peaks of a density that are one.

    Every node climbs to a peak, and two neighbouring peaks meet at their highest pass: persistence
    of superlevel sets (Edelsbrunner, Letscher and Zomorodian, DCG 28 (2002)).

    Args:
        density: shape (cells, cells), never negative.
        least: peaks below this height are not looked at.
        is_one: whether a peak of the first height is one with a higher one over a pass of the
            second.
    """
    peaks = _climb(density)
    return Basins(peaks, _merge(density.ravel(), peaks, len(density), least, is_one))


def _climb(density: Density) -> Index:
    """For every node (flat), the peak that steepest ascent over its eight neighbours leads to."""
    cells = len(density)
    padded = np.pad(density, 1, constant_values=-1.0)
    best = density.copy()
    steps = np.zeros((cells, cells), dtype=np.intp)
    for j in (-1, 0, 1):
        for i in (-1, 0, 1):
            neighbour = padded[1 + j : 1 + j + cells, 1 + i : 1 + i + cells]
            higher = neighbour > best
            np.copyto(best, neighbour, where=higher)
            np.copyto(steps, j * cells + i, where=higher)
    target: Index = np.arange(cells * cells) + steps.ravel()
    while True:
        further = target[target]
        if np.array_equal(further, target):
            return target
        target = further


def _merge(
    values: Density, peaks: Index, cells: int, least: float, is_one: Callable[[float, float], bool]
) -> dict[int, list[int]]:
    """Join peaks over their passes, the highest pass first; survivors with the peaks they took."""
    parent: dict[int, int] = {}
    taken: dict[int, list[int]] = {}

    def root(peak: int) -> int:
        while parent.setdefault(peak, peak) != peak:
            peak = parent[peak]
        return peak

    for pass_height, left, right in _passes(values, peaks, cells, least):
        high, low = root(left), root(right)
        if (values[high], high) < (values[low], low):
            high, low = low, high
        if high != low and is_one(float(values[low]), pass_height):
            parent[low] = high
    for peak in np.unique(peaks[values >= least]).tolist():
        taken.setdefault(root(peak), []).append(peak)
    return taken


def _passes(
    values: Density, peaks: Index, cells: int, least: float
) -> list[tuple[float, int, int]]:
    """The highest pass between each two peaks whose slopes touch, from the highest down."""
    nodes = np.arange(cells * cells).reshape(cells, cells)
    here = np.concatenate([nodes[:, :-1].ravel(), nodes[:-1].ravel()])
    there = np.concatenate([nodes[:, 1:].ravel(), nodes[1:].ravel()])
    border = peaks[here] != peaks[there]
    here, there = here[border], there[border]
    heights = np.minimum(values[here], values[there])
    high = heights >= least
    heights, here, there = heights[high], peaks[here[high]], peaks[there[high]]
    best: dict[tuple[int, int], float] = {}
    for height, a, b in zip(heights.tolist(), here.tolist(), there.tolist(), strict=True):
        key = (min(a, b), max(a, b))
        best[key] = max(best.get(key, 0.0), height)
    return sorted(((height, a, b) for (a, b), height in best.items()), reverse=True)
