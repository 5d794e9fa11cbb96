"""What a submission prints: the first part is kept, all is counted, too much is the end."""

from __future__ import annotations

import re

#: How much is kept for the report, in bytes of UTF-8.
KEPT_BYTES = 8 * 1024
#: More than this is printed by no honest program, in characters.
LIMIT = 16 * 1024 * 1024

#: Where an object lies in memory: it says nothing, and is another place in each process.
ADDRESS = re.compile(r" at 0x[0-9A-Fa-f]+")


class OutputLimit(BaseException):
    """More was printed than any honest program prints; no `except Exception` holds it up."""


class Printed:
    """Collects what `print` is given."""

    __slots__ = ("_count", "_kept", "_kept_bytes", "truncated")

    def __init__(self) -> None:
        self._kept: list[str] = []
        self._kept_bytes = 0
        self._count = 0
        #: Whether more was printed than is kept.
        self.truncated = False

    @property
    def text(self) -> str:
        """What is kept, without addresses."""
        return ADDRESS.sub("", "".join(self._kept))

    @property
    def exceeded(self) -> bool:
        """Whether the limit was passed, though student code may have caught OutputLimit."""
        return self._count > LIMIT

    def print(
        self,
        *values: object,
        sep: str | None = " ",
        end: str | None = "\n",
        file: object = None,
        flush: object = False,
    ) -> None:
        """The `print` of student code; `file` and `flush` make no difference.

        Raises:
            OutputLimit: too much was printed in total.
        """
        sep = " " if sep is None else sep
        end = "\n" if end is None else end
        if not (isinstance(sep, str) and isinstance(end, str)):
            raise TypeError("sep and end of print must be text")
        for index, value in enumerate(values):
            if index:
                self.write(sep)
            self.write(str(value))
        self.write(end)

    def write(self, text: str) -> None:
        """Take one piece of text.

        Raises:
            OutputLimit: too much was printed in total.
        """
        if type(text) is not str:
            # The text of a student's class may lie about its length.
            text = str.__str__(text)
        self._count += len(text)
        if self.exceeded:
            self.truncated = True
            raise OutputLimit("too much was printed")
        if self.truncated or not text:
            return
        piece = text.encode(errors="replace")
        room = KEPT_BYTES - self._kept_bytes
        self.truncated = len(piece) > room
        self._kept.append(piece[:room].decode(errors="ignore"))
        self._kept_bytes += min(len(piece), room)
