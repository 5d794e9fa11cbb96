"""A plate: square panels in a row, with pictures, marks and words; as PNG, SVG, or matplotlib's."""

from __future__ import annotations

import io
import re
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass
from html import escape
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure, SubFigure
from numpy.typing import NDArray
from PIL import Image

from exercises.figures.layout import DPI, SMALL, fit, look, note, square
from exercises.figures.palette import QUIET_TEXT, TEXT
from exercises.figures.ticks import scale_axis
from exercises.numerics.window import Window

Pixels = NDArray[np.uint8]
#: Draws on axes in units of the panel, 0 … 1, with letters and lines of this scale.
Marks = Callable[[Axes, float], None]

#: Points to an inch in an SVG.
_POINTS = 72
#: Above the bottom edge, in pixels: the line of words, and the legend.
_WORDS, _LEGEND = 8, 22
#: zlib's effort: beyond it a file hardly shrinks and the time doubles.
EFFORT = 3


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """What fills a panel: pixels with a palette."""

    #: Shape (n, n), the top row first.
    indices: Pixels
    #: Shape (at most 256, 3).
    palette: Pixels


@dataclass(frozen=True, slots=True, eq=False)
class PlatePanel:
    """One square."""

    title: str
    window: Window
    picture: Picture
    marks: Marks
    note: str = ""
    #: At most so many intervals between ticks.
    ticks: int = 6
    #: Whether the second axis has numbers; where panels share it, the first has them for all.
    numbered: bool = True


@dataclass(frozen=True, slots=True, eq=False)
class Plate:
    """A figure of panels; lengths in pixels."""

    size: tuple[int, int]
    side: int
    lefts: tuple[int, ...]
    bottom: int
    panels: tuple[PlatePanel, ...]
    #: What the colours and lines stand for.
    legend: tuple[Artist, ...]
    #: One line of words at the bottom.
    words: str


def draw_plate(figure: Figure | SubFigure, plate: Plate, *, pictures: bool = True) -> None:
    """Draw the whole plate on a figure of any size; without `pictures` the panels stay clear."""
    width, height = plate.size
    root = figure.get_figure(root=True)
    assert root is not None
    scale = min(figure.bbox.width / width, figure.bbox.height / height) * DPI / root.dpi
    for panel, left in zip(plate.panels, plate.lefts, strict=True):
        place = (
            left / width,
            plate.bottom / height,
            plate.side / width,
            plate.side / height,
        )
        axes = square(figure, place, panel.title, scale, "none")
        (x0, y0), (x1, y1) = panel.window.lo, panel.window.hi
        axes.set_xlim(scale_axis(axes.xaxis, x0, x1, panel.ticks))
        axes.set_ylim(scale_axis(axes.yaxis, y0, y1, panel.ticks))
        if not panel.numbered:
            axes.tick_params(labelleft=False)
            axes.yaxis.offsetText.set_visible(False)
        if pictures:
            colours = panel.picture.palette[panel.picture.indices]
            axes.imshow(colours, extent=(*axes.get_xlim(), *axes.get_ylim()), aspect="auto")
        panel.marks(axes, scale)
        note(axes, panel.note, scale)
    _add_words(figure, plate, scale)


def plate_png(plate: Plate) -> bytes:
    """The plate as a PNG; the same plate gives the same bytes."""
    with look():
        figure = Figure((plate.size[0] / DPI, plate.size[1] / DPI), dpi=DPI, facecolor="none")
        # matplotlib gives its canvases no types.
        canvas: Any = FigureCanvasAgg(figure)
        draw_plate(figure, plate, pictures=False)
        canvas.draw()
        layer = np.asarray(canvas.buffer_rgba()).astype(np.uint16)
    width, height = plate.size
    page = np.full((height, width, 3), 255, np.uint16)
    top = height - plate.bottom - plate.side
    for panel, left in zip(plate.panels, plate.lefts, strict=True):
        page[top : top + plate.side, left : left + plate.side] = _shrunk(panel.picture, plate.side)
    cover = layer[:, :, 3:]
    mixed = (layer[:, :, :3] * cover + page * (255 - cover) + 127) // 255
    file = io.BytesIO()
    image = Image.fromarray(mixed.astype(np.uint8), mode="RGB")
    image.save(file, "PNG", compress_level=EFFORT, dpi=(DPI, DPI))
    return file.getvalue()


def plate_svg(plate: Plate, title: str, description: str) -> bytes:
    """The plate as SVG: pictures embedded, everything else as outlines.

    It refers to nothing outside itself and holds no script and no date. The same plate gives the
    same bytes.
    """
    file = io.StringIO()
    with look():
        figure = Figure((plate.size[0] / DPI, plate.size[1] / DPI), dpi=DPI, facecolor="none")
        FigureCanvasSVG(figure)
        draw_plate(figure, plate, pictures=False)
        nothing = dict.fromkeys(("Creator", "Date", "Format", "Type"))
        figure.savefig(file, format="svg", metadata=nothing)
    text = file.getvalue()
    # From the root on: the document type before it points to another host.
    text = text[text.index("<svg") :]
    end = text.index(">")
    width, height = (f"{length / DPI * _POINTS:g}" for length in plate.size)
    words = (
        f"\n <title>{escape(title)}</title>\n <desc>{escape(description)}</desc>"
        f'\n <rect width="{width}" height="{height}" fill="#ffffff"/>'
    )
    images = "".join(
        _embedded(panel.picture, left, plate)
        for panel, left in zip(plate.panels, plate.lefts, strict=True)
    )
    return f'{text[:end]} role="img">{words}{images}{_plain(text[end + 1 :])}'.encode()


def render(plate: Plate, media_type: str, title: str, description: str) -> bytes:
    """The plate as PNG or, with its words inside, as SVG."""
    return plate_png(plate) if media_type == "image/png" else plate_svg(plate, title, description)


def _add_words(figure: Figure | SubFigure, plate: Plate, scale: float) -> None:
    width, height = plate.size
    left = plate.lefts[0] / width
    words = figure.text(left, _WORDS / height, plate.words, va="bottom", color=QUIET_TEXT)
    panels = (plate.lefts[-1] + plate.side - plate.lefts[0]) / width
    fit(words, SMALL * scale, panels * figure.bbox.width)
    if plate.legend:
        legend = figure.legend(
            handles=list(plate.legend),
            loc="lower left",
            bbox_to_anchor=(left, _LEGEND / height),
            ncols=len(plate.legend),
            frameon=False,
            fontsize=SMALL * scale,
            handlelength=1.6,
            handleheight=1.0,
            borderpad=0,
            borderaxespad=0,
            columnspacing=1.8,
        )
        for text in legend.get_texts():
            text.set_color(TEXT)


def _shrunk(picture: Picture, side: int) -> NDArray[np.uint16]:
    """The picture's colours, shape (side, side, 3): means of what each pixel covers."""
    image = Image.fromarray(picture.palette[picture.indices], mode="RGB")
    return np.asarray(image.resize((side, side), Image.Resampling.BOX)).astype(np.uint16)


def _embedded(picture: Picture, left: int, plate: Plate) -> str:
    image = Image.fromarray(picture.indices, mode="P")
    image.putpalette(picture.palette.tobytes())
    file = io.BytesIO()
    image.save(file, "PNG", compress_level=EFFORT)
    points = _POINTS / DPI
    top = plate.size[1] - plate.bottom - plate.side
    return (
        f'\n <image x="{left * points:g}" y="{top * points:g}" width="{plate.side * points:g}" '
        f'height="{plate.side * points:g}" '
        f'xlink:href="data:image/png;base64,{b64encode(file.getvalue()).decode()}"/>'
    )


def _plain(text: str) -> str:
    """Without the empty <metadata>, and with no more digits than a picture needs."""
    text = re.sub(r"<metadata>.*?</metadata>", "", text, flags=re.DOTALL)
    return re.sub(r"(\d\.\d\d)\d+", r"\1", text)
