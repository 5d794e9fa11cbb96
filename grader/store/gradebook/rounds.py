"""Rounds: the submissions of an assignment that one looks through, one a student, in an order."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Engine, Select, and_, exists, func, select

from exercises.outcome import Verdict
from grader.store.course.roles import Role
from grader.store.database import reading
from grader.store.models import CommentRow, MembershipRow, OverrideRow, ReviewRow
from grader.store.models import SubmissionRow as S


class Among(StrEnum):
    """Which submissions of an assignment one looks through."""

    #: The latest of each student.
    ALL = "all"
    #: Those of them that did not pass.
    FAILED = "failed"
    #: Those that nobody has commented on or changed the points of.
    UNTOUCHED = "untouched"
    #: Those whose student waits for a review.
    ASKED = "asked"


@dataclass(frozen=True, slots=True)
class Round:
    """Where one is in such a list."""

    among: Among
    #: How many there are in all, and how many come before this one's student.
    count: int
    before: int
    #: The ids of those before and after; None at an end.
    previous: str | None
    next: str | None


class Rounds:
    """The rounds in the database that `engine` opens."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def at(self, assignment: str, course: str, person: str, among: Among = Among.ALL) -> Round:
        """Where a student is among those of an assignment, in the order in which they joined.

        The order rests on nothing that grading changes, so that nobody is skipped or met twice.
        """
        listed = _listed(assignment, course, among).subquery()
        after = select(listed.c.id).where(listed.c.person > person).order_by(listed.c.person)
        behind = select(listed.c.id).where(listed.c.person < person)
        counts = select(func.count(), func.count().filter(listed.c.person < person)).select_from(
            listed
        )
        with reading(self._engine) as connection:
            count, before = connection.execute(counts).one()
            return Round(
                among=among,
                count=count,
                before=before,
                previous=connection.scalar(behind.order_by(listed.c.person.desc()).limit(1)),
                next=connection.scalar(after.limit(1)),
            )


def _listed(assignment: str, course: str, among: Among) -> Select[*tuple[Any, ...]]:
    """The latest submission of each student, as (id, person)."""
    latest = (
        select(func.max(S.id).label("id"), S.person)
        .join(
            MembershipRow,
            and_(
                MembershipRow.course == course,
                MembershipRow.person == S.person,
                MembershipRow.role == Role.STUDENT,
            ),
        )
        .where(S.assignment == assignment)
        .group_by(S.person)
    )
    if among is Among.ALL:
        return latest
    found = latest.subquery()
    query = select(found.c.id, found.c.person)
    if among is Among.FAILED:
        return query.join(S, S.id == found.c.id).where(S.verdict != Verdict.PASSED)
    if among is Among.ASKED:
        return query.where(
            exists().where(ReviewRow.submission == found.c.id, ReviewRow.answered_at.is_(None))
        )
    return query.where(
        ~exists().where(CommentRow.submission == found.c.id, CommentRow.withdrawn_at.is_(None)),
        ~exists().where(OverrideRow.submission == found.c.id, OverrideRow.ended_at.is_(None)),
    )
