"""What may be said about an exception of student code: its line, and a sentence."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from typing import Any

import numpy as np

from worker.sandbox.guards import FILENAME
from worker.sandbox.printing import ADDRESS

#: The longest description, in characters.
LONGEST = 300
_PATH = re.compile(r"(?<![\w.])(?:/[\w.+@~-]+){2,}/?")
#: Arguments whose text is made by Python or numpy, never by student code.
_PLAIN = (str, int, float, complex, bool, type(None))


def student_line(error: BaseException) -> int | None:
    """The line of the deepest frame that is the student's own, from 1; None where there is none."""
    line = None
    trace = error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == FILENAME:
            line = trace.tb_lineno
        trace = trace.tb_next
    if line is None and isinstance(error, SyntaxError) and error.filename == FILENAME:
        line = error.lineno
    return line if type(line) is int and line > 0 else None


def describe(error: BaseException) -> str:
    """`IndexError: too many indices …`, bounded, in printable characters.

    No code of the student's runs for it: neither `__str__` of an exception's class nor that of
    its arguments.
    """
    kind = type.__getattribute__(type(error), "__name__")[:80]
    message = _clean(_message(error))
    return f"{kind}: {message}" if message else str(kind)


def _message(error: BaseException) -> str:
    args = BaseException.__dict__["args"].__get__(error)
    if isinstance(error, KeyError) and len(args) == 1:
        return f"there is no key {_plain(args[0])}"
    return ", ".join(_texts(args))


def _texts(args: tuple[Any, ...]) -> Iterator[str]:
    for arg in args[:5]:
        yield str.__str__(arg)[: 2 * LONGEST] if type(arg) is str else _plain(arg)


def _plain(arg: Any) -> str:
    """The text of an argument, or the name of its type."""
    if type(arg) is str:
        return repr(arg[:LONGEST])
    if type(arg) is int and abs(arg).bit_length() > 1000:
        return f"an integer of about {int(arg.bit_length() * math.log10(2))} digits"
    if type(arg) in _PLAIN or (isinstance(arg, np.generic) and type(arg).__module__ == "numpy"):
        return repr(arg)
    if type(arg) is np.ndarray:
        return f"<array of shape {arg.shape}>"
    return f"<{type.__getattribute__(type(arg), '__name__')}>"


def _clean(text: str) -> str:
    text = _PATH.sub("…", ADDRESS.sub("", text[: 4 * LONGEST]))
    text = "".join(char if char.isprintable() else " " for char in text)
    text = " ".join(text.split())
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
