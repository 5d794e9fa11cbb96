"""Lookups: the small questions that a request's rule asks before anything is read for it."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Engine, or_, select

from grader.store.database import reading
from grader.store.models import AssignmentRow as A
from grader.store.models import BatchRow, CourseRow, MembershipRow, RegradeRow
from grader.store.models import SubmissionRow as S
from grader.store.moments import Clock, utc_now
from grader.store.submission.walls import View


class Lookups:
    """The lookups in the database that `engine` opens."""

    def __init__(self, engine: Engine, *, clock: Clock = utc_now) -> None:
        self._engine = engine
        self._clock = clock

    def sees_submission(self, view: View, id_: str) -> bool:
        """Whether there is a submission of this id within a view."""
        query = select(S.id).where(S.id == id_, view.condition())
        with reading(self._engine) as connection:
            return connection.scalar(query) is not None

    def course_of(self, assignment: str) -> str | None:
        """The course of an assignment; None: there is no such assignment."""
        with reading(self._engine) as connection:
            return connection.scalar(select(A.course).where(A.id == assignment))

    def answers_to(self, assignment: str, submissions: Sequence[str]) -> frozenset[str]:
        """Which of these submissions answer an assignment."""
        query = select(S.id).where(S.id.in_(submissions), S.assignment == assignment)
        with reading(self._engine) as connection:
            return frozenset(connection.scalars(query))

    def course_of_regrade(self, regrade: str) -> str | None:
        """The course of a regrade; None: there is no such regrade."""
        with reading(self._engine) as connection:
            return connection.scalar(select(RegradeRow.course).where(RegradeRow.id == regrade))

    def course_of_batch(self, batch: str) -> str | None:
        """The course of a batch; None: there is no such batch."""
        with reading(self._engine) as connection:
            return connection.scalar(select(BatchRow.course).where(BatchRow.id == batch))

    def has_course(self, course: str) -> bool:
        """Whether there is a course of this id, archived or not."""
        with reading(self._engine) as connection:
            return connection.scalar(select(CourseRow.id).where(CourseRow.id == course)) is not None

    def open_exercises(self, person: str, within: str | None = None) -> frozenset[str]:
        """The slugs of what the person's courses have assigned and opened, closed ones too.

        Of one course only, where it is named.
        """
        query = (
            select(A.exercise)
            .distinct()
            .join(MembershipRow, MembershipRow.course == A.course)
            .where(
                MembershipRow.person == person,
                or_(A.opens_at.is_(None), A.opens_at <= self._clock()),
            )
        )
        if within is not None:
            query = query.where(A.course == within)
        with reading(self._engine) as connection:
            return frozenset(connection.scalars(query))
