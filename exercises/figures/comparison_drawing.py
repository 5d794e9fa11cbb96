"""The comparison as a picture: the target, yours, and their difference."""

from __future__ import annotations

import numpy as np
from matplotlib import patheffects
from matplotlib.axes import Axes
from matplotlib.patches import Patch
from numpy.typing import NDArray
from scipy.ndimage import zoom

from exercises.figures.comparison import Comparison
from exercises.figures.comparison_words import findings
from exercises.figures.layout import LARGE, percent
from exercises.figures.plate import Marks, Picture, Plate, PlatePanel
from exercises.figures.two_ways import density_picture, no_marks
from exercises.oracle import Array

SIZE, SIDE, LEFTS, BOTTOM = (960, 388), 280, (36, 344, 652), 74
#: Too much is dark red, too little is blue with stripes, so that they differ in grey as well.
MUCH, LITTLE = "#9c2f1b", "#2c6fb3"
#: The difference with full colour, as a share of the target's peak: as large as the largest, but
#: within these bounds.
_FULL = (0.25, 1.0)
#: Beyond so many times the target's peak a density is drawn as dark as it gets.
_PEAKS = 2.0
#: From this share of full colour on a place is marked with its sign.
_SIGNED = 0.4
_ENLARGE, _STEPS, _STRIPE, _STRIPE_WIDTH, _STRIPE_STEP = 4, 80, 0.72, 3, 12


def comparison_plate(comparison: Comparison) -> Plate:
    """The figure."""
    target, yours = comparison.densities
    peak = float(max(target.max(), min(yours.max(), _PEAKS * target.max())))
    off = comparison.beyond_noise
    full = float(np.clip(np.abs(off).max(), *(share * target.max() for share in _FULL)))
    outside = 1 - comparison.shown / comparison.samples
    note = f"{percent(outside)} not shown" if outside >= 0.001 else ""
    panels = (
        ("target", density_picture(target, peak), no_marks, ""),
        ("yours", density_picture(yours, peak), no_marks, note),
        ("yours − target", _picture(off / full), _signs(off / full), ""),
    )
    return Plate(
        size=SIZE,
        side=SIDE,
        lefts=LEFTS,
        bottom=BOTTOM,
        panels=tuple(
            PlatePanel(
                title, comparison.window, picture, marks, words, ticks=5, numbered=not number
            )
            for number, (title, picture, marks, words) in enumerate(panels)
        ),
        legend=(
            Patch(fc=MUCH, label="too much"),
            Patch(fc=LITTLE, ec="#1d4a78", lw=0, hatch="////", label="too little"),
            Patch(fc="#ffffff", ec="#999999", lw=0.6, label="no more than chance"),
        ),
        words=" ".join(list(findings(comparison))[:2]),
    )


def _palette() -> NDArray[np.uint8]:
    """White to too much, white to too little, and the stripes on the latter."""
    much, little = (
        np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) for colour in (MUCH, LITTLE)
    )
    share = (np.arange(_STEPS) / (_STEPS - 1))[:, None]
    ramps = [255 + share * (colour - 255) for colour in (much, little)]
    stripes = ramps[1] * (1 - (1 - _STRIPE) * np.sqrt(share))
    palette: NDArray[np.uint8] = np.rint(np.concatenate((*ramps, stripes))).astype(np.uint8)
    return palette


_PALETTE = _palette()


def _picture(share: Array) -> Picture:
    """A signed difference, −1 … 1 and beyond, row 0 the lowest."""
    large = np.clip(zoom(share, _ENLARGE, order=1, mode="nearest", grid_mode=True), -1, 1)
    step = np.rint(np.abs(large) * (_STEPS - 1)).astype(np.intp)
    rows, columns = np.ogrid[: len(large), : len(large)]
    striped = (rows + columns) % _STRIPE_STEP < _STRIPE_WIDTH
    index = step + _STEPS * (large < 0) * (1 + striped)
    return Picture(np.ascontiguousarray(index[::-1]).astype(np.uint8), _PALETTE)


def _signs(share: Array) -> Marks:
    """A plus sign where there is most too much, and a minus sign where most is missing."""

    def mark(axes: Axes, scale: float) -> None:
        for sign, name in ((1, "+"), (-1, "\N{MINUS SIGN}")):
            signed = sign * share
            if signed.max() < _SIGNED:
                continue
            row, column = np.unravel_index(int(np.argmax(signed)), share.shape)
            place = np.clip((np.array([column, row]) + 0.5) / len(share), 0.05, 0.95)
            axes.text(
                float(place[0]),
                float(place[1]),
                name,
                transform=axes.transAxes,
                ha="center",
                va="center",
                fontsize=1.3 * LARGE * scale,
                fontweight="bold",
                color="#000000",
                path_effects=[patheffects.withStroke(linewidth=3 * scale, foreground="#ffffff")],
            )

    return mark
