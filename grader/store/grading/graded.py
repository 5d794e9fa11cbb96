"""What a report makes of a submission: the one place where a grade is put into columns."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from exercises.report import Report
from grader.store.review.overrides import marks_under
from grader.store.submission.state import State


def graded_by(
    connection: Connection, submission: str, report: Report, *, now: datetime
) -> dict[str, Any]:
    """The columns of a submission whose grade this report is: of a grading, or of a regrade.

    It writes nothing: a trial asks what they would be.

    Args:
        connection: of the transaction that writes them.
        submission: its id.
        report: of the attempt that counts from now on.
        now: when it is recorded.
    """
    return {
        "state": State.GRADED,
        "graded_at": now,
        "verdict": report.verdict,
        "score": report.score,
        "max_score": report.max_score,
        **marks_under(connection, submission, report),
    }
