"""What is read of a submission: as a whole, as a line of a list, and its files."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, func

from exercises.outcome import Outcome, Verdict
from exercises.report import Finding, Printed, Report
from grader.store.assignment.deadlines import zone_of
from grader.store.assignment.disclosure import WHOLE, Disclosure, Policy, Release
from grader.store.assignment.terms import Lateness, closing, lateness
from grader.store.models import AssignmentRow, CourseRow, ExtensionRow
from grader.store.models import SubmissionRow as S
from grader.store.models.base import Instant
from grader.store.review.points import read
from grader.store.submission.marks import Marks
from grader.store.submission.state import State


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary(Marks):
    """A submission in a list: without its source, seed and report. Times are aware, in UTC."""

    id: str
    exercise: str
    exercise_version: str
    #: Ids where it was signed, else labels of the client's choosing.
    course: str
    student: str
    #: Who sent it; None where nobody had signed in.
    person: str | None
    #: What it answers to; None outside a course.
    assignment: str | None
    state: State
    #: The current attempt's number; 0 before the first is handed out.
    attempt: int
    accepted_at: datetime
    started_at: datetime | None
    graded_at: datetime | None
    #: When an internal error is graded again by itself; None: it is not, or there is none.
    regrade_at: datetime | None
    #: The id of the access token that it was sent by; None: by a browser.
    sent_by_token: str | None = None
    #: What coming late costs it; None outside an assignment.
    lateness: Lateness | None
    #: When its student is shown the grade; None outside an assignment.
    policy: Policy | None = None
    #: How much of the grade this is: whoever reads by a view gets what the view may see.
    disclosure: Disclosure = WHOLE

    @property
    def counted_score(self) -> float | None:
        """What counts: after an override and the late penalty; None where there is no score."""
        score = self.standing_score
        if score is None or self.lateness is None:
            return score
        return self.lateness.of(score)


@dataclass(frozen=True, slots=True)
class Receipt:
    """What is shown of a report before its grade is released."""

    outcome: Outcome
    #: Those of form.
    findings: tuple[Finding, ...]
    printed: Printed


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission(Summary):
    """What was sent, how far it is, and its report once there is one."""

    source: str
    #: 0 where the grade is not released: with it the grade could be repeated.
    seed: int
    #: None also where the grade is not released.
    report: Report | None
    #: In place of the report, where the grade is not released.
    receipt: Receipt | None = None


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file that the grading made, such as `density.png`."""

    name: str
    media_type: str
    content: bytes


_OWN = tuple(
    one.name for one in fields(Summary) if one.name not in {"lateness", "policy", "disclosure"}
)

#: The columns that make a `Summary`; of a query that is `joined`.
SUMMARY = (
    *(getattr(S, name) for name in _OWN),
    func.coalesce(ExtensionRow.due_at, AssignmentRow.due_at, type_=Instant).label("own_due_at"),
    func.coalesce(ExtensionRow.closes_at, AssignmentRow.closes_at, type_=Instant).label(
        "own_closes_at"
    ),
    AssignmentRow.late_penalty,
    AssignmentRow.release,
    AssignmentRow.released_at,
    AssignmentRow.hidden_criteria,
    CourseRow.time_zone,
)


def joined(query: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    """A query of submissions with what says how late each one was."""
    extension = (ExtensionRow.assignment == S.assignment) & (ExtensionRow.person == S.person)
    return (
        query.outerjoin(AssignmentRow, AssignmentRow.id == S.assignment)
        .outerjoin(CourseRow, CourseRow.id == AssignmentRow.course)
        .outerjoin(ExtensionRow, extension)
    )


def summary_of(row: Row[*tuple[Any, ...]]) -> Summary:
    """The summary in a row that has the columns SUMMARY."""
    return Summary(**_fields(row))


def submission_of(row: Row[*tuple[Any, ...]]) -> Submission:
    """The submission in a row that has the columns SUMMARY, `source`, `seed` and `report`."""
    graded = row.state == State.GRADED
    report = Report.model_validate_json(row.report) if graded else None
    return Submission(**_fields(row), source=row.source.decode(), seed=row.seed, report=report)


def _fields(row: Row[*tuple[Any, ...]]) -> dict[str, Any]:
    values = {name: getattr(row, name) for name in _OWN}
    values["state"] = State(row.state)
    values["verdict"] = None if row.verdict is None else Verdict(row.verdict)
    values["points"] = read(row.points)
    values["lateness"] = values["policy"] = None
    if row.assignment is not None:
        zone = zone_of(row.time_zone)
        values["lateness"] = lateness(row.accepted_at, row.own_due_at, row.late_penalty, zone)
        values["policy"] = Policy(
            Release(row.release),
            row.released_at,
            frozenset(row.hidden_criteria),
            closing(row.own_due_at, row.own_closes_at),
        )
    return values
