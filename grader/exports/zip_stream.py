"""Zip archives that are sent while they are made: no part of one waits for the rest.

The format: PKWARE's APPNOTE.TXT 6.3.9, sections 4.3 and 4.5.3 (Zip64). The directory, which comes
last, is kept in a temporary file: of half a million files the one of zipfile takes 200 MB of
memory. Sizes stand before each file, so what reads an archive as it comes can unpack it too.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from tempfile import SpooledTemporaryFile
from typing import IO, Self

#: From these on numbers are written as Zip64, and in their old place stand the marks.
_FAR_16, _FAR_32 = 0xFFFF, 0xFFFFFFFF
_MARK_16, _MARK_32 = 0xFFFF, 0xFFFFFFFF
#: 1980-01-01: the same files are the same archive.
_TIME, _DATE = 0, (1 << 5) | 1
#: Names are UTF-8 (bit 11).
_FLAGS = 0x800
_STORED, _DEFLATED = 0, 8
#: Version 4.5 knows Zip64; made on Unix, so that the mode of a file means something.
_VERSION, _MADE_BY = 45, (3 << 8) | 45
_MODE = 0o100644 << 16
#: What is kept in memory before it goes to a file, and read back at once.
_IN_MEMORY, _CHUNK = 2**20, 2**16

_LOCAL = struct.Struct("<4s5H3L2H")
_CENTRAL = struct.Struct("<4s6H3L5H2L")
_OFFSET_64 = struct.Struct("<2HQ")
_END_64 = struct.Struct("<4sQ2H2L4Q")
_LOCATOR_64 = struct.Struct("<4sLQL")
_END = struct.Struct("<4s4H2LH")


class ZipStream:
    """An archive that goes out as it grows; what each call gives is to be sent in order."""

    def __init__(self) -> None:
        self._at = self._count = 0
        self._directory: IO[bytes] = SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115

    def add(self, name: str, content: bytes, *, pack: bool = True) -> bytes:
        """A file as it is to be sent next.

        Args:
            name: its path, with `/` between the parts.
            content: less than 4 GiB.
            pack: whether to try and make it smaller; pictures are packed already.
        """
        method, packed = _STORED, content
        if pack:
            packer = zlib.compressobj(6, zlib.DEFLATED, -zlib.MAX_WBITS)
            smaller = packer.compress(content) + packer.flush()
            if len(smaller) < len(content):
                method, packed = _DEFLATED, smaller
        header = self._enter(name, method, zlib.crc32(content), len(packed), len(content))
        self._at += len(packed)
        return header + packed

    def copy(self, name: str, file: IO[bytes], size: int, crc: int) -> Iterator[bytes]:
        """A file that is read from its beginning while it is sent.

        Args:
            name: its path.
            file: an open one.
            size: how many bytes it has; less than 4 GiB.
            crc: their CRC-32.
        """
        yield self._enter(name, _STORED, crc, size, size)
        yield from _read(file)
        self._at += size

    def end(self) -> Iterator[bytes]:
        """The directory, by which the archive is whole."""
        begin, size = self._at, self._directory.tell()
        yield from _read(self._directory)
        if begin >= _FAR_32 or size >= _FAR_32 or self._count >= _FAR_16:
            counts = (self._count, self._count, size, begin)
            yield _END_64.pack(b"PK\6\6", _END_64.size - 12, _MADE_BY, _VERSION, 0, 0, *counts)
            yield _LOCATOR_64.pack(b"PK\6\7", 0, begin + size, 1)
        count = self._count if self._count < _FAR_16 else _MARK_16
        places = (one if one < _FAR_32 else _MARK_32 for one in (size, begin))
        yield _END.pack(b"PK\5\6", 0, 0, count, count, *places, 0)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Let the temporary file go."""
        self._directory.close()

    def _enter(self, name: str, method: int, crc: int, packed: int, size: int) -> bytes:
        """Note a file in the directory. Returns what stands before its content."""
        if max(packed, size) >= _MARK_32:
            raise ValueError(f"{name} is too large for an archive")
        path = name.encode()
        common = (_FLAGS, method, _TIME, _DATE, crc, packed, size, len(path))
        far = self._at >= _FAR_32
        extra = _OFFSET_64.pack(1, 8, self._at) if far else b""
        rest = (len(extra), 0, 0, 0, _MODE, _MARK_32 if far else self._at)
        entry = _CENTRAL.pack(b"PK\1\2", _MADE_BY, _VERSION, *common, *rest)
        self._directory.write(entry + path + extra)
        header = _LOCAL.pack(b"PK\3\4", _VERSION, *common, 0) + path
        self._count += 1
        self._at += len(header)
        return header


def _read(file: IO[bytes]) -> Iterator[bytes]:
    file.seek(0)
    while chunk := file.read(_CHUNK):
        yield chunk
