"""Grades: records how each attempt ended, once.

Every change is conditional on the attempt's number, the fence: a report that arrives twice or too
late changes nothing, whoever sends it. What is said of a trial is passed on to the trials.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, Engine, func, insert, select, update

from exercises.outcome import Verdict
from exercises.report import Report
from grader.store.database import reading, writing
from grader.store.grading.fingerprints import keep_fingerprint, split_files
from grader.store.grading.graded import graded_by
from grader.store.models import AttemptRow as A
from grader.store.models import FileRow
from grader.store.models import SubmissionRow as S
from grader.store.regrade.names import is_trial
from grader.store.regrade.trials import Trials
from grader.store.submission.state import (
    IN_FLIGHT,
    MAX_ATTEMPTS,
    MAX_FAILURES,
    REGRADE_AFTER,
    Ended,
    State,
)
from grader.store.submission.submissions import StoredFile
from grader.store.webhook.announcements import announce
from grader.webhooks.event import Event
from worker.failure import our_failure

#: A submission that had a report and waits for another one.
_UNGRADED = {
    "state": State.ACCEPTED,
    "regrade_at": None,
    "started_at": None,
    "graded_at": None,
    "verdict": None,
    "score": None,
    "max_score": None,
}


class Grades:
    """The grades in the database that `engine` opens. Times are aware, in UTC."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._trials = Trials(engine)

    def record(
        self,
        submission: str,
        number: int,
        report: Report,
        files: Iterable[StoredFile],
        *,
        now: datetime,
    ) -> bool:
        """Record a report as the submission's grade. False if it is stale or known already."""
        if is_trial(submission):
            return self._trials.record(submission, number, report, files, now=now)
        with writing(self._engine) as connection:
            if not self._grade(connection, submission, number, report, now=now):
                return False
            self._end(connection, submission, number, Ended.GRADED, now=now, report=report)
            _tell(connection, submission, number, now=now)
            served, fingerprint = split_files(files)
            keep_fingerprint(connection, submission, number, report, fingerprint)
            for file in served:
                connection.execute(
                    insert(FileRow).values(
                        submission=submission,
                        attempt=number,
                        name=file.name,
                        media_type=file.media_type,
                        content=file.content,
                    )
                )
        return True

    def fail(
        self, submission: str, number: int, ended: Ended, problem: str, *, now: datetime
    ) -> State | None:
        """Close an attempt that has no report.

        The submission waits to be handed out again or, once the attempts are used up, gets a
        report that says that the grader failed, until it is graded again (`regrade_due`).

        Returns:
            The state that the submission is in now; None if the attempt is not the current one.
        """
        if is_trial(submission):
            return self._trials.fail(submission, number, ended, problem, now=now)
        with writing(self._engine) as connection:
            if not self._is_current(connection, submission, number):
                return None
            self._end(connection, submission, number, ended, now=now, problem=problem)
            failures = self._failures(connection, submission)
            if failures >= MAX_FAILURES or number >= MAX_ATTEMPTS:
                self._give_up(connection, submission, number, now=now)
                self._plan(
                    connection,
                    submission,
                    max(failures - MAX_FAILURES, number - MAX_ATTEMPTS),
                    now=now,
                )
                return State.GRADED
            # At once after the first; what fails again may need a moment (a roll-out, a restart).
            pause = timedelta(seconds=0 if failures < 2 else 2)
            connection.execute(
                update(S)
                .where(S.id == submission)
                .values(state=State.ACCEPTED, due_at=now + pause, started_at=None)
            )
        return State.ACCEPTED

    def regrade_due(self, now: datetime) -> int:
        """Let the internal errors whose time has come wait for one further attempt.

        The attempt's number stays, and the next one is higher: a report of an earlier attempt is
        as stale as it was. Returns how many those were.
        """
        due = (S.regrade_at <= now) & (S.state == State.GRADED)
        with reading(self._engine) as connection:
            # Nearly always nothing: a look every second should not write.
            if connection.scalar(select(S.id).where(due).limit(1)) is None:
                return 0
        with writing(self._engine) as connection:
            waiting = connection.execute(update(S).where(due).values(**_UNGRADED, due_at=now))
        return waiting.rowcount

    def regrade(self, submission: str, *, now: datetime) -> bool:
        """Let an internal error wait for a further attempt at once. False if it is none."""
        failed = (S.id == submission) & (S.verdict == Verdict.INTERNAL_ERROR)
        with writing(self._engine) as connection:
            waiting = connection.execute(update(S).where(failed).values(**_UNGRADED, due_at=now))
        return waiting.rowcount == 1

    def regrade_all(self, which: ColumnElement[bool], *, now: datetime) -> int:
        """The same of all internal errors of which a condition is true. Returns how many."""
        failed = (S.verdict == Verdict.INTERNAL_ERROR) & (S.state == State.GRADED)
        with writing(self._engine) as connection:
            again = update(S).where(failed, which).values(**_UNGRADED, due_at=now)
            return connection.execute(again).rowcount

    @staticmethod
    def _plan(connection: Connection, submission: str, before: int, *, now: datetime) -> None:
        """Note when an internal error is graded again, after so many of them before."""
        if before < len(REGRADE_AFTER):
            at = now + REGRADE_AFTER[before]
            connection.execute(update(S).where(S.id == submission).values(regrade_at=at))

    @staticmethod
    def _is_current(connection: Connection, submission: str, number: int) -> bool:
        # An update that changes nothing holds the row: PostgreSQL lets another recorder wait here.
        held = connection.execute(
            update(S)
            .where(S.id == submission, S.attempt == number, S.state.in_(IN_FLIGHT))
            .values(attempt=number)
        )
        return held.rowcount == 1

    @staticmethod
    def _grade(
        connection: Connection, submission: str, number: int, report: Report, *, now: datetime
    ) -> bool:
        graded = connection.execute(
            update(S)
            .where(S.id == submission, S.attempt == number, S.state.in_(IN_FLIGHT))
            .values(**graded_by(connection, submission, report, now=now))
        )
        return graded.rowcount == 1

    @staticmethod
    def _end(
        connection: Connection,
        submission: str,
        number: int,
        ended: Ended,
        *,
        now: datetime,
        report: Report | None = None,
        problem: str | None = None,
    ) -> None:
        connection.execute(
            update(A)
            .where(A.submission == submission, A.number == number)
            .values(
                finished_at=now,
                ended=ended,
                report=None if report is None else report.model_dump_json(),
                problem=problem,
            )
        )

    @staticmethod
    def _failures(connection: Connection, submission: str) -> int:
        query = select(func.count()).where(
            A.submission == submission, A.ended.is_not(None), A.ended != Ended.UNDELIVERED
        )
        return connection.scalar(query) or 0

    @classmethod
    def _give_up(
        cls, connection: Connection, submission: str, number: int, *, now: datetime
    ) -> None:
        row = connection.execute(
            select(S.exercise, S.exercise_version, S.seed).where(S.id == submission)
        ).one()
        report = our_failure(row.exercise, row.exercise_version, row.seed)
        cls._grade(connection, submission, number, report, now=now)
        connection.execute(
            update(A)
            .where(A.submission == submission, A.number == number)
            .values(report=report.model_dump_json())
        )
        _tell(connection, submission, number, now=now)


def _tell(connection: Connection, submission: str, number: int, *, now: datetime) -> None:
    """Announce a report: the first one of its submission, or a further one."""
    earlier = select(A.number).where(
        A.submission == submission, A.number < number, A.report.is_not(None)
    )
    is_first = connection.scalar(earlier.limit(1)) is None
    event = Event.GRADED if is_first else Event.REGRADED
    announce(connection, event, submission, now=now)
