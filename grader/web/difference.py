"""The difference of two texts, line by line: what went, what came, and a few lines around."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

from grader.web.listing import code_lines

#: Unchanged lines around each change.
_AROUND = 3
#: Longer texts are not compared: that takes a time that grows with the square of their length.
LONGEST_LINES = 1_000


class Sign(StrEnum):
    """What became of a line; the value is what is shown before it."""

    KEPT = " "
    GONE = "−"
    NEW = "+"


@dataclass(frozen=True, slots=True)
class Change:
    """A line of one text or of both."""

    sign: Sign
    #: Its number in the older text; None where it is new.
    old: int | None
    #: Its number in the newer text; None where it is gone.
    new: int | None
    text: str


@dataclass(frozen=True, slots=True)
class Difference:
    """All changes, in groups of neighbours."""

    hunks: tuple[tuple[Change, ...], ...]
    gone: int
    new: int


def difference(older: str, newer: str) -> Difference | None:
    """How the newer text differs from the older one; None where they are too long to compare."""
    old, new = code_lines(older), code_lines(newer)
    if max(len(old), len(new)) > LONGEST_LINES:
        return None
    matcher = SequenceMatcher(None, old, new)
    hunks = tuple(
        tuple(_changes(group, old, new)) for group in matcher.get_grouped_opcodes(_AROUND)
    )
    signs = [change.sign for hunk in hunks for change in hunk]
    return Difference(hunks, signs.count(Sign.GONE), signs.count(Sign.NEW))


def _changes(
    group: Sequence[tuple[str, int, int, int, int]], old: list[str], new: list[str]
) -> Iterator[Change]:
    for tag, i, i_end, j, j_end in group:
        if tag == "equal":
            for offset in range(i_end - i):
                number = i + offset
                yield Change(Sign.KEPT, number + 1, j + offset + 1, old[number])
            continue
        for number in range(i, i_end):
            yield Change(Sign.GONE, number + 1, None, old[number])
        for number in range(j, j_end):
            yield Change(Sign.NEW, None, number + 1, new[number])
