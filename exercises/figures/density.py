"""The density figure: two panels, p(z) and p(x) from the same draw, as PNG, SVG and words."""

from __future__ import annotations

import io
import re
from base64 import b64decode, b64encode
from html import escape

from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

from exercises.figures.canvas import canvas
from exercises.figures.description import alt_text
from exercises.figures.layout import DPI, SIZE, caption_of, draw, look
from exercises.figures.panels import DensityPanels, density_panels
from exercises.figures.png import encode, to_palette

__all__ = ["DensityPanels", "alt_text", "density_panels", "render_png", "render_svg"]

_EMBEDDED = re.compile(r"(data:image/png;base64,)\s*([A-Za-z0-9+/=\s]+)")


def render_png(panels: DensityPanels) -> bytes:
    """The figure as a PNG of 960 × 480 pixels; the same panels give the same bytes."""
    return canvas().png(panels)


def render_svg(panels: DensityPanels) -> bytes:
    """The figure as SVG: densities as embedded images, everything else as outlines.

    It refers to nothing outside itself, holds no script and no date, and carries its words as
    <title> and <desc>. The same panels give the same bytes.
    """
    file = io.StringIO()
    with look():
        figure = Figure(SIZE, dpi=DPI, facecolor="white")
        FigureCanvasSVG(figure)
        draw(figure, panels, caption_of(panels), resample=False)
        nothing = dict.fromkeys(("Creator", "Date", "Format", "Type"))
        figure.savefig(file, format="svg", metadata=nothing)
    text = _EMBEDDED.sub(_shrink, file.getvalue())
    # matplotlib asks for hard pixels, which breaks the lines up at other sizes.
    text = re.sub(r' style="image-rendering:[^"]*"', "", text)
    # From the root on: the document type before it points to another host.
    text = text[text.index("<svg") :]
    end = text.index(">")
    words = (
        f"\n <title>{escape('Densities p(z) and p(x)')}</title>"
        f"\n <desc>{escape(alt_text(panels))}</desc>"
    )
    return f'{text[:end]} role="img">{words}{text[end + 1 :]}'.encode()


def _shrink(embedded: re.Match[str]) -> str:
    """The same image with a palette: a fifth of what matplotlib embeds, in true colour."""
    png = encode(to_palette(b64decode(embedded[2])), 2 * DPI)
    return embedded[1] + b64encode(png).decode()
