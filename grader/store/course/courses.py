"""Courses: what they are called, where their clocks are, and whether they go on."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, Row, insert, select, update
from sqlalchemy.exc import IntegrityError

from grader.store.assignment.deadlines import zone_of
from grader.store.audit import NOBODY_IN_PARTICULAR, Actor, Deed, difference, note
from grader.store.course.roles import Role
from grader.store.database import reading, writing
from grader.store.identity.people import checked_name
from grader.store.models import CourseRow as C
from grader.store.models import MembershipRow
from grader.store.moments import Clock, utc_now

_SLUG = re.compile(r"(?=.{1,64}$)[a-z0-9]+(-[a-z0-9]+)*", re.ASCII)


class CourseExists(Exception):
    """There is a course of this id already."""


@dataclass(frozen=True, slots=True)
class Course:
    """A course. Times are aware, in UTC."""

    #: A slug, as in its address.
    id: str
    title: str
    #: An IANA name: times without an offset are meant, and shown, in it.
    time_zone: str
    created_at: datetime
    #: Since then it can be read and nothing can be handed in; None: it goes on.
    archived_at: datetime | None


class Courses:
    """The courses in the database that `engine` opens."""

    def __init__(self, engine: Engine, *, clock: Clock = utc_now) -> None:
        self._engine = engine
        self._clock = clock

    def create(
        self,
        id_: str,
        title: str,
        time_zone: str = "UTC",
        *,
        actor: Actor = NOBODY_IN_PARTICULAR,
    ) -> Course:
        """A new course; committed when this returns.

        Raises:
            ValueError: the id, the title or the time zone can not be one.
            CourseExists: there is a course of this id.
        """
        if not _SLUG.fullmatch(id_):
            raise ValueError(
                "The id of a course has 1 to 64 characters: lower-case letters, digits, and single "
                "hyphens between them, such as flows-2026."
            )
        course = Course(
            id=id_,
            title=checked_name(title),
            time_zone=zone_of(time_zone).key,
            created_at=self._clock(),
            archived_at=None,
        )
        values = {field.name: getattr(course, field.name) for field in fields(course)}
        try:
            with writing(self._engine) as connection:
                connection.execute(insert(C).values(**values))
                told = {"title": course.title, "time_zone": course.time_zone}
                now = course.created_at
                note(connection, actor, Deed.COURSE_CREATED, now=now, course=id_, after=told)
        except IntegrityError as error:
            raise CourseExists(f"there is a course {id_} already") from error
        return course

    def get(self, id_: str) -> Course | None:
        """One course, archived ones too, or None."""
        with reading(self._engine) as connection:
            row = connection.execute(select(*_COLUMNS).where(C.id == id_)).one_or_none()
        return None if row is None else _course(row)

    def all(self) -> list[Course]:
        """All courses, the newest first."""
        query = select(*_COLUMNS).order_by(C.created_at.desc(), C.id)
        with reading(self._engine) as connection:
            return [_course(row) for row in connection.execute(query)]

    def of(self, person: str) -> list[tuple[Course, Role]]:
        """The courses that a person is in, with what he or she is there, the newest first."""
        query = (
            select(*_COLUMNS, MembershipRow.role)
            .join(MembershipRow, MembershipRow.course == C.id)
            .where(MembershipRow.person == person)
            .order_by(C.created_at.desc(), C.id)
        )
        with reading(self._engine) as connection:
            return [(_course(row), Role(row.role)) for row in connection.execute(query)]

    def change(
        self,
        id_: str,
        *,
        title: str | None = None,
        time_zone: str | None = None,
        actor: Actor = NOBODY_IN_PARTICULAR,
    ) -> Course | None:
        """Give a course another title or time zone; what is None stays. None: no such course.

        Deadlines are moments, so that another time zone moves none of them.

        Raises:
            ValueError: the title or the time zone can not be one.
        """
        values: dict[str, object] = {}
        if title is not None:
            values["title"] = checked_name(title)
        if time_zone is not None:
            values["time_zone"] = zone_of(time_zone).key
        return self._update(id_, values, actor)

    def archive(
        self, id_: str, *, archived: bool = True, actor: Actor = NOBODY_IN_PARTICULAR
    ) -> Course | None:
        """End a course, or let it go on. None: no such course."""
        return self._update(id_, {"archived_at": self._clock() if archived else None}, actor)

    def _update(self, id_: str, values: dict[str, object], actor: Actor) -> Course | None:
        with writing(self._engine) as connection:
            held = select(*_COLUMNS).where(C.id == id_).with_for_update()
            row = connection.execute(held).one_or_none()
            if row is None:
                return None
            before, after = difference({name: getattr(row, name) for name in values}, values)
            if after:
                connection.execute(update(C).where(C.id == id_).values(**after))
                told: dict[str, Any] = {"before": before, "after": after}
                now = self._clock()
                note(connection, actor, Deed.COURSE_CHANGED, now=now, course=id_, **told)
        return self.get(id_)


_COLUMNS = tuple(getattr(C, field.name) for field in fields(Course))


def _course(row: Row[*tuple[Any, ...]]) -> Course:
    return Course(**{field.name: getattr(row, field.name) for field in fields(Course)})
