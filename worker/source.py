"""Reading what was sent: bytes to the text of a program, or the reason why it is none."""

from __future__ import annotations

from exercises.oracle import Ending
from exercises.outcome import Outcome

#: The longest source that is graded, in bytes of UTF-8; a thousand lines are about 40,000.
SOURCE_BYTES = 65_536


def read_source(source: bytes) -> str | Ending:
    """The text of a submission, or how its grading ends before it has begun."""
    if len(source) > SOURCE_BYTES:
        return Ending(
            Outcome.REFUSED,
            f"The file has {len(source):,} bytes; the limit is {SOURCE_BYTES:,}. "
            "Shorten it: an f of this course fits on a page.",
        )
    try:
        text = source.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = source[: error.start].count(b"\n") + 1
        return Ending(
            Outcome.SYNTAX_ERROR,
            f"The file is not UTF-8 text: line {line} has the byte 0x{source[error.start]:02x}. "
            "Save it as UTF-8 in your editor.",
            line,
        )
    if "\0" in text:
        line = text[: text.index("\0")].count("\n") + 1
        return Ending(
            Outcome.SYNTAX_ERROR,
            f"Line {line} has a NUL character, which no Python file can have. "
            "Is this really a Python file? Save it as UTF-8 text.",
            line,
        )
    if not text.strip():
        return Ending(
            Outcome.REFUSED, "The file is empty: write def f(z): … and return two numbers."
        )
    return text
