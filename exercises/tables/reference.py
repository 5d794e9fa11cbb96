"""reference.py, run: the author's own code, so off line and in this process."""

from __future__ import annotations

import runpy
import traceback
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from exercises.catalog.complaints import not_utf8

REFERENCE = "reference.py"


def reference_names(folder: Path) -> Mapping[str, Any]:
    """What the reference.py of an exercise defines; nothing where there is none.

    Raises:
        ValueError: it can't be read or run; the message says in which line.
    """
    path = folder / REFERENCE
    if not path.is_file():
        return {}
    try:
        path.read_text(encoding="utf-8")
        return runpy.run_path(str(path))
    except UnicodeDecodeError as error:
        raise ValueError(f"{REFERENCE}: {not_utf8(error)}") from error
    except SyntaxError as error:
        raise ValueError(f"{REFERENCE}, line {error.lineno}: {error.msg}") from error
    except Exception as error:  # whatever its author's code raises
        raise ValueError(f"{REFERENCE}{_line(error)}: {type(error).__name__}: {error}") from error


def _line(error: Exception) -> str:
    """The last line of reference.py on the way to an error."""
    lines = [
        frame.lineno
        for frame in traceback.extract_tb(error.__traceback__)
        if Path(frame.filename).name == REFERENCE
    ]
    return f", line {lines[-1]}" if lines else ""
