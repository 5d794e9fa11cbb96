"""Memberships: who is what in which course."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, Row, delete, insert, select, update

from grader.store.audit import NOBODY_IN_PARTICULAR, Actor, Deed, note
from grader.store.course.roles import Role
from grader.store.database import reading, writing
from grader.store.identity.people import PERSON, Person, person_of
from grader.store.models import MembershipRow as M
from grader.store.models import PersonRow
from grader.store.moments import Clock, utc_now


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody in a course. Times are aware, in UTC."""

    person: Person
    role: Role
    since: datetime


class Memberships:
    """The memberships in the database that `engine` opens."""

    def __init__(self, engine: Engine, *, clock: Clock = utc_now) -> None:
        self._engine = engine
        self._clock = clock

    def role(self, course: str, person: str) -> Role | None:
        """What a person is in a course; None: nothing."""
        query = select(M.role).where(M.course == course, M.person == person)
        with reading(self._engine) as connection:
            found = connection.scalar(query)
        return None if found is None else Role(found)

    def get(self, course: str, person: str) -> Member | None:
        """Somebody in a course, or None."""
        query = _MEMBER.where(M.course == course, M.person == person)
        with reading(self._engine) as connection:
            row = connection.execute(query).one_or_none()
        return None if row is None else _member(row)

    def of(self, course: str, *, limit: int = 1000, after: str | None = None) -> list[Member]:
        """The members of a course in the order of their ids, those after the id `after`."""
        query = _MEMBER.where(M.course == course).order_by(M.person).limit(limit)
        if after is not None:
            query = query.where(M.person > after)
        with reading(self._engine) as connection:
            rows = connection.execute(query).all()
        return [_member(row) for row in rows]

    def put(
        self, course: str, person: str, role: Role, *, actor: Actor = NOBODY_IN_PARTICULAR
    ) -> None:
        """Give a person this role in a course, whatever it was before."""
        with writing(self._engine) as connection:
            give_role(connection, course, person, role, actor, now=self._clock())

    def remove(self, course: str, person: str, *, actor: Actor = NOBODY_IN_PARTICULAR) -> bool:
        """Take a person out of a course; the submissions stay. False if he or she was not in it."""
        here = (M.course == course) & (M.person == person)
        with writing(self._engine) as connection:
            role = connection.scalar(select(M.role).where(here).with_for_update())
            if role is None:
                return False
            connection.execute(delete(M).where(here))
            now, before = self._clock(), {"role": role}
            done = Deed.MEMBER_REMOVED
            note(connection, actor, done, now=now, course=course, about=person, before=before)
        return True


_MEMBER = select(*PERSON, M.role, M.created_at.label("since")).join(
    PersonRow, PersonRow.id == M.person
)


def _member(row: Row[*tuple[Any, ...]]) -> Member:
    return Member(person_of(row), Role(row.role), row.since)


def enrol(
    connection: Connection, course: str, person: str, role: Role, actor: Actor, *, now: datetime
) -> bool:
    """Let a person into a course, or give a higher role to who is in it; never a lower one.

    In the transaction of `connection`. Returns whether anything changed.
    """
    found = _held_role(connection, course, person)
    if found is not None and found.rank >= role.rank:
        return False
    _write_role(connection, course, person, found, role, actor, now)
    return True


def give_role(
    connection: Connection, course: str, person: str, role: Role, actor: Actor, *, now: datetime
) -> None:
    """Give a person this role, whatever it was before; in the transaction of `connection`."""
    found = _held_role(connection, course, person)
    if found is not role:
        _write_role(connection, course, person, found, role, actor, now)


def _held_role(connection: Connection, course: str, person: str) -> Role | None:
    # Held until the end: two of these for one person (PostgreSQL) must not both find nothing.
    connection.execute(
        select(PersonRow.id).where(PersonRow.id == person).with_for_update(key_share=True)
    )
    found = connection.scalar(select(M.role).where(M.course == course, M.person == person))
    return None if found is None else Role(found)


def _write_role(
    connection: Connection,
    course: str,
    person: str,
    before: Role | None,
    role: Role,
    actor: Actor,
    now: datetime,
) -> None:
    if before is None:
        values = {"course": course, "person": person, "role": role, "created_at": now}
        connection.execute(insert(M).values(**values))
    else:
        here = (M.course == course) & (M.person == person)
        connection.execute(update(M).where(here).values(role=role))
    told = None if before is None else {"role": before}
    note(
        connection,
        actor,
        Deed.ROLE_GIVEN,
        now=now,
        course=course,
        about=person,
        before=told,
        after={"role": role},
    )
