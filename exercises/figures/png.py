"""PNG files with the density palette: one byte a pixel, so small and quick to write."""

from __future__ import annotations

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from exercises.figures.palette import PALETTE

Pixels = NDArray[np.uint8]

#: zlib's effort: beyond it the file hardly shrinks and the time doubles.
EFFORT = 3


def encode(indices: Pixels, dots_per_inch: int) -> bytes:
    """Write palette indices (height, width) as a PNG; the same indices give the same bytes."""
    image = Image.fromarray(indices, mode="P")
    image.putpalette(PALETTE.tobytes())
    file = io.BytesIO()
    image.save(file, "PNG", compress_level=EFFORT, dpi=(dots_per_inch, dots_per_inch))
    return file.getvalue()


def to_palette(png: bytes) -> Pixels:
    """Read a PNG whose colours are all the palette's as indices (height, width)."""
    with Image.open(io.BytesIO(png)) as image:
        colours = np.asarray(image.convert("RGB")).astype(np.int64) @ (1, 256, 65536)
    known, indices = np.unique(PALETTE.astype(np.int64) @ (1, 256, 65536), return_index=True)
    found: Pixels = indices[np.searchsorted(known, colours)].astype(np.uint8)
    return found
