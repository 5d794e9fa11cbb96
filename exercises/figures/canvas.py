"""The canvas that PNGs are drawn on: one warm figure for each process, used again and again."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axis import Axis
from matplotlib.backend_bases import RendererBase
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from numpy.typing import NDArray

from exercises.figures.layout import (
    BOTTOM,
    DPI,
    HEIGHT,
    LEFTS,
    SIDE,
    SIZE,
    caption_of,
    dress,
    lay_out,
    look,
)
from exercises.figures.palette import INDEX_OF_GREY
from exercises.figures.panels import DensityPanels
from exercises.figures.png import encode
from exercises.figures.raster import panel_pixels

Pixels = NDArray[np.uint8]


class Canvas:
    """Draws density figures as PNG, each as if it were the first.

    matplotlib draws the words and the axes, all in greys. What rarely changes (everything but
    the ticks of p(x) and the notes) is drawn once and laid down again, and the densities are set
    in as palette indices. So a figure takes milliseconds, and its file is small.
    """

    def __init__(self) -> None:
        with look():
            self._figure = Figure(SIZE, dpi=DPI, facecolor="white")
            # matplotlib gives its canvases no types.
            self._agg: Any = FigureCanvasAgg(self._figure)
            self._layout = lay_out(self._figure)
        x_axes = self._layout.axes[1]
        self._moving: list[Artist] = [x_axes.xaxis, x_axes.yaxis, *self._layout.notes]
        for artist in self._moving:
            artist.set_animated(True)
        self._caption: str | None = None

    def png(self, panels: DensityPanels) -> bytes:
        """Draw one figure of WIDTH × HEIGHT pixels; safe to call from any thread."""
        with look():
            greys = self._draw_words(panels)
            indices = INDEX_OF_GREY[greys]
        top = HEIGHT - BOTTOM - SIDE
        for panel, left in zip((panels.z, panels.x), LEFTS, strict=True):
            # The frame's upper and left lines lie inside the square, the other two outside.
            inside = (slice(top + 1, top + SIDE), slice(left + 1, left + SIDE))
            indices[inside] = panel_pixels(panel.ink)[1:, 1:]
        return encode(indices, DPI)

    def _draw_words(self, panels: DensityPanels) -> Pixels:
        caption = caption_of(panels)
        dress(self._layout, panels, caption)
        if caption != self._caption:
            self._agg.draw()
            self._still = self._agg.copy_from_bbox(self._figure.bbox)
            self._caption = caption
        self._agg.restore_region(self._still)
        renderer = self._agg.get_renderer()
        for artist in self._moving:
            if isinstance(artist, Axis):
                _draw_axis(artist, renderer)
            else:
                artist.draw(renderer)
        greys: Pixels = np.asarray(self._agg.buffer_rgba())[:, :, 0]
        return greys


@cache
def canvas() -> Canvas:
    """This process' canvas; the first call takes a few tenths of a second."""
    return Canvas()


def _draw_axis(axis: Axis, renderer: RendererBase) -> None:
    """Draw ticks and their labels, without the search for room that a whole draw makes."""
    formatter = axis.get_major_formatter()
    places = axis.get_majorticklocs().tolist()
    labels = formatter.format_ticks(places)
    if formatter.get_offset():
        # The offset's place depends on the labels' sizes; matplotlib knows how.
        axis.draw(renderer)
        return
    lo, hi = axis.get_view_interval()
    for tick, place, label in zip(axis.get_major_ticks(len(places)), places, labels, strict=True):
        if lo <= place <= hi:
            tick.update_position(place)
            tick.label1.set_text(label)
            tick.draw(renderer)
