"""The replays of a report: for each finding that has something to show, by its check."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType

from exercises.criteria import AnyCriterion
from exercises.exercise import CodeExercise
from exercises.report import Finding, Status
from grader.replay import of_function, of_maps, of_values
from grader.replay.block import Clue, Replay

_BY_CHECK: Mapping[str, Callable[[Clue], Replay | None]] = MappingProxyType(
    {
        "function": of_function.raised,
        "shape": of_function.misshapen,
        "finite": of_function.not_finite,
        "purity": of_function.impure,
        "invertibility": of_maps.folded,
        "inverse": of_maps.not_undone,
        "log_det": of_maps.other_number,
        "log_prob": of_maps.other_number,
        "normalization": of_maps.not_one,
        "coupling": of_maps.no_coupling,
        "law": of_maps.other_law,
        "fit": of_maps.other_law,
        "values": of_values.other_value,
        "accuracy": of_values.other_class,
        "likelihood": of_values.unlikely,
    }
)
#: What these found needs no example.
_NOTHING_TO_SHOW = {Status.PASSED, Status.SKIPPED}


def replays(findings: Iterable[Finding], exercise: CodeExercise) -> list[Replay | None]:
    """For each finding its replay, or None where there is nothing to show.

    Args:
        findings: of a report, all and in its order.
        exercise: the one that was answered, at the report's version.
    """
    found, seen = [], Counter[str]()
    for finding in findings:
        criterion = _criterion(exercise, finding.check, seen[finding.check])
        seen[finding.check] += 1
        clue = Clue(finding.evidence, exercise, criterion, f"{exercise.slug}.py")
        write = _BY_CHECK.get(finding.check)
        shows = write is not None and finding.status not in _NOTHING_TO_SHOW
        found.append(write(clue) if write is not None and shows else None)
    return found


def _criterion(exercise: CodeExercise, check: str, number: int) -> AnyCriterion | None:
    """The rubric's line of the check's finding with this number: both stand in one order."""
    lines = [criterion for criterion in exercise.criteria if criterion.check == check]
    return lines[number] if number < len(lines) else None
