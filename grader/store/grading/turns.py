"""The fair order in which waiting submissions are handed out, as one SQL query."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, Integer, Subquery, and_, func, literal, select
from sqlalchemy.orm import InstrumentedAttribute

from grader.store.models import SubmissionRow as S
from grader.store.submission.state import IN_FLIGHT, State


def turns(due: datetime | None = None, first: int | None = None) -> Subquery:
    """The waiting submissions as (id, rank), rank from 1: first the course that has the fewest in
    flight, within it the student who has the fewest, then the oldest.

    A course's j-th next submission takes its turn after `in flight + j - 1` others of its own, so
    the order by that number is what picking one at a time, always for whoever has the least in
    flight, would give (max-min fairness).

    Args:
        due: leave out what must not be handed out before a later moment than this.
        first: only so many are wanted; the ranks up to there are right, and found faster.
    """
    students = _students(due, first)
    of_course = _in_flight(S.course)
    in_course = func.row_number().over(
        partition_by=students.c.course, order_by=(students.c.turn, students.c.id)
    )
    courses = (
        select(students.c.id, (in_course + _count(of_course)).label("turn"))
        .outerjoin(of_course, of_course.c.course == students.c.course)
        .subquery()
    )
    rank = func.row_number().over(order_by=(courses.c.turn, courses.c.id))
    return select(courses.c.id, rank.label("rank")).subquery()


def _students(due: datetime | None, first: int | None) -> Subquery:
    """The waiting submissions as (id, course, turn), the turn being that within the course."""
    waiting = S.state == State.ACCEPTED
    if due is not None:
        waiting = and_(waiting, S.due_at <= due)
    in_line = func.row_number().over(partition_by=(S.course, S.student), order_by=S.id)
    lines = select(S.id, S.course, S.student, in_line.label("place")).where(waiting).subquery()
    of_student = _in_flight(S.course, S.student)
    turn = lines.c.place + _count(of_student)
    query = select(lines.c.id, lines.c.course, turn.label("turn")).outerjoin(
        of_student,
        and_(of_student.c.course == lines.c.course, of_student.c.student == lines.c.student),
    )
    if first is not None:
        # Nobody has more than `first` among the first.
        query = query.where(lines.c.place <= first)
    return query.subquery()


def _in_flight(*by: InstrumentedAttribute[str]) -> Subquery:
    """How many submissions are handed out and not graded yet, by course or by student."""
    return (
        select(*by, func.count().label("count"))
        .where(S.state.in_(IN_FLIGHT))
        .group_by(*by)
        .subquery()
    )


def _count(group: Subquery) -> ColumnElement[int]:
    return func.coalesce(group.c.count, literal(0, Integer))
