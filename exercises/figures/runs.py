"""Compressing differences: small numbers in long runs."""

from __future__ import annotations

import zlib


def pack(data: bytes | memoryview) -> bytes:
    """Compress differences of neighbours, in the zlib format.

    zlib only looks for runs here. Its search for longer matches, which differences hardly have,
    would take several times as long and gain nothing.
    """
    packer = zlib.compressobj(level=1, strategy=zlib.Z_RLE)
    return packer.compress(data) + packer.flush()
