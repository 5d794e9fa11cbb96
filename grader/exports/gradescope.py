"""Gradescope's results.json: a report as its autograder platform reads it.

The format: https://gradescope-autograders.readthedocs.io/en/latest/specs/ (output format).
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from exercises.outcome import Verdict
from exercises.report import Finding, Report, Status
from grader.findings import together


class NotGraded(Exception):
    """There is no grade to hand on: the grader itself failed, which must not become a zero."""


class Visibility(StrEnum):
    """When students see a test or the whole result."""

    VISIBLE = "visible"
    HIDDEN = "hidden"
    AFTER_DUE_DATE = "after_due_date"
    AFTER_PUBLISHED = "after_published"


Format = Literal["text", "html", "simple_format", "md", "ansi"]
_Points = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Test(_Part):
    """One line of the result."""

    name: str
    output: str
    output_format: Format = "text"
    #: Left out where nothing can be earned: Gradescope shows the line without points.
    score: _Points | None = None
    max_score: _Points | None = None
    status: Literal["passed", "failed"] | None = None
    number: str
    visibility: Visibility = Visibility.VISIBLE
    extra_data: dict[str, JsonValue] = {}


class Results(_Part):
    """The whole file."""

    score: _Points
    #: Seconds.
    execution_time: Annotated[float, Field(ge=0, allow_inf_nan=False)]
    output: str
    output_format: Format = "text"
    test_output_format: Format = "text"
    test_name_format: Format = "text"
    visibility: Visibility = Visibility.VISIBLE
    #: Of what the autograder itself prints, which is for its operators.
    stdout_visibility: Visibility = Visibility.HIDDEN
    tests: list[Test]
    extra_data: dict[str, JsonValue]

    def to_json(self) -> str:
        """The file's text, what is not said left out."""
        return self.model_dump_json(exclude_none=True, indent=2) + "\n"


def results(
    report: Report,
    *,
    score: float | None = None,
    remarks: tuple[str, ...] = (),
    visibility: Visibility = Visibility.VISIBLE,
    page: str | None = None,
) -> Results:
    """The report as Gradescope's results.

    Args:
        report: of one grading.
        score: in place of the report's, after a penalty or an override.
        remarks: sentences to put first, on what changed the score.
        visibility: of the result as a whole.
        page: the address of the whole report, with its figures.

    Raises:
        NotGraded: the grader failed.
    """
    if report.verdict is Verdict.INTERNAL_ERROR:
        raise NotGraded("The grader itself failed; this is no zero, and it is to be graded again.")
    return Results(
        score=report.score if score is None else score,
        execution_time=report.usage.wall_seconds,
        output="\n\n".join((*remarks, *_said(report), *_further(page))),
        visibility=visibility,
        tests=[
            _test(finding, number) for number, finding in enumerate(together(report.findings), 1)
        ],
        extra_data=_origin(report),
    )


def _test(finding: Finding, number: int) -> Test:
    earns = finding.max_points > 0
    return Test(
        name=finding.check,
        output=_output(finding),
        score=finding.points if earns else None,
        max_score=finding.max_points if earns else None,
        status=_STATUS.get(finding.status),
        number=str(number),
        extra_data={"status": finding.status.value, "evidence": finding.evidence},
    )


#: What Gradescope would otherwise guess from the points; it has no third way.
_STATUS: dict[Status, Literal["passed", "failed"]] = {
    Status.PASSED: "passed",
    Status.PARTIAL: "failed",
    Status.FAILED: "failed",
    Status.SKIPPED: "failed",
}


def _output(finding: Finding) -> str:
    where = "" if finding.line is None else f"\n(line {finding.line})"
    excerpt = finding.evidence.get("excerpt")
    shown = f"\n\n{excerpt}" if isinstance(excerpt, str) else ""
    hint = "" if finding.hint is None else f"\nHint: {finding.hint}"
    return f"{finding.message}{where}{hint}{shown}"


def _said(report: Report) -> list[str]:
    said = []
    if report.verdict is Verdict.NOT_GRADABLE:
        said.append("Nothing could be graded; mend what is said below, and submit again.")
    if report.printed.text:
        said.append(f"Printed by the code:\n{report.printed.text}")
    said.extend(figure.alt for figure in report.figures)
    return said


def _further(page: str | None) -> list[str]:
    return [] if page is None else [f"The whole report, with its figures: {page}"]


def _origin(report: Report) -> dict[str, Any]:
    """What repeats the grade."""
    return {
        "exercise": report.exercise,
        "exercise_version": report.exercise_version,
        "seed": report.seed,
        "verdict": report.verdict.value,
        "outcome": report.outcome.value,
        "max_score": report.max_score,
    }
