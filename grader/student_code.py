"""What student code may use, as a page of the site and of the documentation: one list for both."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import groupby

#: The groups of worker.sandbox.allowed, with a heading and a sentence for each.
_HEADINGS = {
    "language": ("The language", "Ordinary Python, as it is written in courses:"),
    "builtins": ("Built-in names", "These are there without an import:"),
    "special methods": ("Special methods", "The ones that your own classes may define:"),
    "modules": ("Modules", "What can be imported, and what each holds:"),
    "not available": ("Not available", "And what to write instead:"),
}


@dataclass(frozen=True, slots=True)
class Section:
    """One group of the list."""

    heading: str
    sentence: str
    #: Name and text of each row.
    rows: tuple[tuple[str, str], ...]


@cache
def sections() -> tuple[Section, ...]:
    """The list that the sandbox itself works by, in its order."""
    # Imported when it is first shown: the list's modules bring numpy and scipy.
    from worker.sandbox.allowed import allowed

    groups = groupby(allowed(), key=lambda row: row.group)
    return tuple(
        Section(*_HEADINGS[group], tuple((row.name, row.text) for row in rows))
        for group, rows in groups
    )


def markdown() -> str:
    """The list as the page docs/student-code.md."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield "# What student code may use"
    yield ""
    yield "Made by `grader allowed` from the list that the sandbox works by. A refusal is told"
    yield "with its line, the reason, and what to write instead."
    for section in sections():
        yield f"\n## {section.heading}\n\n{section.sentence}\n"
        for name, text in section.rows:
            yield f"- **{_escaped(name)}**: {_escaped(text)}"


def _escaped(text: str) -> str:
    return "".join(f"\\{char}" if char in "\\*_`[]<|" else char for char in text)
