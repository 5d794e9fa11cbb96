"""How a try to deliver something ended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Tried:
    """How a try ended."""

    #: Of the answer; None: there was none.
    status: int | None
    #: The beginning of the answer, as it may be shown.
    answer: str = ""
    #: Why it does not count, in a sentence; "": it counts, or its status says enough.
    problem: str = ""
    seconds: float = 0.0
    #: The pause that the receiver asked for (Retry-After).
    asked: timedelta = timedelta(0)

    @property
    def is_taken(self) -> bool:
        """Whether the receiver has it now."""
        return self.status is not None and 200 <= self.status < 300
