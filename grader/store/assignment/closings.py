"""Closings: tells webhooks of the grades that are shown because an assignment has closed.

Nobody does anything at that moment, so a program looks for closing times that have passed. How far
it has told of an assignment is kept in the transaction that writes the deliveries: whatever is
killed between two of them, each submission is told of once.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    Select,
    SQLColumnExpression,
    and_,
    case,
    delete,
    func,
    insert,
    or_,
    select,
    union_all,
)

from grader.store.assignment.deadlines import whole_second
from grader.store.assignment.disclosure import Release
from grader.store.database import reading, writing
from grader.store.models import AssignmentRow as A
from grader.store.models import ClosingRow as C
from grader.store.models import ExtensionRow as E
from grader.store.models import SubmissionRow as S
from grader.store.models.base import Instant
from grader.store.submission.entities import SUMMARY, joined, summary_of
from grader.store.submission.state import State
from grader.store.webhook.announcements import announce_all
from grader.webhooks.event import Event

#: Submissions told of in one transaction, so that on SQLite others can write in between.
_BATCH = 400

_Moment = SQLColumnExpression[datetime | None]


@dataclass(frozen=True, slots=True)
class _Passed:
    """A closing time that has passed, of everybody or of some students of an assignment."""

    assignment: str
    at: datetime
    #: The last submission that was told of; None: none was.
    told_to: str | None


class Closings:
    """The closing times in the database that `engine` opens. Times are aware, in UTC."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def step(self, now: datetime) -> bool:
        """Tell of some submissions whose grade is shown since their student's closing time.

        Returns whether there may be more to do at once. Several may do this at once.
        """
        with reading(self._engine) as connection:
            row = connection.execute(_next(now)).one_or_none()
        if row is None:
            return False
        with writing(self._engine) as connection:
            # Whoever else looks, or changes the rules, waits here; then it may be told already.
            held = select(A.id).where(A.id == row.assignment).with_for_update(key_share=True)
            connection.execute(held)
            again = connection.execute(_next(now, row.assignment)).one_or_none()
            if again is not None:
                _tell(connection, _Passed(*again), now)
        return True


def _next(now: datetime, assignment: str | None = None) -> Select[*tuple[Any, ...]]:
    """The first closing time that has passed and is not told to its end: at most one row.

    A grade is shown from the second after the one that closes; see `Policy.disclosed`.
    """
    of_all = select(A.id, _closing(A.due_at, A.closes_at).label("at"))
    of_one = select(A.id, _own_closing().label("at")).join(E, E.assignment == A.id)
    times = union_all(
        *(
            query.where(or_(A.release == Release.AFTER_CLOSE, A.hidden_criteria != ()))
            for query in (of_all, of_one)
        )
    ).subquery()
    told_to = case((C.closes_at == times.c.at, C.told_to), else_=None)
    query = (
        select(times.c.id.label("assignment"), times.c.at, told_to.label("told_to"))
        .join(A, A.id == times.c.id)
        .outerjoin(C, C.assignment == times.c.id)
        .where(
            times.c.at < whole_second(now),
            # What has closed before it was made has closed on nobody.
            times.c.at > A.created_at,
            or_(C.assignment.is_(None), times.c.at > C.closes_at, told_to.is_not(None)),
        )
    )
    if assignment is not None:
        query = query.where(times.c.id == assignment)
    return query.order_by(times.c.at, times.c.id).limit(1)


def _tell(connection: Connection, passed: _Passed, now: datetime) -> None:
    """Tell of the next submissions, and keep how far it was told."""
    query = joined(select(*SUMMARY)).where(
        S.assignment == passed.assignment,
        # What has no report yet is told of when it has one.
        S.state == State.GRADED,
        _own_closing() == passed.at,
    )
    if passed.told_to is not None:
        query = query.where(S.id > passed.told_to)
    found = [summary_of(row) for row in connection.execute(query.order_by(S.id).limit(_BATCH))]
    shown = [
        one.id
        for one in found
        if one.policy is not None and one.policy.disclosed(passed.at) != one.policy.disclosed(now)
    ]
    announce_all(connection, Event.GRADE_CHANGED, shown, now=now)
    told_to = found[-1].id if len(found) == _BATCH else None
    connection.execute(delete(C).where(C.assignment == passed.assignment))
    connection.execute(
        insert(C).values(assignment=passed.assignment, closes_at=passed.at, told_to=told_to)
    )


def _own_closing() -> ColumnElement[datetime | None]:
    """When it closes for a student who may have an extension."""
    return _closing(
        func.coalesce(E.due_at, A.due_at, type_=Instant),
        func.coalesce(E.closes_at, A.closes_at, type_=Instant),
    )


def _closing(due_at: _Moment, closes_at: _Moment) -> ColumnElement[datetime | None]:
    """`terms.closing`, for the database."""
    by_deadline = and_(due_at.is_not(None), or_(closes_at.is_(None), closes_at < due_at))
    return case((by_deadline, due_at), else_=closes_at)
