"""Trials: hands trial gradings out under a number and a lease, and records how each one ended.

A trial walks the road of a submission, with the same fence: a report that comes twice, late, or
after its regrade was cancelled changes nothing. It has rows of its own, so that nothing that
counts, lists or orders submissions can meet it.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, Row, func, insert, select, update

from exercises.catalog.bundle import grading_copy
from exercises.quiz.questions import variant
from exercises.report import Report
from grader.store.database import reading, writing
from grader.store.grading.open_attempt import OpenAttempt
from grader.store.models import RegradeRow, TrialFileRow, VersionRow
from grader.store.models import SubmissionRow as S
from grader.store.models import TrialRow as T
from grader.store.regrade.comparison import comparison
from grader.store.regrade.names import id_in, name_of
from grader.store.regrade.regrading import TRIALS_IN_FLIGHT, TrialState
from grader.store.submission.entities import StoredFile
from grader.store.submission.state import MAX_ATTEMPTS, MAX_FAILURES, Ended, State
from worker.messages import GradingJob


class Trials:
    """The trials in the database that `engine` opens. Times are aware, in UTC.

    Where a name is asked for, it is that of messages (`name_of`).
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def open(self) -> list[OpenAttempt]:
        """All trials in flight, under their names, the oldest first."""
        columns = (T.id, T.attempt, T.handed_out_at, T.lease_expires_at, T.started_at, T.worker)
        query = select(*columns).where(T.state.in_(TRIALS_IN_FLIGHT)).order_by(T.handed_out_at)
        with reading(self._engine) as connection:
            rows = connection.execute(query).all()
        return [_open(row) for row in rows]

    def in_flight(self) -> int:
        """How many are handed out and have not ended."""
        query = select(func.count()).select_from(T).where(T.state.in_(TRIALS_IN_FLIGHT))
        with reading(self._engine) as connection:
            return connection.scalar(query) or 0

    def hand_out(self, count: int, *, now: datetime, lease: timedelta) -> list[GradingJob]:
        """Open the next attempt of up to `count` waiting trials, of each regrade in turn.

        It is committed when this returns: only then may a message be sent.
        """
        if count <= 0:
            return []
        columns = (S.source, S.exercise, S.seed, S.course, S.student)
        query = (
            select(T.id, T.attempt, T.needs_files, RegradeRow.exercise_version, *columns)
            .join(S, S.id == T.submission)
            .join(RegradeRow, RegradeRow.id == T.regrade)
            .where(T.state == TrialState.WAITING, T.due_at <= now)
            .order_by(T.place, T.id)
            .limit(count)
        )
        with reading(self._engine) as connection:
            rows = connection.execute(query).all()
        if not rows:
            return []
        with writing(self._engine) as connection:
            taken = [
                row for row in rows if _take(connection, row.id, row.attempt, now=now, lease=lease)
            ]
        return [
            GradingJob(
                submission=name_of(row.id),
                attempt=row.attempt + 1,
                source=row.source.decode(),
                exercise=row.exercise,
                exercise_version=row.exercise_version,
                seed=row.seed,
                variant=variant(row.course, row.student, row.exercise),
                archive=self._archive(row.exercise, row.exercise_version, row.needs_files),
            )
            for row in taken
        ]

    def begin(
        self, name: str, number: int, *, worker: str, now: datetime, lease: timedelta
    ) -> bool:
        """Note that a worker has begun; its lease counts from here. False if it is stale."""
        here = (T.id == id_in(name)) & (T.attempt == number) & (T.state == TrialState.QUEUED)
        values = {"worker": worker, "started_at": now, "lease_expires_at": now + lease}
        with writing(self._engine) as connection:
            begun = connection.execute(
                update(T).where(here).values(state=TrialState.RUNNING, **values)
            )
        return begun.rowcount == 1

    def record(
        self,
        name: str,
        number: int,
        report: Report,
        files: Iterable[StoredFile],
        *,
        now: datetime,
    ) -> bool:
        """Record a report, and what it would change. False if it is stale or known already."""
        id_ = id_in(name)
        with writing(self._engine) as connection:
            if not _end(connection, id_, number, TrialState.TRIED, now=now):
                return False
            row = connection.execute(select(T.submission, T.base).where(T.id == id_)).one()
            compared = comparison(connection, row.submission, row.base, report, at=now)
            connection.execute(
                update(T)
                .where(T.id == id_)
                .values(
                    report=report.model_dump_json(),
                    verdict=report.verdict,
                    max_score=report.max_score,
                    **compared,
                )
            )
            for file in files:
                values = {"name": file.name, "media_type": file.media_type}
                connection.execute(
                    insert(TrialFileRow).values(trial=id_, content=file.content, **values)
                )
        return True

    def fail(
        self, name: str, number: int, ended: Ended, problem: str, *, now: datetime
    ) -> State | None:
        """Close an attempt that has no report: it waits for another one, or is given up.

        Returns:
            As of a submission: accepted where it waits again, graded where it was given up; None
            if the attempt is not the current one.
        """
        id_ = id_in(name)
        with writing(self._engine) as connection:
            if not _end(connection, id_, number, TrialState.FAILED, now=now):
                return None
            before = connection.scalar(select(T.failures).where(T.id == id_)) or 0
            failures = before + (ended is not Ended.UNDELIVERED)
            values: dict[str, object] = {"failures": failures, "problem": problem}
            if ended is Ended.UNAVAILABLE:
                values["needs_files"] = True
            given_up = failures >= MAX_FAILURES or number >= MAX_ATTEMPTS
            if not given_up:
                # At once after the first; what fails again may need a moment.
                pause = timedelta(seconds=0 if failures < 2 else 2)
                values |= {"state": TrialState.WAITING, "due_at": now + pause, "finished_at": None}
            connection.execute(update(T).where(T.id == id_).values(**values))
        return State.GRADED if given_up else State.ACCEPTED

    def _archive(self, slug: str, version: str, needed: bool) -> str:
        """The version's files, where a worker said that it lacks that version."""
        if not needed:
            return ""
        query = select(VersionRow.archive).where(
            VersionRow.slug == slug, VersionRow.version == version
        )
        with reading(self._engine) as connection:
            whole = connection.scalar(query)
        return "" if whole is None else base64.b64encode(grading_copy(whole)).decode()


def _open(row: Row[*tuple[Any, ...]]) -> OpenAttempt:
    return OpenAttempt(name_of(row.id), *row[1:])


def _take(
    connection: Connection, id_: str, attempt: int, *, now: datetime, lease: timedelta
) -> bool:
    taken = connection.execute(
        update(T)
        .where(T.id == id_, T.attempt == attempt, T.state == TrialState.WAITING)
        .values(
            state=TrialState.QUEUED,
            attempt=attempt + 1,
            handed_out_at=now,
            lease_expires_at=now + lease,
            started_at=None,
            worker=None,
        )
    )
    return taken.rowcount == 1


def _end(
    connection: Connection, id_: str, number: int, state: TrialState, *, now: datetime
) -> bool:
    """End the current attempt. False where it is not the current one."""
    ended = connection.execute(
        update(T)
        .where(T.id == id_, T.attempt == number, T.state.in_(TRIALS_IN_FLIGHT))
        .values(state=state, finished_at=now)
    )
    return ended.rowcount == 1
