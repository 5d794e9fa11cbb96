"""The layout of the density figure: where panels, ticks and words stand on a figure."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import RLock
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure, SubFigure
from matplotlib.text import Text

from exercises.figures.palette import PALETTE, QUIET_TEXT, TEXT
from exercises.figures.panels import CELLS, DensityPanels, Panel
from exercises.figures.raster import panel_pixels
from exercises.figures.ticks import scale_axis

if TYPE_CHECKING:
    from matplotlib.typing import RcKeyType

#: Size in inches, and the dots per inch at which one panel is two pixels a node.
SIZE = (9.6, 4.8)
DPI = 100
WIDTH, HEIGHT = round(SIZE[0] * DPI), round(SIZE[1] * DPI)
#: Side of a panel in pixels, and the left edges and bottom edge of the two.
SIDE = 2 * CELLS
LEFTS = (36, 528)
BOTTOM = 50
TITLES = ("p(z)", "p(x)")
#: Sizes of letters in points: titles, numbers at the axes, notes and caption.
LARGE, MEDIUM, SMALL = 12.0, 9.0, 8.0
#: A note has this share of a panel's width: what is free beside the title.
_NOTE_ROOM = 0.43

#: Parts of matplotlib's settings that could change the look: they are put back to its defaults.
_PARTS = ("axes.", "xtick.", "ytick.", "figure.", "savefig.", "image.", "lines.", "patch.")

#: The settings that the look rests on, whatever a matplotlibrc or a notebook's style says.
LOOK: dict[RcKeyType, Any] = {
    **{key: value for key, value in mpl.rcParamsDefault.items() if key.startswith(_PARTS)},
    "font.family": ["sans-serif"],
    "font.sans-serif": ["DejaVu Sans"],
    "font.size": 9.0,
    "font.style": "normal",
    "font.weight": "normal",
    "text.usetex": False,
    "text.antialiased": True,
    "text.color": TEXT,
    "text.hinting": "force_autohint",
    "text.parse_math": False,
    "path.effects": [],
    "path.sketch": None,
    "path.snap": True,
    "svg.fonttype": "path",
    "svg.hashsalt": "density",
    "svg.image_inline": True,
    "svg.id": None,
}

_ONE_AT_A_TIME = RLock()


@contextmanager
def look() -> Iterator[None]:
    """Put LOOK in force for a while; afterwards matplotlib's settings are what they were.

    The settings are one dictionary for the whole process, so figures are drawn one at a time.
    """
    with _ONE_AT_A_TIME, mpl.rc_context(LOOK):
        yield


@dataclass(frozen=True, slots=True)
class Layout:
    """The parts of a figure that `dress` fills in."""

    axes: tuple[Axes, Axes]
    notes: tuple[Text, Text]
    caption: Text
    #: Of the letters, 1 on a figure of its own size.
    scale: float


def draw(
    figure: Figure | SubFigure, panels: DensityPanels, caption: str, *, resample: bool = True
) -> None:
    """Draw the whole figure, densities included, in twice the resolution of the PNG.

    Without `resample` a file format that embeds images gets the pixels as they are.
    """
    layout = lay_out(figure)
    dress(layout, panels, caption)
    for axes, panel in zip(layout.axes, (panels.z, panels.x), strict=True):
        _paint(axes, panel, "antialiased" if resample else "none")


def lay_out(figure: Figure | SubFigure) -> Layout:
    """Put two empty square panels, their titles and an empty caption on a figure of any size."""
    width, height = figure.bbox.width / WIDTH, figure.bbox.height / HEIGHT
    # On a figure of another size, letters and panels shrink or grow alike.
    scale = min(width, height) * DPI / figure.get_figure(root=True).dpi
    axes = (_square(figure, 0, scale), _square(figure, 1, scale))
    notes = (note(axes[0], "", scale), note(axes[1], "", scale))
    caption = figure.text(
        LEFTS[0] / WIDTH, 8 / HEIGHT, "", va="bottom", color=QUIET_TEXT, fontsize=SMALL * scale
    )
    return Layout(axes, notes, caption, scale)


def dress(layout: Layout, panels: DensityPanels, caption: str) -> None:
    """Set everything but the densities themselves: ticks, notes and caption."""
    for axes, words, panel in zip(layout.axes, layout.notes, (panels.z, panels.x), strict=True):
        (left, bottom), (right, top) = panel.window.lo, panel.window.hi
        axes.set_xlim(scale_axis(axes.xaxis, left, right))
        axes.set_ylim(scale_axis(axes.yaxis, bottom, top))
        words.set_text(note_of(panel))
        fit(words, SMALL * layout.scale, _NOTE_ROOM * axes.bbox.width)
    layout.caption.set_text(caption)


def _paint(axes: Axes, panel: Panel, interpolation: str) -> None:
    """Show a panel's density as an image that fills its axes."""
    axes.imshow(
        PALETTE[panel_pixels(panel.ink, enlarge=4)],
        extent=(*axes.get_xlim(), *axes.get_ylim()),
        aspect="auto",
        interpolation=interpolation,
    )


def caption_of(panels: DensityPanels, seed: int | None = None) -> str:
    """The line that says what is seen, and why it is not smooth."""
    drawn = "" if seed is None else f" (seed {seed})"
    return (
        f"Estimated from {panels.x.summary.samples:,} samples{drawn} by kernel density estimation, "
        "so a little ragged. Lines enclose 25, 50, 75 and 95 %."
    )


def note_of(panel: Panel) -> str:
    """What of the samples a panel does not show; empty where that is next to nothing."""
    if panel.summary.finite == 0:
        return "no finite samples"
    parts = []
    if panel.share_not_finite > 0:
        parts.append(f"{percent(panel.share_not_finite)} not finite")
    if panel.share_outside >= 0.001:
        of_samples = "" if parts else " of samples"
        parts.append(f"{percent(panel.share_outside)}{of_samples} outside")
    return ", ".join(parts)


def percent(share: float) -> str:
    """A share in words, never rounded to nothing or to all."""
    if 0 < share < 0.001:
        return "under 0.1 %"
    if 0.999 < share < 1:
        return "over 99.9 %"
    return f"{100 * share:.3g} %"


def _square(figure: Figure | SubFigure, which: int, scale: float) -> Axes:
    place = (LEFTS[which] / WIDTH, BOTTOM / HEIGHT, SIDE / WIDTH, SIDE / HEIGHT)
    return square(figure, place, TITLES[which], scale)


def square(
    figure: Figure | SubFigure,
    place: tuple[float, float, float, float],
    title: str,
    scale: float,
    colour: str = "white",
) -> Axes:
    """An empty square panel with its title.

    Args:
        place: left, bottom, width and height as shares of the figure.
        scale: of the letters, 1 on a figure of its own size.
        colour: what it is filled with.
    """
    axes = figure.add_axes(place, facecolor=colour, box_aspect=1, anchor="SW")
    _above(axes, 0.5, title, scale).set(fontsize=LARGE * scale, color=TEXT)
    axes.tick_params(
        color=QUIET_TEXT, labelcolor=TEXT, labelsize=MEDIUM * scale, length=4 * scale, pad=3 * scale
    )
    for spine in axes.spines.values():
        spine.set(color=QUIET_TEXT, linewidth=0.8)
    for axis in (axes.xaxis, axes.yaxis):
        axis.offsetText.set(color=TEXT, fontsize=MEDIUM * scale)
    return axes


def note(axes: Axes, words: str, scale: float) -> Text:
    """Small words over a panel, ending at its right edge."""
    return _above(axes, 1, words, scale)


def fit(words: Text, size: float, room: float) -> None:
    """Set words in letters of this size, or in smaller ones where they would be too wide.

    Args:
        size: in points.
        room: how wide the words may be, in pixels of their figure.
    """
    words.set_fontsize(size)
    width = words.get_window_extent().width if words.get_text() else 0.0
    if width > room:
        words.set_fontsize(size * room / width)


def _above(axes: Axes, place: float, words: str, scale: float) -> Text:
    """Words over a panel, at this share of its width: in its middle, or ending at its right."""
    return axes.text(
        place,
        1.018,
        words,
        ha="center" if place == 0.5 else "right",
        va="bottom",
        color=QUIET_TEXT,
        fontsize=SMALL * scale,
        transform=axes.transAxes,
    )
