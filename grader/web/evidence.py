"""Shows what a finding rests on: the lines of code that it speaks of, and its evidence by name."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pydantic import JsonValue

from exercises.exercise import AnyExercise, CodeExercise
from exercises.misconceptions import Misconception
from exercises.report import Finding, Status
from grader.findings import together
from grader.replay.block import Replay
from grader.replay.replays import replays
from grader.web.listing import Line

#: So many lines are shown before the line that is meant, and after it.
_AROUND = 2
#: What is said first.
_TO_MEND = {Status.FAILED, Status.PARTIAL, Status.INCONCLUSIVE}


@dataclass(frozen=True, slots=True)
class Entry:
    """A finding as the page shows it."""

    finding: Finding
    #: The lines around the one that is meant; none where there is no such line.
    excerpt: tuple[Line, ...]
    #: Its numbers and code to paste; None where there is nothing to show.
    replay: Replay | None
    #: The usual mistake that it names.
    misconception: Misconception | None


def entries(
    findings: Sequence[Finding], lines: Sequence[Line], exercise: AnyExercise | None
) -> list[Entry]:
    """The findings as people read them, each with what it rests on; of code what failed first.

    Args:
        findings: of a report, all and in its order.
        lines: of the code.
        exercise: at the report's version; None where that is no longer known.
    """
    code = exercise if isinstance(exercise, CodeExercise) else None
    shown = replays(findings, code) if code is not None else [None] * len(findings)
    # By identity: two findings may be equal. What is joined of several has nothing to replay.
    by_finding = {id(finding): replay for finding, replay in zip(findings, shown, strict=True)}
    shown_first = sorted(together(findings), key=lambda finding: finding.status not in _TO_MEND)
    return [
        Entry(finding, _excerpt(finding, lines), by_finding.get(id(finding)), _named(finding))
        for finding in (shown_first if code is not None else together(findings))
    ]


def named_values(evidence: Mapping[str, JsonValue]) -> list[tuple[str, str]]:
    """Every entry of the evidence as a name in words and its value as JSON.

    The excerpt is left out: the page shows it below the sentence.
    """
    return [
        (name.replace("_", " "), value if isinstance(value, str) else _json(value))
        for name, value in evidence.items()
        if value is not None and name != "excerpt"
    ]


def _excerpt(finding: Finding, lines: Sequence[Line]) -> tuple[Line, ...]:
    number = finding.line
    if number is None or number > len(lines):
        return ()
    return tuple(lines[max(0, number - 1 - _AROUND) : number + _AROUND])


def _named(finding: Finding) -> Misconception | None:
    name = finding.evidence.get("mistake")
    return next((one for one in Misconception if one.value == name), None)


def _json(value: JsonValue) -> str:
    return json.dumps(value, ensure_ascii=False)
