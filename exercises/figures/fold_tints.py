"""The colours of sheets: which way round they are, how many lie over each other, what is flat."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import maximum_filter

from exercises.figures.plate import Picture
from exercises.oracle import Array

#: Pixels along each side of a picture.
PIXELS = 800
#: A light blue and a darker orange, so that they differ in grey as well; where sheets lie over each
#: other the colours are mixed, and darkened for each sheet more.
KEPT, REVERSED, FLAT = "#b9dcea", "#e8a25c", "#7b4fa3"
_DARKER = 0.78
#: Stripes on what is reversed: how dark, how wide, and how far apart, in pixels of the picture.
_STRIPE, _STRIPE_WIDTH, _STRIPE_STEP = 0.80, 3, 14
#: Sheets of one kind that are told apart, and half the width of what is flattened, in pixels.
_MOST_SHEETS, _FLAT_WIDTH = 3, 4


def _palette() -> NDArray[np.uint8]:
    """Colours by kept sheets, reversed sheets, stripe, and then those of what is flat."""
    kept, back, flat = (
        np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
        for colour in (KEPT, REVERSED, FLAT)
    )
    colours = [
        _mixed(kept, above, back, below) * (_STRIPE if stripe and below else 1.0)
        for stripe in (0, 1)
        for below in range(_MOST_SHEETS + 1)
        for above in range(_MOST_SHEETS + 1)
    ]
    palette: NDArray[np.uint8] = np.rint(255 * np.array([*colours, flat])).astype(np.uint8)
    return palette


def _mixed(kept: Array, above: int, back: Array, below: int) -> Array:
    count = above + below
    if count == 0:
        return np.ones(3)
    mixed: Array = (above * kept + below * back) / count * _DARKER ** (count - 1)
    return mixed


_PALETTE = _palette()


def sheet_picture(
    kept: NDArray[np.int32], back: NDArray[np.int32], flat: NDArray[np.bool_]
) -> Picture:
    """The picture of how many sheets of either way round cover each pixel, and what is flat there.

    All have shape (PIXELS, PIXELS), from the lowest second coordinate.
    """
    rows, columns = np.ogrid[: len(kept), : len(kept)]
    stripe = (rows + columns) % _STRIPE_STEP < _STRIPE_WIDTH
    most = _MOST_SHEETS
    index = np.minimum(kept, most) + (most + 1) * np.minimum(back, most)
    index += (most + 1) ** 2 * stripe
    index[flat] = len(_PALETTE) - 1
    return Picture(np.ascontiguousarray(index[::-1]).astype(np.uint8), _PALETTE)


def traces(corners: Array) -> NDArray[np.bool_]:
    """Where triangles without area lie: their edges, some pixels wide."""
    size = PIXELS
    seen = np.zeros((size, size), np.bool_)
    if not len(corners):
        return seen
    share = (np.arange(16) / 16)[:, None, None, None]
    points = (corners + share * (np.roll(corners, 1, axis=1) - corners)).reshape(-1, 2)
    points = points[((points >= 0) & (points < 1)).all(axis=1)]
    column, row = (points * size).astype(np.intp).T
    seen[row, column] = True
    reach = np.arange(-_FLAT_WIDTH, _FLAT_WIDTH + 1)
    disc = np.hypot(reach[:, None], reach) <= _FLAT_WIDTH
    wide: NDArray[np.bool_] = maximum_filter(seen, footprint=disc)
    return wide
