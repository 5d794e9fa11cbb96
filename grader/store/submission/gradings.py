"""Earlier gradings of a submission: a regrade adds one, and all that were can still be read."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlalchemy import Engine, Row, Select, select

from exercises.report import Report
from grader.store.database import reading
from grader.store.models import AttemptRow as A
from grader.store.models import SubmissionRow as S
from grader.store.moments import Clock, utc_now
from grader.store.review.points import points_of
from grader.store.submission.entities import SUMMARY, Submission, joined, submission_of
from grader.store.submission.seen import as_seen
from grader.store.submission.state import Ended, State
from grader.store.submission.walls import EVERYTHING, View


class Gradings:
    """The gradings in the database that `engine` opens that have been replaced by newer ones."""

    def __init__(self, engine: Engine, *, clock: Clock = utc_now) -> None:
        self._engine = engine
        self._clock = clock

    def get(self, id_: str, number: int, view: View = EVERYTHING) -> Submission | None:
        """A submission as an earlier grading of it found it; None also where it is not seen.

        Verdict, score and version are those of that report, without what staff gave: overrides
        are of the newest. Of the grade there is as much as the view may see now.

        Args:
            id_: the submission's.
            number: of the attempt that graded it.
            view: the wall.
        """
        with reading(self._engine) as connection:
            row = connection.execute(_of(id_, view).where(A.number == number)).one_or_none()
        return None if row is None else self._seen(row, view)

    def earlier(self, id_: str, view: View = EVERYTHING) -> list[Submission]:
        """All of them, the newest first."""
        with reading(self._engine) as connection:
            rows = connection.execute(_of(id_, view).order_by(A.number.desc())).all()
        return [self._seen(row, view) for row in rows]

    def _seen(self, row: Row[*tuple[Any, ...]], view: View) -> Submission:
        report = Report.model_validate_json(row.report)
        found = replace(
            submission_of(row),
            attempt=row.number,
            exercise_version=report.exercise_version,
            started_at=row.begun_at,
            graded_at=row.finished_at,
            regrade_at=None,
            verdict=report.verdict,
            score=report.score,
            max_score=report.max_score,
            given_score=None,
            points=points_of(report),
        )
        return as_seen(found, view, self._clock())


def _of(id_: str, view: View) -> Select[*tuple[Any, ...]]:
    columns = (A.number, A.report, A.finished_at, A.started_at.label("begun_at"))
    query = select(*SUMMARY, S.source, S.seed, *columns).select_from(S)
    return joined(query.join(A, A.submission == S.id)).where(
        S.id == id_,
        view.condition(),
        S.state == State.GRADED,
        A.number < S.attempt,
        A.ended == Ended.GRADED,
    )
