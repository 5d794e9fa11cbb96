"""The density figure in words, for those who cannot see it and for reports in text."""

from __future__ import annotations

import math
from collections.abc import Iterator

from exercises.figures.layout import percent
from exercises.figures.panels import DensityPanels, Panel
from exercises.numerics.modes import Mode
from exercises.numerics.summary import Pair, Shape, Summary
from exercises.numerics.window import SMALLEST

#: More modes than this are counted but not all placed.
MODES_PLACED = 4
#: From this share outside the window on, the median says more than the mean.
HEAVY = 0.005


def alt_text(panels: DensityPanels) -> str:
    """The finding of the figure as plain text: mean, covariance, modes, and what is not shown."""
    count = panels.x.summary.samples
    return (
        f"Two densities, each estimated from the same {count:,} samples. "
        f"Left, p(z): {_panel_text(panels.z)} Right, p(x): {_panel_text(panels.x)}"
    )


def _panel_text(panel: Panel) -> str:
    return "; ".join(_facts(panel)) + "."


def _facts(panel: Panel) -> Iterator[str]:
    summary = panel.summary
    if summary.finite == 0:
        yield "none of the samples is finite, so there is no density"
        return
    if panel.share_not_finite > 0:
        yield f"{percent(panel.share_not_finite)} of the samples are not finite and are left out"
    others = "the others" if panel.share_not_finite > 0 else "the samples"
    if summary.shape is Shape.POINT and summary.median:
        share = "all" if summary.outside == 0 else percent(1 - panel.share_outside)
        yield f"{share} of {others} are at one point, {place_text(summary.median, summary.median)}"
        return
    if summary.shape is Shape.LINE:
        yield "all samples shown lie on a line"
    yield from _moments(summary, panel.share_outside, _extent(panel))
    if summary.shape is not Shape.LINE:
        yield _modes_text(summary.modes, _extent(panel))
    if panel.share_outside > 0:
        yield f"{percent(panel.share_outside)} of {others} lie outside the axes"


def _extent(panel: Panel) -> Pair:
    """How large each coordinate's window is: what its numbers are rounded by."""
    (a, b), (c, d) = panel.window.lo, panel.window.hi
    return 0.5 * c - 0.5 * a, 0.5 * d - 0.5 * b


def _moments(summary: Summary, outside: float, extent: Pair) -> Iterator[str]:
    if summary.mean:
        yield f"mean {place_text(summary.mean, extent)}"
    if summary.covariance:
        a, b, c = summary.covariance
        both = number_text(b, math.sqrt(a) * math.sqrt(c))
        yield f"covariance (({number_text(a, a)}, {both}), ({both}, {number_text(c, c)}))"
    else:
        yield "the covariance is too large for floating point"
    if outside >= HEAVY and summary.median:
        yield f"heavy tails, median {place_text(summary.median, extent)}"


def _modes_text(modes: tuple[Mode, ...], extent: Pair) -> str:
    if not modes:
        return "no mode stands out"
    if len(modes) == 1:
        if modes[0].broad:
            return f"one broad top or ridge, highest near {place_text(modes[0].place, extent)}"
        return f"one mode, near {place_text(modes[0].place, extent)}"
    places = ", ".join(place_text(mode.place, extent) for mode in modes[:MODES_PLACED])
    more = ", and others" if len(modes) > MODES_PLACED else ""
    return f"{len(modes)} modes, near {places}{more}"


def place_text(pair: Pair, extent: Pair) -> str:
    """A point, its coordinates to three digits of themselves or of `extent`."""
    return f"({number_text(pair[0], extent[0])}, {number_text(pair[1], extent[1])})"


def number_text(value: float, scale: float) -> str:
    """A number to three digits of itself or of `scale`, whichever is larger."""
    size = max(abs(value), abs(scale))
    if size < SMALLEST:
        return "0"
    power = math.floor(math.log10(size))
    if abs(value) == size and not -3 <= power <= 5:
        text = f"{value:.2e}".replace("e+0", "e").replace("e+", "e").replace("e-0", "e-")
    elif -3 <= power <= 5:
        text = f"{value:.{max(0, 2 - power)}f}"
    else:
        digits = f"{value / 10.0**power:.2f}"
        text = f"{digits}e{power}" if float(digits) else "0"
    return text.lstrip("-") if float(text) == 0 else text.replace("-", "\N{MINUS SIGN}")
