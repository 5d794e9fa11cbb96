"""A folder that goes out as a zip archive, with the sums by which its files are checked."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterable, Iterator
from tempfile import SpooledTemporaryFile
from typing import IO, Self

from grader.exports.zip_stream import ZipStream

SUMS = "SHA256SUMS"
#: What is packed already.
_PACKED = (".png", ".npz", ".zip")
_IN_MEMORY = 2**20
#: So many bytes are sent at once, at least.
_CHUNK = 2**16


class SummedFolder:
    """A folder of files, in which `sha256sum --check SHA256SUMS` says whether all came through."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._zip = ZipStream()
        self._sums: IO[bytes] = SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115
        self._size = self._crc = 0

    def add(self, path: str, content: bytes | str) -> bytes:
        """A file of the folder as it is to be sent next."""
        whole = content.encode() if isinstance(content, str) else content
        line = f"{hashlib.sha256(whole).hexdigest()}  {path}\n".encode()
        self._sums.write(line)
        self._size, self._crc = self._size + len(line), zlib.crc32(line, self._crc)
        return self._zip.add(f"{self._name}/{path}", whole, pack=not path.endswith(_PACKED))

    def end(self) -> Iterator[bytes]:
        """The sums, and the end of the archive."""
        yield from self._zip.copy(f"{self._name}/{SUMS}", self._sums, self._size, self._crc)
        yield from self._zip.end()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Let the temporary files go."""
        self._sums.close()
        self._zip.__exit__()


def packed(name: str, files: Iterable[tuple[str, bytes | str]]) -> Iterator[bytes]:
    """The archive of a folder: nothing of it is read before what comes before it was taken.

    Args:
        name: of the folder.
        files: their paths within it, with `/`, and what is in them.
    """
    with SummedFolder(name) as folder:
        waiting = bytearray()
        for path, content in files:
            waiting += folder.add(path, content)
            if len(waiting) >= _CHUNK:
                yield bytes(waiting)
                waiting.clear()
        yield bytes(waiting)
        yield from folder.end()
