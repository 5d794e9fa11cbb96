"""People: who can sign in, by which name and password, and what they are in which course."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, Row, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from grader.store.course.roles import Role
from grader.store.database import reading, writing
from grader.store.identifiers import new_id
from grader.store.models import MembershipRow, SessionRow
from grader.store.models import PersonRow as P
from grader.store.moments import Clock, utc_now

#: An address of e-mail is one too.
_USERNAME = re.compile(r"[a-z0-9][a-z0-9._@+-]{1,63}", re.ASCII)
NAME_LIMIT = 100


class UsernameTaken(Exception):
    """Somebody has this user name already."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who can sign in. Times are aware, in UTC."""

    id: str
    #: As it is shown; not unique.
    name: str
    #: Typed to sign in; None for who comes by another road.
    username: str | None
    created_at: datetime
    #: Nobody signs in as this person after that moment.
    disabled_at: datetime | None
    #: May do everything in every course.
    is_operator: bool


class People:
    """The people in the database that `engine` opens."""

    def __init__(self, engine: Engine, *, clock: Clock = utc_now) -> None:
        self._engine = engine
        self._clock = clock

    def get(self, id_: str) -> Person | None:
        """One person, disabled ones too, or None."""
        return self._one(P.id == id_)

    def names(self, ids: Iterable[str]) -> dict[str, str]:
        """By id the names of people, of those that there are."""
        query = select(P.id, P.name).where(P.id.in_(sorted(set(ids))))
        with reading(self._engine) as connection:
            return {row.id: row.name for row in connection.execute(query)}

    def by_username(self, username: str) -> Person | None:
        """The person who signs in by this name, in whatever case it is typed, or None."""
        try:
            return self._one(P.username == normal_username(username))
        except ValueError:
            return None

    def create(
        self,
        name: str,
        username: str | None,
        password_hash: str | None = None,
        *,
        is_operator: bool = False,
    ) -> Person:
        """A new person; committed when this returns.

        Raises:
            ValueError: the name or the user name can not be one.
            UsernameTaken: somebody else has the user name.
        """
        with writing(self._engine) as connection:
            return insert_person(
                connection,
                name,
                username,
                password_hash,
                is_operator=is_operator,
                now=self._clock(),
            )

    def password_of(self, id_: str) -> str | None:
        """The salted hash of a person's password; None where no password signs him or her in."""
        with reading(self._engine) as connection:
            return connection.scalar(select(P.password).where(P.id == id_))

    def set_password(self, id_: str, password_hash: str) -> None:
        """Give a person a new password. It ends all sessions: whoever had the old one is out."""
        with writing(self._engine) as connection:
            put_password(connection, id_, password_hash)

    def rename(self, id_: str, name: str) -> None:
        """Show a person by another name.

        Raises:
            ValueError: it can not be one.
        """
        self._update(id_, name=checked_name(name))

    def disable(self, id_: str) -> None:
        """Let nobody sign in as this person any more, and end all sessions."""
        with writing(self._engine) as connection:
            still_enabled = (P.id == id_) & P.disabled_at.is_(None)
            connection.execute(update(P).where(still_enabled).values(disabled_at=self._clock()))
            connection.execute(delete(SessionRow).where(SessionRow.person == id_))

    def enable(self, id_: str) -> None:
        """Let a person sign in again."""
        self._update(id_, disabled_at=None)

    def make_operator(self, id_: str, *, is_operator: bool = True) -> None:
        """Let a person do everything on this server, or no longer."""
        self._update(id_, is_operator=is_operator)

    def roles(self, id_: str) -> dict[str, Role]:
        """What a person is, by course, archived courses too."""
        query = select(MembershipRow.course, MembershipRow.role).where(MembershipRow.person == id_)
        with reading(self._engine) as connection:
            return {row.course: Role(row.role) for row in connection.execute(query)}

    def all(self, *, limit: int = 1000, after: str | None = None) -> list[Person]:
        """People, the oldest first; `after` is the id of the last one of the page before."""
        query = select(*PERSON).order_by(P.id).limit(limit)
        if after is not None:
            query = query.where(P.id > after)
        with reading(self._engine) as connection:
            return [person_of(row) for row in connection.execute(query)]

    def operators(self) -> list[Person]:
        """Those who may do everything and can sign in."""
        query = select(*PERSON).where(P.is_operator, P.disabled_at.is_(None)).order_by(P.id)
        with reading(self._engine) as connection:
            return [person_of(row) for row in connection.execute(query)]

    def _one(self, condition: Any) -> Person | None:
        with reading(self._engine) as connection:
            row = connection.execute(select(*PERSON).where(condition)).one_or_none()
        return None if row is None else person_of(row)

    def _update(self, id_: str, **values: object) -> None:
        with writing(self._engine) as connection:
            connection.execute(update(P).where(P.id == id_).values(**values))


#: The columns that make a `Person`.
PERSON = tuple(getattr(P, field.name) for field in fields(Person))


def person_of(row: Row[*tuple[Any, ...]], prefix: str = "") -> Person:
    """The person in a row that has the columns PERSON, under names that begin with a prefix."""
    return Person(**{one.name: getattr(row, f"{prefix}{one.name}") for one in fields(Person)})


def insert_person(
    connection: Connection,
    name: str,
    username: str | None,
    password_hash: str | None,
    *,
    is_operator: bool = False,
    now: datetime,
) -> Person:
    """A new person, in the transaction of `connection`; see `People.create`."""
    person = Person(
        id=new_id(int(now.timestamp() * 1000)),
        name=checked_name(name),
        username=None if username is None else normal_username(username),
        created_at=now,
        disabled_at=None,
        is_operator=is_operator,
    )
    values = {field.name: getattr(person, field.name) for field in fields(person)}
    try:
        connection.execute(insert(P).values(**values, password=password_hash))
    except IntegrityError as error:
        raise UsernameTaken(f"the user name {person.username} is taken") from error
    return person


def put_password(connection: Connection, id_: str, password_hash: str) -> None:
    """A new password, and no session left; in the transaction of `connection`."""
    connection.execute(update(P).where(P.id == id_).values(password=password_hash))
    connection.execute(delete(SessionRow).where(SessionRow.person == id_))


def normal_username(username: str) -> str:
    """A user name as it is kept: in lower case, without spaces around it.

    Raises:
        ValueError: it can not be one; the message says what one is.
    """
    normal = username.strip().lower()
    if not _USERNAME.fullmatch(normal):
        raise ValueError(
            "A user name has 2 to 64 characters: letters from a to z, digits and . _ @ + -, "
            "the first of them a letter or a digit."
        )
    return normal


def checked_name(name: str) -> str:
    """The name of a person or a course as it is kept, without spaces around it.

    Raises:
        ValueError: it can not be one; the message says what one is.
    """
    plain = name.strip()
    if not plain or len(plain) > NAME_LIMIT or not plain.isprintable():
        raise ValueError(f"A name has 1 to {NAME_LIMIT} characters, all of them to be seen.")
    return plain
