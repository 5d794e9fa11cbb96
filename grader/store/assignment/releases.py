"""Releases: lets students see the grades of an assignment, and takes that back."""

from __future__ import annotations

from sqlalchemy import Engine, select, update

from grader.store.assignment.assignments import ASSIGNMENT, Assignment, assignment_of
from grader.store.audit import NOBODY_IN_PARTICULAR, Actor, Deed, note
from grader.store.database import writing
from grader.store.models import AssignmentRow as A
from grader.store.models import SubmissionRow as S
from grader.store.moments import Clock, utc_now
from grader.store.webhook.announcements import announce_all
from grader.webhooks.event import Event


class Releases:
    """The releases in the database that `engine` opens."""

    def __init__(self, engine: Engine, *, clock: Clock = utc_now) -> None:
        self._engine = engine
        self._clock = clock

    def release(
        self, assignment: str, *, released: bool = True, actor: Actor = NOBODY_IN_PARTICULAR
    ) -> Assignment | None:
        """Let students see their grades, whatever the rules say of when; or only as these say.

        Webhooks are told of each submission, as what may be seen of it has changed. None: there
        is no such assignment.
        """
        now = self._clock()
        found = select(*ASSIGNMENT).where(A.id == assignment)
        with writing(self._engine) as connection:
            row = connection.execute(found.with_for_update()).one_or_none()
            if row is None:
                return None
            if (row.released_at is not None) == released:
                return assignment_of(row)
            at = now if released else None
            connection.execute(update(A).where(A.id == assignment).values(released_at=at))
            deed = Deed.GRADES_RELEASED if released else Deed.GRADES_WITHHELD
            note(connection, actor, deed, now=now, course=row.course, assignment=assignment)
            answers = connection.scalars(select(S.id).where(S.assignment == assignment)).all()
            announce_all(connection, Event.GRADE_CHANGED, answers, now=now)
            return assignment_of(connection.execute(found).one())
