"""Saving what a server gives: into a file that is there when it is whole, and not before."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import IO

import click

from grader.exits import UNREADABLE

#: How many bytes the end of a zip archive without a comment has.
_END = 22
#: Writes all of it into a file.
Written = Callable[[IO[bytes]], None]


class NotSaved(click.ClickException):
    """A file can not be written, or is there already."""

    exit_code = UNREADABLE


def save(written: Written, target: Path, *, force: bool) -> None:
    """Save a file; until all of it is there it has `.part` after its name.

    Args:
        written: what writes it.
        target: where to.
        force: whether a file that is there may be replaced.

    Raises:
        NotSaved: it is there already, can not be written, or is no whole archive.
    """
    require_free(target, force=force)
    part = target.with_name(f"{target.name}.part")
    try:
        with part.open("wb") as file:
            written(file)
        if target.suffix == ".zip" and not _has_end(part):
            raise NotSaved("What came is not a whole archive: try again.")
        # Once more: it may have been long, and nothing that came meanwhile is to be lost.
        require_free(target, force=force)
        os.replace(part, target)
    except OSError as error:
        raise NotSaved(f"{target} can't be written: {error.strerror}.") from error
    finally:
        part.unlink(missing_ok=True)


def _has_end(archive: Path) -> bool:
    """Whether an archive has its end. Archives may be in it, whose ends say nothing of its own."""
    with archive.open("rb") as file:
        file.seek(max(0, file.seek(0, os.SEEK_END) - _END))
        return file.read(4) == b"PK\5\6"


def pour(written: Written) -> None:
    """Write to standard output, for a pipe."""
    written(sys.stdout.buffer)
    sys.stdout.buffer.flush()


def require_free(target: Path, *, force: bool) -> None:
    """Refuse to write over what is there.

    Raises:
        NotSaved: it is a folder, or a file that may not be replaced.
    """
    if target.is_dir():
        raise NotSaved(f"{target} is a folder: say the name of a file in it.")
    if not force and target.exists():
        raise NotSaved(f"{target} is there already: --force replaces it.")
