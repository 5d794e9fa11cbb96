"""Attempts: hands submissions out under a number and a lease.

Every change is conditional on the attempt's number, the fence: however many processes do this at
once, each attempt is handed out once. What is said of a trial is passed on to the trials.
"""

from __future__ import annotations

import base64
from datetime import datetime, timedelta

from sqlalchemy import Connection, Engine, exists, func, insert, select, update

from exercises.catalog.bundle import grading_copy
from exercises.quiz.questions import variant
from grader.store.database import reading, writing
from grader.store.grading.open_attempt import OpenAttempt
from grader.store.grading.turns import turns
from grader.store.models import AttemptRow as A
from grader.store.models import CapacityRow, VersionRow
from grader.store.models import SubmissionRow as S
from grader.store.regrade.names import is_trial
from grader.store.regrade.trials import Trials
from grader.store.submission.state import IN_FLIGHT, Ended, State
from worker.messages import GradingJob

__all__ = ["Attempts", "OpenAttempt"]

_SAME_VERSION = VersionRow.version == S.exercise_version


class Attempts:
    """The attempts in the database that `engine` opens. Times are aware, in UTC."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.trials = Trials(engine)

    def open(self) -> list[OpenAttempt]:
        """All attempts in flight, the oldest first, and after them the trials."""
        query = (
            select(
                A.submission, A.number, A.handed_out_at, A.lease_expires_at, A.started_at, A.worker
            )
            .join(S, (A.submission == S.id) & (A.number == S.attempt))
            .where(S.state.in_(IN_FLIGHT))
            .order_by(A.handed_out_at)
        )
        with reading(self._engine) as connection:
            attempts = [OpenAttempt(*row) for row in connection.execute(query)]
        return attempts + self.trials.open()

    def in_flight(self) -> int:
        """How many attempts are handed out and have not ended, trials aside."""
        with reading(self._engine) as connection:
            query = select(func.count()).select_from(S).where(S.state.in_(IN_FLIGHT))
            return connection.scalar(query) or 0

    def hand_out(self, count: int, *, now: datetime, lease: timedelta) -> list[GradingJob]:
        """Open the next attempt of up to `count` waiting submissions, in the fair order.

        It is committed when this returns: only then may a message be sent.
        """
        if count <= 0:
            return []
        order = turns(due=now, first=count)
        query = (
            select(
                S.id,
                S.attempt,
                S.source,
                S.exercise,
                S.exercise_version,
                S.seed,
                S.course,
                S.student,
            )
            .join(order, order.c.id == S.id)
            .order_by(order.c.rank)
            .limit(count)
        )
        # The order is found in a transaction that only reads, so that no writer waits for it.
        with reading(self._engine) as connection:
            rows = connection.execute(query).all()
        if not rows:
            return []
        with writing(self._engine) as connection:
            taken = [
                row
                for row in rows
                if self._take(connection, row.id, row.attempt, now=now, lease=lease)
            ]
        archives = self._archives([row.id for row in taken if row.attempt])
        return [
            GradingJob(
                submission=row.id,
                attempt=row.attempt + 1,
                source=row.source.decode(),
                exercise=row.exercise,
                exercise_version=row.exercise_version,
                seed=row.seed,
                variant=variant(row.course, row.student, row.exercise),
                archive=archives.get(row.id, ""),
            )
            for row in taken
        ]

    def begin(
        self, submission: str, number: int, *, worker: str, now: datetime, lease: timedelta
    ) -> bool:
        """Note that a worker has begun; its lease counts from here. False if it is stale."""
        if is_trial(submission):
            return self.trials.begin(submission, number, worker=worker, now=now, lease=lease)
        with writing(self._engine) as connection:
            current = connection.execute(
                update(S)
                .where(S.id == submission, S.attempt == number, S.state == State.QUEUED)
                .values(state=State.RUNNING, started_at=now)
            )
            if current.rowcount == 0:
                return False
            connection.execute(
                update(A)
                .where(A.submission == submission, A.number == number)
                .values(started_at=now, worker=worker, lease_expires_at=now + lease)
            )
        return True

    def note_capacity(self, slots: int, *, now: datetime) -> None:
        """Keep the slots of the live workers, for the estimates of the waiting time."""
        with writing(self._engine) as connection:
            values = {"slots": slots, "seen_at": now}
            if connection.execute(update(CapacityRow).values(values)).rowcount == 0:
                connection.execute(insert(CapacityRow).values(id=1, **values))

    def _archives(self, ids: list[str]) -> dict[str, str]:
        """By submission: the version's files, where a worker said that it lacks that version."""
        if not ids:
            return {}
        query = (
            select(S.id, VersionRow.archive)
            .join(VersionRow, (VersionRow.slug == S.exercise) & _SAME_VERSION)
            .where(
                S.id.in_(ids),
                exists().where(A.submission == S.id, A.ended == Ended.UNAVAILABLE),
            )
        )
        with reading(self._engine) as connection:
            found = {row.id: row.archive for row in connection.execute(query)}
        return {id: base64.b64encode(grading_copy(whole)).decode() for id, whole in found.items()}

    @staticmethod
    def _take(
        connection: Connection, id: str, attempt: int, *, now: datetime, lease: timedelta
    ) -> bool:
        taken = connection.execute(
            update(S)
            .where(S.id == id, S.attempt == attempt, S.state == State.ACCEPTED)
            .values(state=State.QUEUED, attempt=attempt + 1, started_at=None)
        )
        if taken.rowcount == 0:
            return False
        connection.execute(
            insert(A).values(
                submission=id,
                number=attempt + 1,
                handed_out_at=now,
                lease_expires_at=now + lease,
            )
        )
        return True
