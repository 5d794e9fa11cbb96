"""The fold map as a picture: the grid in z, its warped image in x, folds, and the witness."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from matplotlib import patheffects
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from numpy.typing import NDArray

from exercises.figures.fill import count_cover
from exercises.figures.fold_map import FoldMap
from exercises.figures.fold_tints import FLAT, KEPT, PIXELS, REVERSED, sheet_picture, traces
from exercises.figures.fold_words import fold_caption, share_outside
from exercises.figures.layout import LARGE, MEDIUM, percent
from exercises.figures.palette import TEXT
from exercises.figures.plate import Picture, Plate, PlatePanel
from exercises.figures.sheets import Sheets, cut_into_sheets
from exercises.numerics.window import Window
from exercises.oracle import Array

SIZE, SIDE, LEFTS, BOTTOM = (960, 504), 400, (36, 528), 72
#: The grid has lines at these parts of the radius.
_LINES = np.arange(-7, 8) / 8
#: The side of the left panel, in radii.
_ROOM = 1.05


def fold_plate(fold: FoldMap) -> Plate:
    """The figure of a fold map."""
    drawing = _Drawing(fold)
    outside = share_outside(fold)
    half = _ROOM * fold.radius
    return Plate(
        size=SIZE,
        side=SIDE,
        lefts=LEFTS,
        bottom=BOTTOM,
        panels=(
            PlatePanel(
                "z",
                Window((-half, -half), (half, half)),
                drawing.picture_z(),
                drawing.mark_z,
                f"|z| ≤ {drawing.shown:g}",
            ),
            PlatePanel(
                "x = f(z)",
                fold.window,
                drawing.picture_x(),
                drawing.mark_x,
                f"{percent(outside)} outside" if outside >= 0.001 else "",
            ),
        ),
        legend=tuple(drawing.legend()),
        words=fold_caption(fold),
    )


@dataclass
class _Drawing:
    """What is drawn, reckoned once."""

    fold: FoldMap

    @cached_property
    def shown(self) -> float:
        """The radius of the disc that is drawn: as far as all cells are whole."""
        radius = self.fold.radius
        whole = radius - math.sqrt(2) * float(np.diff(self.fold.grid.line).max())
        return math.floor(40 * whole / radius) * radius / 40

    @cached_property
    def sheets(self) -> Sheets:
        """The pieces of the disc."""
        return cut_into_sheets(self.fold.grid, self.shown)

    def picture_z(self) -> Picture:
        """Which way round f is, in z."""
        sheets = self.sheets
        corners = self._unit(sheets.z[sheets.whole])
        label = sheets.label[sheets.whole]
        covers = [count_cover(corners[label == kind], PIXELS) for kind in (1, -1, 0)]
        return sheet_picture(covers[0], covers[1], covers[2] > 0)

    def picture_x(self) -> Picture:
        """The sheets that lie over each other in x."""
        sheets = self.sheets
        corners, label = sheets.x[sheets.whole], sheets.label[sheets.whole]
        covers = [count_cover(corners[label == kind], PIXELS) for kind in (1, -1)]
        return sheet_picture(covers[0], covers[1], traces(corners[label == 0]))

    def mark_z(self, axes: Axes, scale: float) -> None:
        """Grid, folds, and the two inputs of the witness."""
        lines = [z for z, _ in self._curves]
        _add_grid(axes, [self._unit(line) for line in lines], scale)
        _add_folds(axes, self._unit(self.sheets.folds_z), self.sheets.flat_edge, scale)
        if self.fold.shared is None:
            return
        a, b = self._unit(np.array([self.fold.shared.a, self.fold.shared.b]))
        axes.plot(
            *np.stack((a, b)).T,
            color="#000000",
            ls=_DASHES,
            lw=1.4 * scale,
            transform=axes.transAxes,
        )
        away = (a - b) / max(float(np.hypot(*(a - b))), 1e-9)
        for point, name, side in ((a, "a", away), (b, "b", -away)):
            _add_mark(axes, point, name, side, "o", scale)

    def mark_x(self, axes: Axes, scale: float) -> None:
        """The warped grid, folds, and the one output of the witness."""
        _add_grid(axes, [x for _, x in self._curves], scale)
        _add_folds(axes, self.sheets.folds_x, self.sheets.flat_edge, scale)
        if self.fold.shared is None:
            return
        place = self.fold.window.to_unit(np.array([self.fold.shared.x]))[0]
        if ((place >= 0) & (place <= 1)).all():
            side = np.array([0.0, -1.0 if place[1] > 0.9 else 1.0])
            _add_mark(axes, place, "f(a) = f(b)", side, "D", scale)

    def legend(self) -> list[Artist]:
        """What occurs, with its name."""
        label, torn = self.sheets.label, self.sheets.torn
        found: list[Artist] = []
        if (label == 1).any():
            found.append(Patch(fc=KEPT, label="orientation kept"))
        if (label == -1).any():
            found.append(Patch(fc=REVERSED, hatch="////", ec="#9c6a3b", lw=0, label="reversed"))
        if (label == 0).any():
            found.append(Patch(fc=FLAT, label="flattened"))
        if (~self.sheets.flat_edge).any():
            found.append(Line2D([], [], color="#000000", lw=2, label="fold"))
        if torn.any():
            found.append(Patch(fc="#ffffff", ec="#999999", lw=0.6, label="cut: f jumps"))
        if self.fold.shares.missing > 0:
            found.append(Patch(fc="#ffffff", ec="#999999", lw=0.6, label="no finite value"))
        if self.fold.shared is not None:
            found.append(
                Line2D(
                    [],
                    [],
                    color="#000000",
                    ls=_DASHES,
                    lw=1.2,
                    marker="o",
                    mfc="#ffffff",
                    mec="#000000",
                    ms=5,
                    label="two inputs, one output",
                )
            )
        return found

    @cached_property
    def _curves(self) -> list[tuple[Array, Array]]:
        """The lines of the grid in z and in x, cut off where the disc that is drawn ends."""
        curves = []
        for z, x in self.fold.grid.curves(_LINES * self.fold.radius):
            beyond = np.hypot(z[..., 0], z[..., 1]) > self.shown
            curves.append(
                (np.where(beyond[..., None], np.nan, z), np.where(beyond[..., None], np.nan, x))
            )
        return curves

    def _unit(self, z: Array) -> Array:
        unit: Array = (z / (_ROOM * self.fold.radius) + 1) / 2
        return unit


_DASHES = (0, (3.0, 2.0))


def _add_grid(axes: Axes, families: list[Array], scale: float) -> None:
    lines = [line for family in families for line in np.clip(family, -2.0, 3.0)]
    middle = len(_LINES) // 2
    widths = [1.1 if number % len(_LINES) == middle else 0.6 for number in range(len(lines))]
    axes.add_collection(
        LineCollection(
            lines,
            colors=TEXT,
            alpha=0.55,
            linewidths=[width * scale for width in widths],
            transform=axes.transAxes,
            zorder=2,
        ),
        autolim=False,
    )


def _add_folds(axes: Axes, pieces: Array, flat_edge: NDArray[np.bool_], scale: float) -> None:
    """Black lines on white ones along folds, thinner ones around what is flat."""
    near = (np.abs(pieces - 0.5) < 2).all(axis=(1, 2))
    gap = np.full((len(pieces), 1, 2), np.nan)
    broken = np.concatenate((pieces, gap), axis=1)
    strokes = (
        (flat_edge, 1.0, "#000000"),
        (~flat_edge, 3.8, "#ffffff"),
        (~flat_edge, 2.0, "#000000"),
    )
    for kind, width, colour in strokes:
        axes.plot(
            *broken[kind & near].reshape(-1, 2).T,
            color=colour,
            lw=width * scale,
            solid_capstyle="round",
            snap=False,
            transform=axes.transAxes,
            zorder=3,
        )


def _add_mark(axes: Axes, place: Array, name: str, side: Array, marker: str, scale: float) -> None:
    axes.plot(
        *place,
        marker=marker,
        ms=(8 if marker == "o" else 7) * scale,
        mfc="#ffffff",
        mec="#000000",
        mew=1.6 * scale,
        transform=axes.transAxes,
        zorder=5,
        clip_on=False,
    )
    right, left = place[0] > 0.8, place[0] < 0.2
    flat = len(name) > 1
    axes.annotate(
        name,
        (float(place[0]), float(place[1])),
        xycoords="axes fraction",
        xytext=(float(side[0]) * 12 * scale, float(side[1]) * 12 * scale),
        textcoords="offset points",
        ha=("right" if right else "left" if left else "center") if flat else "center",
        va="center",
        fontsize=(MEDIUM if flat else LARGE) * scale,
        fontweight="bold",
        color="#000000",
        path_effects=[patheffects.withStroke(linewidth=3 * scale, foreground="#ffffff")],
        zorder=6,
    )
