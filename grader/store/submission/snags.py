"""Snags: what a report says, finding by finding without its evidence, and what it fails by."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from exercises.misconceptions import Misconception
from exercises.report import Status

#: So much of a sentence is kept: enough to know it by.
_SAID_LENGTH = 240
_NAME_LENGTH = 64
#: Of a sentence the numbers are one student's: without them many say the same.
_MEASURED = re.compile(r"[-−]?\d+\.\d+(?:e[-+]?\d+)?|[-−]?\d+e[-+]?\d+")


class SnagKind(StrEnum):
    """What a snag is known by."""

    #: A misconception that the finding's evidence names.
    MISTAKE = "mistake"
    #: The class of an exception, or the outcome of a run that ended early.
    ERROR = "error"
    #: Nothing but the criterion that did not pass.
    UNNAMED = "unnamed"


@dataclass(frozen=True, slots=True)
class Snag:
    """What a report fails by: its first finding that is not right.

    A report has one at most, so that the snags of a class add up to those who did not pass.
    """

    #: The check, or of a quiz the id of the question.
    part: str
    kind: SnagKind
    #: The misconception, the exception's class or the outcome; "" where it has no name.
    name: str = ""

    @property
    def meaning(self) -> str:
        """What a misconception means, in a sentence; "" where it is none."""
        if self.kind is not SnagKind.MISTAKE:
            return ""
        return next((one.meaning for one in Misconception if one.value == self.name), "")


@dataclass(frozen=True, slots=True)
class PartOutcome:
    """What one finding of a report says, without its evidence."""

    part: str
    status: Status
    points: float
    max_points: float


@dataclass(frozen=True, slots=True)
class Told:
    """What is kept of a report to count a class by."""

    outcomes: tuple[PartOutcome, ...]
    snag: Snag | None
    #: The sentence of the snag without measured numbers, or its beginning; "" where there is none.
    said: str


def told(report: str) -> Told:
    """What a report in JSON tells; reports of any age, as they were stored."""
    findings: list[dict[str, Any]] = json.loads(report)["findings"]
    snag, said = _snag(findings)
    return Told(tuple(_outcome(finding) for finding in findings), snag, said)


def _outcome(finding: Mapping[str, Any]) -> PartOutcome:
    return PartOutcome(
        part=_part(finding),
        status=Status(finding["status"]),
        points=float(finding.get("points", 0.0)),
        max_points=float(finding.get("max_points", 0.0)),
    )


def _part(finding: Mapping[str, Any]) -> str:
    question = finding.get("evidence", {}).get("question")
    if finding["check"] == "question" and isinstance(question, str):
        return question[:_NAME_LENGTH]
    return str(finding["check"])[:_NAME_LENGTH]


def _snag(findings: Iterable[Mapping[str, Any]]) -> tuple[Snag | None, str]:
    """The first that failed; else that is right in part; else that cannot tell."""
    for status in (Status.FAILED, Status.PARTIAL, Status.INCONCLUSIVE):
        for finding in findings:
            if finding["status"] == status:
                return _named(finding)
    return None, ""


def _named(finding: Mapping[str, Any]) -> tuple[Snag, str]:
    evidence = finding.get("evidence", {})
    said = str(finding["message"])
    mistake, raised, outcome = (evidence.get(k) for k in ("mistake", "exception", "outcome"))
    part = _part(finding)
    if isinstance(mistake, str):
        snag = Snag(part, SnagKind.MISTAKE, mistake[:_NAME_LENGTH])
    elif isinstance(raised, str):
        snag = Snag(part, SnagKind.ERROR, raised.partition(":")[0].strip()[:_NAME_LENGTH])
        said = raised
    elif isinstance(outcome, str):
        snag = Snag(part, SnagKind.ERROR, outcome[:_NAME_LENGTH])
    else:
        snag = Snag(part, SnagKind.UNNAMED)
    # PostgreSQL's text holds no NUL, which an exception's words may.
    said = _MEASURED.sub("…", said)
    return snag, said[:_SAID_LENGTH].replace("\0", "")
