"""Exit codes, the same for every command that grades, and what is read from its arguments."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from exercises.outcome import Verdict
from grader.collected.folder import files_below
from grader.terminal import Terminal

#: The worst of several files is the command's.
ALL_PASSED, NOT_ALL_PASSED, UNREADABLE, OUR_FAILURE = 0, 1, 2, 3


def exit_code(verdict: Verdict) -> int:
    """The exit code for one file of this verdict."""
    if verdict is Verdict.INTERNAL_ERROR:
        return OUR_FAILURE
    return ALL_PASSED if verdict is Verdict.PASSED else NOT_ALL_PASSED


def read(file: str, terminal: Terminal) -> bytes | None:
    """What is in a file, or on standard input for `-`; None, with a complaint, where it fails."""
    try:
        return sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    except OSError as error:
        terminal.complain(f"{file} can't be read: {error.strerror}.")
    except ValueError:  # a NUL in the name
        terminal.complain(f"{file!r} is no name of a file.")
    return None


def in_folders(names: Iterable[str], suffix: str) -> Sequence[str]:
    """The files that are meant: of a folder those below it that end in `suffix`, by name.

    What begins with a dot, and folders of compiled code, are passed over.
    """
    files: list[str] = []
    for name in names:
        folder = Path(name) if name != "-" and "\0" not in name else None
        if folder is None or not folder.is_dir():
            files.append(name)
            continue
        files += [str(path) for path in files_below(folder) if path.suffix.lower() == suffix]
    return files
