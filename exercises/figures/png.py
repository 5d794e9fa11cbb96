"""PNG files with the density palette: one byte a pixel, so small and quick to write."""

from __future__ import annotations

import io
import struct
import zlib

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from exercises.figures.palette import PALETTE
from exercises.figures.runs import pack

Pixels = NDArray[np.uint8]

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
#: Bits a sample, colours by palette, and the one way to compress, to filter and not to interlace.
_INDEXED = (8, 3, 0, 0, 0)
#: The filter of each row: differences from the row above, in which a smooth density is nearly 0.
_UP = 2
_INCHES_PER_METRE = 1 / 0.0254


def encode(indices: Pixels, dots_per_inch: int) -> bytes:
    """Write palette indices (height, width) as a PNG; the same indices give the same bytes.

    See the PNG specification (W3C, third edition), sections 5, 9 and 11. What is packed are the
    differences between rows: less work for zlib than the indices, and a smaller file.
    """
    height, width = indices.shape
    rows = np.empty((height, width + 1), np.uint8)
    rows[:, 0] = _UP
    rows[0, 1:] = indices[0]
    np.subtract(indices[1:], indices[:-1], out=rows[1:, 1:])
    per_metre = round(dots_per_inch * _INCHES_PER_METRE)
    return _SIGNATURE + b"".join(
        (
            _chunk(b"IHDR", struct.pack(">II5B", width, height, *_INDEXED)),
            _chunk(b"pHYs", struct.pack(">IIB", per_metre, per_metre, 1)),
            _chunk(b"PLTE", PALETTE.tobytes()),
            _chunk(b"IDAT", pack(rows.data)),
            _chunk(b"IEND", b""),
        )
    )


def to_palette(png: bytes) -> Pixels:
    """Read a PNG whose colours are all the palette's as indices (height, width)."""
    with Image.open(io.BytesIO(png)) as image:
        colours = np.asarray(image.convert("RGB")).astype(np.int64) @ (1, 256, 65536)
    known, indices = np.unique(PALETTE.astype(np.int64) @ (1, 256, 65536), return_index=True)
    found: Pixels = indices[np.searchsorted(known, colours)].astype(np.uint8)
    return found


def _chunk(kind: bytes, data: bytes) -> bytes:
    checked = kind + data
    return struct.pack(">I", len(data)) + checked + struct.pack(">I", zlib.crc32(checked))
