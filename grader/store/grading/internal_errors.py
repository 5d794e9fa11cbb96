"""Internal errors: what the grader failed on, what is known of it, and grading it again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    exists,
    func,
    literal_column,
    select,
    true,
)

from grader.store.audit import Actor, Deed, note
from grader.store.database import one_transaction, reading
from grader.store.grading.grades import Grades
from grader.store.models import AttemptRow as A
from grader.store.models import PersonRow
from grader.store.models import SubmissionRow as S
from grader.store.moments import Clock, utc_now
from grader.store.submission.entities import SUMMARY, Summary, joined, summary_of
from grader.store.submission.state import Ended, State
from grader.store.submission.walls import View

#: How an attempt ends that went wrong; what only the queue lost is its own affair.
_WRONG = (Ended.FAILED, Ended.UNAVAILABLE, Ended.LOST, Ended.EXPIRED)


@dataclass(frozen=True, slots=True)
class FailedAttempt:
    """One attempt that went wrong. Times are aware, in UTC."""

    number: int
    ended: Ended
    worker: str | None
    finished_at: datetime | None
    #: What went wrong, for operators only.
    problem: str


@dataclass(frozen=True, slots=True)
class Failure:
    """A submission that the grader failed on, or fails on now."""

    submission: Summary
    #: The name of who sent it; None: there is none.
    name: str | None
    attempts: tuple[FailedAttempt, ...]

    @property
    def is_tried_now(self) -> bool:
        """Whether a further attempt is under way, or waits for its turn."""
        return self.submission.state is not State.GRADED


@dataclass(frozen=True, slots=True)
class Extent:
    """How much is failing."""

    submissions: int
    #: How many people sent them.
    students: int


class InternalErrors:
    """The internal errors in the database that `engine` opens."""

    def __init__(self, engine: Engine, *, clock: Clock = utc_now) -> None:
        self._engine = engine
        self._grades = Grades(engine)
        self._clock = clock

    def page(
        self, view: View, *, course: str | None = None, limit: int, before: str | None = None
    ) -> list[Failure]:
        """What fails, the newest submission first; the next page begins `before` the last id.

        Args:
            view: the wall.
            course: only those to assignments of this course; None: all that is seen.
            limit: how many at most.
            before: only submissions older than this id.
        """
        with reading(self._engine) as connection:
            failing = sorted((id_ for id_, _ in _failing(connection, view, course)), reverse=True)
            ids = [id_ for id_ in failing if before is None or id_ < before][:limit]
            query = joined(select(*SUMMARY, PersonRow.name).select_from(S))
            query = query.outerjoin(PersonRow, PersonRow.id == S.person).where(S.id.in_(ids))
            rows = connection.execute(query.order_by(S.id.desc())).all()
            attempts = _attempts(connection, ids)
        return [Failure(summary_of(row), row.name, tuple(attempts[row.id])) for row in rows]

    def extent(self, view: View, course: str | None = None) -> Extent:
        """How many submissions fail, and how many people that touches."""
        with reading(self._engine) as connection:
            found = _failing(connection, view, course)
        return Extent(len(found), len({who for _, who in found}))

    def again(self, actor: Actor, submission: str) -> bool:
        """Grade one again now. False where there is no report of our failure."""
        now = self._clock()
        with one_transaction(self._engine) as connection:
            if not self._grades.regrade(submission, now=now):
                return False
            row = connection.execute(select(S.course, S.assignment).where(S.id == submission)).one()
            note(
                connection,
                actor,
                Deed.GRADED_AGAIN,
                now=now,
                course=_course(row),
                assignment=row.assignment,
                submission=submission,
            )
        return True

    def again_all(self, actor: Actor, course: str | None) -> int:
        """Grade all of a course again now, or of the server. Returns how many those are."""
        now = self._clock()
        with one_transaction(self._engine) as connection:
            count = self._grades.regrade_all(_within(course), now=now)
            if count:
                after = {"submissions": count}
                note(connection, actor, Deed.GRADED_AGAIN, now=now, course=course, after=after)
        return count


#: What has a report of our failure. Written out: SQLite takes a partial index for no parameter.
_FAILED = S.verdict == literal_column("'internal_error'")
_FAILING: tuple[ColumnElement[bool], ...] = (
    _FAILED,
    # What is tried again between two attempts, and has gone wrong before.
    S.state.in_([State.ACCEPTED, State.QUEUED, State.RUNNING])
    & (S.attempt > 0)
    & exists().where(A.submission == S.id, A.ended.in_(_WRONG)),
)


def _failing(connection: Connection, view: View, course: str | None) -> list[tuple[str, str]]:
    """The ids of what fails, each with who sent it.

    All of them, and in no order: these are few of very many, and a database that is asked for the
    newest few would rather read the very many in their order.
    """
    found = []
    for failing in _FAILING:
        query = select(S.id, func.coalesce(S.person, S.student)).where(
            failing, view.condition(), _within(course)
        )
        found += [(row[0], row[1]) for row in connection.execute(query)]
    return found


def _within(course: str | None) -> ColumnElement[bool]:
    if course is None:
        return true()
    # Only by an assignment: without one, `course` is a label that anybody may write.
    return S.assignment.is_not(None) & (S.course == course)


def _course(row: Any) -> str | None:
    course: str | None = row.course
    return None if row.assignment is None else course


def _attempts(
    connection: Connection, ids: Collection[str]
) -> defaultdict[str, list[FailedAttempt]]:
    columns = (A.submission, A.number, A.ended, A.worker, A.finished_at, A.problem)
    query = select(*columns).where(A.submission.in_(ids), A.ended.in_(_WRONG))
    found: defaultdict[str, list[FailedAttempt]] = defaultdict(list)
    for row in connection.execute(query.order_by(A.submission, A.number)):
        attempt = FailedAttempt(
            row.number, Ended(row.ended), row.worker, row.finished_at, row.problem or ""
        )
        found[row.submission].append(attempt)
    return found
