"""Grading by hand what a town's people have handed in."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import update

from exercises.outcome import Outcome, Verdict
from exercises.report import Figure, Finding, Printed, Report, Status
from grader.store.database import writing
from grader.store.grading.attempts import Attempts
from grader.store.grading.grades import Grades
from grader.store.models import SubmissionRow
from grader.store.submission.state import State
from grader.store.submission.submissions import StoredFile
from tests.unit.grader.town import Town

_LEASE = timedelta(minutes=5)
_TYPES = {"png": "image/png", "npz": "application/vnd.numpy.npz"}


def finding(check: str, points: float, of: float, **changes: Any) -> Finding:
    """A finding of a criterion."""
    status = Status.PASSED if points >= of else Status.PARTIAL if points else Status.FAILED
    fields = {"check": check, "status": status, "points": points, "max_points": of}
    return Finding(**fields | {"message": f"{check} says this."} | changes)


def report_of(*criteria: Finding, **changes: Any) -> Report:
    """A report with the checks of form, and these findings of criteria."""
    score = sum(one.points for one in criteria)
    most = sum(one.max_points for one in criteria)
    passed = Verdict.PASSED if score >= most else Verdict.PARTIAL if score else Verdict.FAILED
    form = Finding(check="shape", status=Status.PASSED, message="Two numbers come back.")
    fields: dict[str, Any] = {
        "exercise": "affine",
        "exercise_version": "0" * 16,
        "verdict": passed,
        "outcome": Outcome.COMPLETED,
        "score": score,
        "max_score": most,
        "findings": [form, *criteria],
        "printed": Printed(text="printed by f\n"),
        "seed": 515151,
        "samples": 100,
        "layers": ["seccomp"],
        "figures": [Figure(name="density", alt="p(x) has one mode.")],
    }
    return Report(**fields | changes)


def grade_again(
    town: Town, id_: str, report: Report, files: Mapping[str, bytes] | None = None
) -> None:
    """Record a report in place of the one that a submission has."""
    waits = update(SubmissionRow).where(SubmissionRow.id == id_).values(state=State.ACCEPTED)
    with writing(town.desk.engine) as connection:
        connection.execute(waits)
    grade(town, id_, report, files)


def grade(town: Town, id_: str, report: Report, files: Mapping[str, bytes] | None = None) -> None:
    """Record a report as the grade of a submission that waits."""
    now = datetime.now(UTC)
    attempts, grades = Attempts(town.desk.engine), Grades(town.desk.engine)
    handed = attempts.hand_out(1000, now=now, lease=_LEASE)
    number = next(one.attempt for one in handed if one.submission == id_)
    attempts.begin(id_, number, worker="test", now=now, lease=_LEASE)
    stored = [
        StoredFile(name, _TYPES[name.rpartition(".")[2]], content)
        for name, content in (files or {}).items()
    ]
    assert grades.record(id_, number, report, stored, now=now)
