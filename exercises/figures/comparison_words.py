"""The comparison in words: where there is too little mass, and where too much."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from exercises.figures.comparison import Comparison
from exercises.figures.description import number_text
from exercises.figures.layout import percent
from exercises.oracle import Array

#: A region whose mass differs by less is not spoken of: twice what noise does to a region.
_LEAST = 0.02
#: And a difference of densities that is smaller, as a share of the peak, neither.
_SMALL = 0.1
#: The distance from the middle is spoken of where it shows so many times more than an axis does.
_BETTER = 1.25


@dataclass(frozen=True, slots=True)
class Region:
    """A region in words, with the mass that the target and yours have in it."""

    #: The coordinate, and the part of its cells.
    name: str
    start: int
    end: int
    words: str
    target: float
    yours: float

    @property
    def excess(self) -> float:
        """How much more mass yours has."""
        return self.yours - self.target

    def is_rest_of(self, other: Region) -> bool:
        """Whether the two are both sides of one cut, or a band and what lies around it."""
        beside = self.start == other.end or self.end == other.start
        return self.name == other.name and beside and min(self.start, other.start) == 0


def comparison_alt_text(comparison: Comparison) -> str:
    """The finding of the figure as plain text."""
    return (
        "Three panels on the same axes: the target's density, that of x = f(z) estimated from "
        f"{comparison.samples:,} samples, and their difference. {' '.join(findings(comparison))}"
    )


def findings(comparison: Comparison) -> Iterator[str]:
    """Sentences on where mass is missing, where it is too much, and what is not shown."""
    least = most = None
    regions = list(_regions(comparison)) if comparison.shown else []
    if regions:
        least = min(regions, key=lambda region: region.excess)
        most = max(regions, key=lambda region: region.excess)
    lost = 1 - comparison.shown / comparison.samples
    if least and least.excess < -_LEAST:
        yield f"Too little where {least.words}: {_masses(least)}."
    if least and most and most.is_rest_of(least) and least.excess < -_LEAST:
        yield "Beyond that there is too much."
    elif most and most.excess > _LEAST:
        yield f"Too much where {most.words}: {_masses(most)}."
    if all(abs(region.excess) <= _LEAST for region in (least, most) if region) and lost <= _LEAST:
        if np.abs(comparison.beyond_noise).max() > _SMALL * comparison.peaks[0]:
            yield "They differ in places, but no large region has too little or too much."
        else:
            yield "They differ by no more than samples do by chance."
    if lost > 0.001:
        yield f"{percent(lost)} of your samples lie outside the axes or are not finite."


def _masses(region: Region) -> str:
    target, yours = (percent(round(share, 2)) for share in (region.target, region.yours))
    return f"the target has {target} of its mass there, yours {yours}"


def _regions(comparison: Comparison) -> Iterator[Region]:
    """Along each axis, and by the distance from the middle, where yours has most and least."""
    target, yours = (density / density.size for density in comparison.densities)
    (x0, y0), (x1, y1) = comparison.window.lo, comparison.window.hi
    cells = len(target)
    best = 0.0
    for axis, name, lo, hi in ((0, "x₁", x0, x1), (1, "x₂", y0, y1)):
        edges = lo * (1 - np.arange(cells + 1) / cells) + hi * (np.arange(cells + 1) / cells)
        for region in _intervals(target.sum(axis=axis), yours.sum(axis=axis), edges, name):
            best = max(best, abs(region.excess))
            yield region
    for region in _rings(comparison, target, yours):
        if abs(region.excess) > _BETTER * best:
            yield region


def _rings(comparison: Comparison, target: Array, yours: Array) -> Iterator[Region]:
    """Rings about the middle of the target's mass."""
    (x0, y0), (x1, y1) = comparison.window.lo, comparison.window.hi
    cells = len(target)
    middles = (np.arange(cells) + 0.5) / cells
    total = target.sum()
    if total == 0:
        return
    across = x0 + (x1 - x0) * middles
    along = y0 + (y1 - y0) * middles
    centre = (across @ target.sum(axis=0) / total, along @ target.sum(axis=1) / total)
    distance = np.hypot(across - centre[0], (along - centre[1])[:, None])
    if not np.isfinite(distance).all():
        return
    edges = np.linspace(0, float(distance.max()), cells + 1)
    which = np.minimum((distance / edges[-1] * cells).astype(np.intp), cells - 1).ravel()
    sums = [
        np.asarray(np.bincount(which, mass.ravel(), cells), dtype=np.float64)
        for mass in (target, yours)
    ]
    extent = ((x1 - x0) / 2, (y1 - y0) / 2)
    place = ", ".join(
        plain_number(float(value), size) for value, size in zip(centre, extent, strict=True)
    )
    name = f"|x − ({place})|"
    yield from _intervals(sums[0], sums[1], edges, name)


def _intervals(target: Array, yours: Array, edges: Array, name: str) -> Iterator[Region]:
    """The interval with the most missing, and that with the most too much (J. Kadane's scan)."""
    heap = np.concatenate(([0.0], np.cumsum(yours - target)))
    for rising in (heap, -heap):
        lowest = np.minimum.accumulate(rising)
        end = int(np.argmax(rising - lowest))
        start = int(np.argmin(rising[: end + 1]))
        if end > start:
            words = _between(edges, start, end, name)
            yield Region(
                name,
                start,
                end,
                words,
                float(target[start:end].sum()),
                float(yours[start:end].sum()),
            )


def _between(edges: Array, start: int, end: int, name: str) -> str:
    size = float(edges[-1] - edges[0]) / 2
    low, high = (plain_number(float(edges[k]), size) for k in (start, end))
    if start == 0 and end == len(edges) - 1:
        return "the whole window"
    if start == 0:
        return f"{name} < {high}"
    if end == len(edges) - 1:
        return f"{name} > {low}"
    return f"{low} < {name} < {high}"


def plain_number(value: float, size: float) -> str:
    """A number to a tenth of `size` or less, which is what an eye reads from an axis."""
    step = 10.0 ** np.floor(np.log10(size / 10))
    text = number_text(float(np.round(value / step) * step), size)
    return text.rstrip("0").rstrip(".") if "." in text and "e" not in text else text
