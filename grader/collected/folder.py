"""A folder of a class: which of its files are meant, and the archive that they make."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

from grader.collected.archive import is_aside

#: Every entry's moment, so that the same files are the same archive.
_MOMENT = (1980, 1, 1, 0, 0, 0)


def files_below(folder: Path) -> Iterator[Path]:
    """The files below a folder that people mean, by name: none that is hidden or compiled."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not is_aside(path.relative_to(folder).as_posix()):
            yield path


def packed(folder: Path) -> bytes:
    """A zip archive of the files below a folder; a link to somewhere else is left out.

    Raises:
        OSError: a file can't be read.
    """
    buffer, root = io.BytesIO(), folder.resolve()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in files_below(folder):
            if path.resolve().is_relative_to(root):
                entry = zipfile.ZipInfo(path.relative_to(folder).as_posix(), _MOMENT)
                archive.writestr(entry, path.read_bytes(), zipfile.ZIP_DEFLATED)
    return buffer.getvalue()
