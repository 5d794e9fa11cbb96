"""Invitations: links that let people into a course, or one person back in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, Row, Select, delete, insert, or_, select, update

from grader.store.audit import NOBODY_IN_PARTICULAR, Actor, Deed, note
from grader.store.course.memberships import enrol
from grader.store.course.roles import Role
from grader.store.database import reading, writing
from grader.store.identity.people import Person, insert_person, put_password
from grader.store.identity.tokens import digest_of, new_token
from grader.store.models import CourseRow, PersonRow
from grader.store.models import InvitationRow as I
from grader.store.moments import Clock, utc_now

#: A link to choose a new password works for so long.
PASSWORD_LINK_LASTS = timedelta(days=3)


class InvitationSpent(Exception):
    """The link is unknown, has run out, was used up, or is for somebody else."""


@dataclass(frozen=True, slots=True)
class Invitation:
    """A link that can still be used. Times are aware, in UTC."""

    #: The course that it lets into, and its title; None where it only lets a person back in.
    course: str | None
    course_title: str | None
    role: Role | None
    #: Whom it lets choose a new password (an id, a name and a user name); None: anybody joins.
    person: str | None
    person_name: str | None
    username: str | None
    created_at: datetime
    expires_at: datetime
    #: How many may still use it; None: any number.
    uses_left: int | None


class Invitations:
    """The invitations in the database that `engine` opens."""

    def __init__(self, engine: Engine, *, clock: Clock = utc_now) -> None:
        self._engine = engine
        self._clock = clock

    def invite(
        self,
        course: str | None,
        role: Role | None,
        *,
        person: str | None = None,
        expires_at: datetime,
        uses: int | None = None,
        noted_in: str | None = None,
        actor: Actor = NOBODY_IN_PARTICULAR,
    ) -> str:
        """A new invitation; returns the token for its link, which is kept nowhere.

        Args:
            course: the course that it lets into, with a role; None only together with a person.
            role: the role in the course.
            person: whom it lets choose a new password, once; None: whoever has the link joins.
            expires_at: the link works before this moment.
            uses: how many may use it; None: any number. A person's own link works once.
            noted_in: the course in whose log it stands, where it lets into none.
            actor: who makes it.

        Raises:
            ValueError: it would let nobody into nothing, or `uses` is not positive.
        """
        if person is None and (course is None or role is None):
            raise ValueError("an invitation needs a course and a role, or a person")
        if uses is not None and uses < 1:
            raise ValueError("an invitation is for one use or more")
        token, now = new_token(), self._clock()
        values = {
            "role": role,
            "expires_at": expires_at,
            "uses_left": uses if person is None else 1,
        }
        known = {"digest": digest_of(token), "course": course, "person": person, "created_at": now}
        place = course or noted_in
        with writing(self._engine) as connection:
            connection.execute(insert(I).values(**values, **known))
            note(connection, actor, Deed.INVITED, now=now, course=place, about=person, after=values)
        return token

    def let_back_in(
        self,
        person: str,
        *,
        noted_in: str | None = None,
        actor: Actor = NOBODY_IN_PARTICULAR,
    ) -> str:
        """A new link by which a person chooses a new password: once, within three days."""
        ends = self._clock() + PASSWORD_LINK_LASTS
        return self.invite(
            None, None, person=person, expires_at=ends, noted_in=noted_in, actor=actor
        )

    def look(self, token: str) -> Invitation | None:
        """What a link lets one do; None where it does nothing (any more)."""
        with reading(self._engine) as connection:
            row = connection.execute(self._open(token)).one_or_none()
        return None if row is None else _invitation(row)

    def of_course(self, course: str) -> list[Invitation]:
        """The links into a course that can still be used, the newest first."""
        query = _SELECT.where(*_is_open(self._clock()), I.course == course)
        with reading(self._engine) as connection:
            rows = connection.execute(query.order_by(I.created_at.desc())).all()
        return [_invitation(row) for row in rows]

    def accept(self, token: str, person_id: str) -> None:
        """Let a person who is signed in into the course; committed when this returns.

        Who is in the course already keeps the higher of the two roles; the link is not used up by
        what changes nothing.

        Raises:
            InvitationSpent: the link lets nobody in, or is somebody's own.
        """
        with writing(self._engine) as connection:
            found = self._take(connection, token)
            if found.person is not None or found.course is None or found.role is None:
                raise InvitationSpent
            now = self._clock()
            joins = Actor(person_id)
            if not enrol(connection, found.course, person_id, found.role, joins, now=now):
                self._count(connection, token, by=1)

    def join(self, token: str, *, name: str, username: str, password_hash: str) -> Person:
        """Make a new person and let him or her into the course, both or neither.

        Raises:
            InvitationSpent: the link lets nobody in, or is somebody's own.
            ValueError: the name or the user name can not be one.
            UsernameTaken: somebody else has the user name.
        """
        with writing(self._engine) as connection:
            found = self._take(connection, token)
            if found.person is not None or found.course is None or found.role is None:
                raise InvitationSpent
            now = self._clock()
            person = insert_person(connection, name, username, password_hash, now=now)
            enrol(connection, found.course, person.id, found.role, Actor(person.id), now=now)
        return person

    def choose_password(self, token: str, password_hash: str) -> str:
        """Give the person whose own link this is a new password; returns the person's id.

        All sessions of the person end, and all other links of that person's too.

        Raises:
            InvitationSpent: the link does nothing (any more), or is nobody's own.
        """
        with writing(self._engine) as connection:
            found = self._take(connection, token)
            if found.person is None:
                raise InvitationSpent
            put_password(connection, found.person, password_hash)
            connection.execute(delete(I).where(I.person == found.person))
        return found.person

    def sweep(self, now: datetime) -> int:
        """Forget the links that have run out. Returns how many those were."""
        over = I.expires_at <= now
        with reading(self._engine) as connection:
            if connection.scalar(select(I.digest).where(over).limit(1)) is None:
                return 0
        with writing(self._engine) as connection:
            return connection.execute(delete(I).where(over)).rowcount

    def withdraw(self, course: str, *, actor: Actor = NOBODY_IN_PARTICULAR) -> int:
        """End all links into a course. Returns how many those were."""
        with writing(self._engine) as connection:
            count = connection.execute(delete(I).where(I.course == course)).rowcount
            if count:
                now, told = self._clock(), {"links": count}
                done = Deed.INVITATION_WITHDRAWN
                note(connection, actor, done, now=now, course=course, before=told)
        return count

    def _take(self, connection: Connection, token: str) -> Invitation:
        """Use the invitation once; the update holds its row until the transaction ends."""
        if not self._count(connection, token, by=-1):
            raise InvitationSpent
        row = connection.execute(_SELECT.where(I.digest == digest_of(token), *_VALID)).one_or_none()
        if row is None:
            raise InvitationSpent
        return _invitation(row)

    def _count(self, connection: Connection, token: str, *, by: int) -> bool:
        counted = update(I).where(I.digest == digest_of(token)).values(uses_left=I.uses_left + by)
        if by < 0:
            counted = counted.where(*_has_uses(self._clock()))
        return connection.execute(counted).rowcount == 1

    def _open(self, token: str) -> Select[*tuple[Any, ...]]:
        return _SELECT.where(I.digest == digest_of(token), *_is_open(self._clock()))


#: The course must be open for work, and a person's own link works only for who may sign in.
_VALID = (CourseRow.archived_at.is_(None), PersonRow.disabled_at.is_(None))

_SELECT = (
    select(
        I.course,
        CourseRow.title.label("course_title"),
        I.role,
        I.person,
        PersonRow.name.label("person_name"),
        PersonRow.username,
        I.created_at,
        I.expires_at,
        I.uses_left,
    )
    .outerjoin(CourseRow, CourseRow.id == I.course)
    .outerjoin(PersonRow, PersonRow.id == I.person)
)


def _has_uses(now: datetime) -> tuple[Any, ...]:
    return I.expires_at > now, or_(I.uses_left.is_(None), I.uses_left > 0)


def _is_open(now: datetime) -> tuple[Any, ...]:
    return (*_has_uses(now), *_VALID)


def _invitation(row: Row[*tuple[Any, ...]]) -> Invitation:
    fields = dict(row._mapping)
    fields["role"] = None if row.role is None else Role(row.role)
    return Invitation(**fields)
