"""A student's code as a numbered listing with the lines marked that findings speak of."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from exercises.report import Finding


@dataclass(frozen=True, slots=True)
class Line:
    """One line of code."""

    number: int
    text: str
    #: What findings say of this line.
    remarks: tuple[str, ...]


def listing(source: str, findings: Iterable[Finding]) -> list[Line]:
    """The lines of `source` as Python counts them, each with the messages about it."""
    remarks: dict[int, list[str]] = defaultdict(list)
    for finding in findings:
        if finding.line is not None:
            remarks[finding.line].append(finding.message)
    return [
        Line(number, text, tuple(remarks[number]))
        for number, text in enumerate(code_lines(source), 1)
    ]


def code_lines(source: str) -> list[str]:
    """The lines of a text as Python counts them, without their ends."""
    # Not splitlines(): it also breaks at form feeds and U+2028, where Python counts no line.
    lines = source.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return lines[:-1] if lines[-1] == "" else lines
