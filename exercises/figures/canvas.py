"""The canvas that PNGs are drawn on: one warm figure for each process, used again and again."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial
from typing import Any

import numpy as np
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
from exercises.figures.stamps import Stamps, cut_out

Pixels = NDArray[np.uint8]

#: The pixel along an axis at which ticks are drawn to be stamped, and a little more, so that
#: rounding in matplotlib's transforms cannot turn a letter's place to the next 1/64 of a pixel.
_MIDDLE = SIDE // 2
_OFF_TIES = 0.004


class Canvas:
    """Draws density figures as PNG, each as if it were the first.

    matplotlib draws the words and the axes, all in greys. What rarely changes (everything but
    the ticks of p(x) and the notes) is drawn once and laid down again, each tick with its number
    is drawn once and stamped wherever it belongs, to the nearest pixel, and the densities are set
    in as palette indices. So a figure takes milliseconds, and its file is small.
    """

    def __init__(self) -> None:
        with look():
            self._figure = Figure(SIZE, dpi=DPI, facecolor="white")
            # matplotlib gives its canvases no types.
            self._agg: Any = FigureCanvasAgg(self._figure)
            self._layout = lay_out(self._figure)
        x_axes = self._layout.axes[1]
        self._axes: dict[str, Axis] = {"across": x_axes.xaxis, "up": x_axes.yaxis}
        for artist in (*self._axes.values(), *self._layout.notes):
            artist.set_animated(True)
        self._caption: str | None = None
        self._stamps = Stamps()

    def png(self, panels: DensityPanels) -> bytes:
        """Draw one figure of WIDTH × HEIGHT pixels; safe to call from any thread."""
        with look():
            indices = self._draw_words(panels)
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
            self._plain = self._indices()
            self._caption = caption
        indices = self._plain.copy()
        for direction, axis in self._axes.items():
            self._lay_ticks(direction, axis, indices)
        for place, note in zip("zx", self._layout.notes, strict=True):
            if note.get_text():
                draw = partial(self._drawn, note.draw)
                self._stamps.of(f"note {place}", note.get_text(), draw).lay(indices)
        return indices

    def _lay_ticks(self, direction: str, axis: Axis, indices: Pixels) -> None:
        """Stamp ticks with their labels, without the search for room that a whole draw makes."""
        formatter = axis.get_major_formatter()
        places = axis.get_majorticklocs()
        labels = formatter.format_ticks(places.tolist())
        if formatter.get_offset():
            # The offset's place depends on the labels' sizes; matplotlib knows how.
            cut_out(*self._drawn(axis.draw)).lay(indices)
            return
        lo, hi = axis.get_view_interval()
        pixels = np.rint((places - lo) * (SIDE / (hi - lo))).astype(int).tolist()
        for pixel, place, label in zip(pixels, places.tolist(), labels, strict=True):
            if lo <= place <= hi:
                stamp = self._stamps.of(direction, label, partial(self._tick, axis, label))
                away = pixel - _MIDDLE
                down, right = (0, away) if direction == "across" else (-away, 0)
                stamp.lay(indices, down, right)

    def _tick(self, axis: Axis, label: str) -> tuple[Pixels, Pixels]:
        """One tick with its label, in the middle of its axis; and the image without it."""
        lo, hi = axis.get_view_interval()
        tick = axis.get_major_ticks(1)[0]
        tick.update_position(lo + (_MIDDLE + _OFF_TIES) * (hi - lo) / SIDE)
        tick.label1.set_text(label)
        return self._drawn(tick.draw)

    def _drawn(self, draw: Callable[[RendererBase], None]) -> tuple[Pixels, Pixels]:
        """The image with what `draw` draws, and without it."""
        self._agg.restore_region(self._still)
        draw(self._agg.get_renderer())
        return self._indices(), self._plain

    def _indices(self) -> Pixels:
        indices: Pixels = INDEX_OF_GREY[np.asarray(self._agg.buffer_rgba())[:, :, 0]]
        return indices


@cache
def canvas() -> Canvas:
    """This process' canvas; the first call takes a few tenths of a second."""
    return Canvas()
