"""The thumbnail of a density: 64 × 64 pixels in sixteen tones, at most 2 kB."""

from __future__ import annotations

import struct
import zlib

import numpy as np
from numpy.typing import NDArray

from exercises.figures.palette import PALETTE, RAMP_SIZE, TONE
from exercises.numerics.kde import density_on_grid, scott_bandwidth
from exercises.numerics.window import Window
from exercises.oracle import Array

#: Pixels along each side.
SIZE = 64
MOST_BYTES = 2048
#: Half a byte a pixel: white, then fifteen tones of the ramp.
_TONES = 16
_SIGNATURE = b"\x89PNG\r\n\x1a\n"
#: Four bits a sample, colours by palette, and the one way to compress, to filter, not to interlace.
_INDEXED = (4, 3, 0, 0, 0)
_COLOURS = PALETTE[np.linspace(0, RAMP_SIZE - 1, _TONES).round().astype(np.intp)].tobytes()
#: The narrowest kernel: less than a pixel and a half would show the pixels, not the density.
_FLOOR = 1.5 / SIZE


def thumbnail(x: Array, window: Window) -> bytes:
    """A density as a small PNG; the same samples give the same bytes.

    Args:
        x: shape (n, 2); samples that are not finite or lie outside the window are not shown.
        window: of the exercise, so that the thumbnails of a class can be compared.
    """
    finite = x[np.isfinite(x).all(axis=1)]
    shown = window.shows(finite)
    if not shown.any():
        return encode(np.zeros((SIZE, SIZE), np.uint8))
    unit = window.to_unit(finite)
    bandwidth = scott_bandwidth(unit[shown], _FLOOR)
    return _toned(density_on_grid(unit[shown], bandwidth, SIZE))


def thumbnail_of_table(density: NDArray[np.float32]) -> bytes:
    """The thumbnail of a density that is known on a grid, as a target's is.

    Args:
        density: shape (n, n), n a multiple of SIZE, the lowest row first; of the window that is
            shown.
    """
    cells = len(density) // SIZE
    return _toned(density.reshape(SIZE, cells, SIZE, cells).mean(axis=(1, 3)))


def _toned(density: NDArray[np.float32]) -> bytes:
    """A density, shape (SIZE, SIZE), the lowest row first, as a PNG."""
    peak = float(density.max())
    if not peak > 0:
        return encode(np.zeros((SIZE, SIZE), np.uint8))
    tone = (density / np.float32(peak)) ** np.float32(TONE / 2)
    return encode((tone * (_TONES - 1) + 0.5).astype(np.uint8)[::-1])


def encode(tones: NDArray[np.uint8]) -> bytes:
    """Write tones from 0 to 15, shape (SIZE, SIZE), the top row first, as a PNG."""
    rows = np.zeros((SIZE, SIZE // 2 + 1), np.uint8)
    rows[:, 1:] = tones[:, ::2] << 4 | tones[:, 1::2]
    header = struct.pack(">II5B", SIZE, SIZE, *_INDEXED)
    return _SIGNATURE + b"".join(
        (
            _chunk(b"IHDR", header),
            _chunk(b"PLTE", _COLOURS),
            _chunk(b"IDAT", zlib.compress(rows.tobytes(), 6)),
            _chunk(b"IEND", b""),
        )
    )


def is_thumbnail(data: bytes) -> bool:
    """Whether bytes look like what `thumbnail` makes: they come from beside student code."""
    return len(data) <= MOST_BYTES and data.startswith(_SIGNATURE)


def _chunk(kind: bytes, data: bytes) -> bytes:
    checked = kind + data
    return struct.pack(">I", len(data)) + checked + struct.pack(">I", zlib.crc32(checked))
