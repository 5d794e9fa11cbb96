"""Density two ways: p(x) from samples beside p(x) by the change of variables, for invertible f."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray
from scipy.ndimage import map_coordinates

from exercises.figures.description import place_text
from exercises.figures.edges import AXES, slopes
from exercises.figures.fill import fill_values
from exercises.figures.fold_map import FoldMap
from exercises.figures.layout import BOTTOM, DPI, LEFTS, SIDE, SIZE, percent
from exercises.figures.palette import PALETTE
from exercises.figures.panels import CELLS, FULL_INK, DensityPanels, Panel, ink_of
from exercises.figures.plate import Picture, Plate, PlatePanel
from exercises.figures.raster import panel_pixels
from exercises.figures.sheets import whole_triangles
from exercises.numerics.kde import BANDWIDTH_FLOOR, density_on_grid
from exercises.oracle import Array

Plane = NDArray[np.float32]

#: Beyond so many times the estimate's peak the formula's density is drawn as dark as it gets.
_PEAKS = 1.5
#: Blurring explains the difference when it leaves at most this share of it.
_EXPLAINED = 0.5
#: Up to this share of the peak two densities are said to agree.
_ALIKE = 0.2
_ENLARGE = 4


@dataclass(frozen=True, eq=False)
class TwoWays:
    """The two densities, per unit of area of the window that both are shown on."""

    panel: Panel
    fold: FoldMap

    @cached_property
    def estimate(self) -> Array:
        """From the samples, shape (CELLS, CELLS): ink is the root of it."""
        square = (self.panel.ink.astype(np.float64) / FULL_INK) ** 2
        total = square.sum()
        shown = 1 - self.panel.share_outside
        density: Array = square * (shown * CELLS**2 / total) if total > 0 else square
        return density

    @cached_property
    def places(self) -> Array:
        """Where f sends the nodes of the grid, in units of the window, shape (k, k, 2)."""
        images = self.fold.grid.images
        flat = self.fold.window.from_unit(images.reshape(-1, 2))
        return self.panel.window.to_unit(flat).reshape(images.shape)

    @cached_property
    def formula(self) -> Array:
        """N(z) / |det J(z)| at the nodes, shape (k, k); NaN where J is not known."""
        line = self.fold.grid.line
        with np.errstate(all="ignore"):
            first, second = (slopes(self.places, self.fold.grid.nodes, step) for step in AXES)
            area = np.abs(first[..., 0] * second[..., 1] - first[..., 1] * second[..., 0])
            gaussian = np.exp(-(line[:, None] ** 2 + line**2) / 2) / (2 * math.pi)
            density: Array = gaussian / area
        return np.where(np.isfinite(density), density, np.nan)

    @cached_property
    def pushed(self) -> Array:
        """The formula's density at the middles of the window's cells, shape (CELLS, CELLS)."""
        corners = whole_triangles(self.fold.grid)
        values = self.formula[corners[..., 0], corners[..., 1]]
        places = self.places[corners[..., 0], corners[..., 1]]
        known = np.isfinite(values).all(axis=1) & np.isfinite(places).all(axis=(1, 2))
        return fill_values(places[known], values[known], CELLS)

    @cached_property
    def difference(self) -> tuple[float, float, tuple[float, float]]:
        """The largest difference at the nodes' images, as a share of the estimate's peak.

        Also the largest after the formula is blurred by the estimate's kernel; and where in x the
        first of the two is.
        """
        peak = float(self.estimate.max())
        known = np.isfinite(self.formula) & np.isfinite(self.places).all(axis=2)
        known &= ((self.places >= 0) & (self.places <= 1)).all(axis=2)
        if peak == 0 or not known.any():
            return math.inf, math.inf, (math.nan, math.nan)
        places = self.places[known]
        index = (places[:, ::-1] * CELLS - 0.5).T
        here = map_coordinates(self.estimate, index, order=1, mode="nearest")
        off = np.abs(here - self.formula[known])
        worst = int(np.argmax(off))
        blurred = map_coordinates(self._blurred(), index, order=1, mode="nearest")
        (x1, x2) = self.panel.window.from_unit(places[worst : worst + 1])[0].tolist()
        return float(off[worst]) / peak, float(np.abs(here - blurred).max()) / peak, (x1, x2)

    def _blurred(self) -> Plane:
        """The law that f pushes forward, blurred as the samples' estimate is."""
        sent = np.isfinite(self.places).all(axis=2)
        return density_on_grid(self.places[sent], self._bandwidth(), CELLS, self.fold.weights[sent])

    def _bandwidth(self) -> Array:
        """The kernel's covariance: the estimate's own is (1 + n^(-1/3)) times the samples'."""
        middles = (np.arange(CELLS) + 0.5) / CELLS
        weight = self.estimate / self.estimate.sum()
        mean = np.array([weight.sum(axis=0) @ middles, weight.sum(axis=1) @ middles])
        across, along = middles - mean[0], middles - mean[1]
        both = float(along @ weight @ across)
        covariance = np.array(
            [
                [weight.sum(axis=0) @ across**2, both],
                [both, weight.sum(axis=1) @ along**2],
            ]
        )
        shown = max(self.panel.summary.finite - self.panel.summary.outside, 1)
        factor = shown ** (-1 / 3)
        kernel = covariance * (factor / (1 + factor))
        variances, directions = np.linalg.eigh(kernel)
        bandwidth: Array = (directions * np.maximum(variances, BANDWIDTH_FLOOR**2)) @ directions.T
        return bandwidth


def two_ways(panels: DensityPanels, fold: FoldMap) -> TwoWays:
    """p(x) as the samples show it, and as the change of variables foretells it.

    For f that is one-to-one p(x) = N(z) / |det J(z)| at x = f(z). J is taken from the grid of the
    fold map, by central differences of second order.
    """
    return TwoWays(panels.x, fold)


def two_ways_alt_text(ways: TwoWays) -> str:
    """The finding of the figure as plain text."""
    return (
        "The density p(x) two ways, on the same axes. Left: estimated from "
        f"{ways.panel.summary.samples:,} samples. Right: by the change of variables, N(z) divided "
        f"by |det J(z)| at x = f(z). {' '.join(_findings(ways, placed=True))}"
    )


def two_ways_plate(ways: TwoWays) -> Plate:
    """The figure."""
    left, right = ways.estimate, ways.pushed
    peak = float(max(left.max(), min(right.max(), _PEAKS * left.max())))
    titles = ("p(x) from samples", "N(z) / |det J(z)| at x = f(z)")
    return Plate(
        size=(round(SIZE[0] * DPI), round(SIZE[1] * DPI)),
        side=SIDE,
        lefts=LEFTS,
        bottom=BOTTOM,
        panels=tuple(
            PlatePanel(title, ways.panel.window, density_picture(density, peak), no_marks, words)
            for title, density, words in zip(
                titles, (left, right), (_note(ways.panel), ""), strict=True
            )
        ),
        legend=(),
        words=" ".join(list(_findings(ways, placed=False))[:2]),
    )


def _note(panel: Panel) -> str:
    """What is not shown; the title leaves room for a few words only."""
    return f"{percent(panel.share_outside)} outside" if panel.share_outside >= 0.001 else ""


def density_picture(density: Array | Plane, peak: float) -> Picture:
    """A density as a panel of the density figure shows it, `peak` being the darkest."""
    return Picture(np.ascontiguousarray(panel_pixels(ink_of(density, peak), _ENLARGE)), PALETTE)


def no_marks(axes: Axes, scale: float) -> None:
    """Nothing is drawn on the picture."""


def _findings(ways: TwoWays, *, placed: bool) -> Iterator[str]:
    plain, blurred, place = ways.difference
    if not math.isfinite(plain):
        yield "There is nothing to compare inside the axes."
        return
    (a, b), (c, d) = ways.panel.window.lo, ways.panel.window.hi
    where = f", near {place_text(place, (0.5 * c - 0.5 * a, 0.5 * d - 0.5 * b))}" if placed else ""
    if plain <= _ALIKE:
        yield f"They agree within {_share(plain)} of the peak{where}."
    else:
        much = "more than the peak" if plain > 1 else f"up to {_share(plain)} of the peak"
        yield f"They differ by {much}{where}."
    if blurred < _EXPLAINED * plain:
        yield (
            "The estimate is blurred by its kernel: with the same blur on both they agree within "
            f"{_share(blurred)}."
        )
    if ways.fold.grid.is_torn:
        yield "Where f jumps the right one has a gap."


def _share(value: float) -> str:
    return percent(max(0.01, round(value, 2)))
