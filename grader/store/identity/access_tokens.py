"""Access tokens: what programs act by, made, found and revoked."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, Row, and_, delete, insert, or_, select, update

from grader.store.audit import NOBODY_IN_PARTICULAR, Actor, Deed, note
from grader.store.course.memberships import enrol
from grader.store.course.roles import Role
from grader.store.database import reading, writing
from grader.store.identifiers import new_id
from grader.store.identity.people import PERSON, Person, checked_name, insert_person, person_of
from grader.store.identity.scopes import Scope
from grader.store.identity.tokens import digest_of, new_token
from grader.store.models import AccessTokenRow as T
from grader.store.models import MembershipRow as M
from grader.store.models import PersonRow
from grader.store.moments import Clock, utc_now

#: Programs that look for secrets in repositories and logs know one of ours by it.
PREFIX = "pf_"
_FORM = re.compile(rf"{PREFIX}[\w-]{{43}}", re.ASCII)

LIFETIME = timedelta(days=90)
LONGEST = timedelta(days=366)
#: A token that a platform makes for one of its students.
MINTED_LONGEST = timedelta(hours=24)
#: The last use is written at most so often: not every request should write.
_NOTE_USE_EVERY = timedelta(minutes=1)
#: What has run out is listed no more, and its row is forgotten after so long.
_KEPT = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class AccessToken:
    """A token, without the secret. Times are aware, in UTC."""

    id: str
    #: As its owner knows it.
    name: str
    #: The id of whom it acts as.
    person: str
    scope: Scope
    #: The one course that it reaches; None: all of the person's.
    course: str | None
    #: The id of who made it; None: the command line.
    created_by: str | None
    #: The id of the token that it was made by; None: by nobody's token.
    parent: str | None
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    #: To the minute; None: never.
    last_used_at: datetime | None


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a new token is to be."""

    name: str
    scope: Scope
    course: str | None = None
    lifetime: timedelta = LIFETIME
    #: The token that it is made by, which it does not outlive; None: by nobody's token.
    parent: AccessToken | None = None


class AccessTokens:
    """The access tokens in the database that `engine` opens."""

    def __init__(self, engine: Engine, *, clock: Clock = utc_now) -> None:
        self._engine = engine
        self._clock = clock

    def make(
        self, person: str, wanted: Wanted, actor: Actor = NOBODY_IN_PARTICULAR
    ) -> tuple[AccessToken, str]:
        """A new token that acts as a person; returns it with its secret, which is kept nowhere.

        Raises:
            ValueError: the name can not be one, or the lifetime is none.
        """
        with writing(self._engine) as connection:
            return self._insert(connection, person, wanted, actor)

    def make_for_platform(
        self, wanted: Wanted, actor: Actor = NOBODY_IN_PARTICULAR
    ) -> tuple[AccessToken, str]:
        """A new token of a platform, which acts as an instructor of its own in the course.

        So it does not end with whoever set it up, and what it does is told apart from what that
        person does. Nobody can sign in as it.

        Raises:
            ValueError: the name can not be one, or the lifetime is none.
        """
        assert wanted.course is not None  # a platform is in one course
        with writing(self._engine) as connection:
            now = self._clock()
            person = insert_person(connection, wanted.name, None, None, now=now)
            enrol(connection, wanted.course, person.id, Role.INSTRUCTOR, actor, now=now)
            return self._insert(connection, person.id, wanted, actor)

    def find(self, secret: str) -> tuple[AccessToken, Person] | None:
        """The token of a secret with whom it acts as, revoked and expired ones too, or None.

        What can not be a secret is not looked up.
        """
        if not _FORM.fullmatch(secret):
            return None
        person = [column.label(f"person_{column.key}") for column in PERSON]
        query = select(*_TOKEN, *person).join(PersonRow, PersonRow.id == T.person)
        with reading(self._engine) as connection:
            row = connection.execute(query.where(T.digest == digest_of(secret))).one_or_none()
        if row is None:
            return None
        return _token(row), person_of(row, "person_")

    def is_good(self, token: AccessToken, person: Person) -> bool:
        """Whether a token works now: not revoked, not run out, the person not disabled."""
        return (
            token.revoked_at is None
            and token.expires_at > self._clock()
            and person.disabled_at is None
        )

    def note_use(self, token: AccessToken) -> None:
        """Write down that a token is used, at most once a minute."""
        now = self._clock()
        if token.last_used_at is not None and token.last_used_at > now - _NOTE_USE_EVERY:
            return
        with writing(self._engine) as connection:
            connection.execute(update(T).where(T.id == token.id).values(last_used_at=now))

    def get(self, id_: str) -> AccessToken | None:
        """One token, revoked and expired ones too, or None."""
        with reading(self._engine) as connection:
            row = connection.execute(select(*_TOKEN).where(T.id == id_)).one_or_none()
        return None if row is None else _token(row)

    def of_person(
        self,
        person: str,
        *,
        scopes: Collection[Scope] = tuple(Scope),
        course: str | None = None,
        limit: int = 200,
        before: str | None = None,
    ) -> list[AccessToken]:
        """The tokens that act as a person and work, the newest first.

        Args:
            person: the id.
            scopes: only those of these.
            course: only those that are bound to this one; None: whatever they are bound to.
            limit: how many at most.
            before: only those that are older than the one of this id.
        """
        only = [T.person == person, T.scope.in_([*scopes])]
        if course is not None:
            only.append(T.course == course)
        return self._page(only, limit, before)

    def of_course(
        self,
        course: str,
        *,
        scopes: Collection[Scope] = tuple(Scope),
        limit: int = 200,
        before: str | None = None,
    ) -> list[AccessToken]:
        """The tokens that are bound to a course, and those by which its staff reach it.

        The newest first, and only those that work; see `of_person`.
        """
        staff = select(M.person).where(M.course == course, M.role != Role.STUDENT)
        unbound = and_(T.course.is_(None), T.scope != Scope.STUDENT, T.person.in_(staff))
        return self._page([or_(T.course == course, unbound), T.scope.in_([*scopes])], limit, before)

    def revoke(self, id_: str, actor: Actor = NOBODY_IN_PARTICULAR) -> None:
        """End a token, and those that were made by it, for good.

        A platform then leaves the course: nobody else acts as it.
        """
        with writing(self._engine) as connection:
            now, found = self._clock(), self._held(connection, id_)
            if found is None or found.revoked_at is not None:
                return
            ended = (T.id == id_) | (T.parent == id_)
            connection.execute(
                update(T).where(ended, T.revoked_at.is_(None)).values(revoked_at=now)
            )
            if found.scope is Scope.PLATFORM:
                here = (M.course == found.course) & (M.person == found.person)
                connection.execute(delete(M).where(here))
            _note(connection, actor, Deed.TOKEN_REVOKED, found, now)

    def sweep(self, now: datetime) -> int:
        """Forget the tokens that ran out long ago. Returns how many those were."""
        over = T.expires_at <= now - _KEPT
        with reading(self._engine) as connection:
            if connection.scalar(select(T.id).where(over).limit(1)) is None:
                return 0
        with writing(self._engine) as connection:
            return connection.execute(delete(T).where(over)).rowcount

    def _insert(
        self, connection: Connection, person: str, wanted: Wanted, actor: Actor
    ) -> tuple[AccessToken, str]:
        if not timedelta(0) < wanted.lifetime <= LONGEST:
            raise ValueError(f"a token works for at most {LONGEST.days} days")
        now, secret, parent = self._clock(), f"{PREFIX}{new_token()}", wanted.parent
        ends = now + wanted.lifetime
        token = AccessToken(
            id=new_id(int(now.timestamp() * 1000)),
            name=checked_name(wanted.name),
            person=person,
            scope=wanted.scope,
            course=wanted.course,
            created_by=actor.person,
            parent=None if parent is None else parent.id,
            created_at=now,
            expires_at=ends if parent is None else min(ends, parent.expires_at),
            revoked_at=None,
            last_used_at=None,
        )
        values = {field.name: getattr(token, field.name) for field in fields(token)}
        connection.execute(insert(T).values(**values, digest=digest_of(secret)))
        _note(connection, actor, Deed.TOKEN_MADE, token, now)
        return token, secret

    def _held(self, connection: Connection, id_: str) -> AccessToken | None:
        query = select(*_TOKEN).where(T.id == id_).with_for_update()
        row = connection.execute(query).one_or_none()
        return None if row is None else _token(row)

    def _page(self, only: list[Any], limit: int, before: str | None) -> list[AccessToken]:
        query = select(*_TOKEN).where(*only, T.revoked_at.is_(None), T.expires_at > self._clock())
        if before is not None:
            query = query.where(T.id < before)
        with reading(self._engine) as connection:
            rows = connection.execute(query.order_by(T.id.desc()).limit(limit)).all()
        return [_token(row) for row in rows]


_TOKEN = tuple(getattr(T, field.name) for field in fields(AccessToken))


def _token(row: Row[*tuple[Any, ...]]) -> AccessToken:
    values = {field.name: getattr(row, field.name) for field in fields(AccessToken)}
    return AccessToken(**(values | {"scope": Scope(row.scope)}))


def _note(
    connection: Connection, actor: Actor, deed: Deed, token: AccessToken, now: datetime
) -> None:
    what = {
        "token": token.id,
        "name": token.name,
        "scope": token.scope,
        "expires_at": token.expires_at,
    }
    gone = deed is Deed.TOKEN_REVOKED
    note(
        connection,
        actor,
        deed,
        now=now,
        course=token.course,
        about=token.person,
        before=what if gone else None,
        after=None if gone else what,
    )
