"""Guises: somebody of a course's staff sees it as one of its students does, for an hour at most."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, Engine, delete, func, insert, select

from grader.store.audit import Actor, Deed, note
from grader.store.course.roles import Role
from grader.store.database import reading, writing
from grader.store.identifiers import new_id
from grader.store.identity.people import PERSON, Person, person_of
from grader.store.identity.tokens import digest_of
from grader.store.models import AuditRow, GuiseRow, MembershipRow, PersonRow
from grader.store.moments import Clock, utc_now

#: Nobody who comes back from a break should wonder whose page this is.
LIFETIME = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Guise:
    """A student of a course as whom somebody else sees it."""

    student: Person
    course: str


class Guises:
    """The guises in the database that `engine` opens."""

    def __init__(self, engine: Engine, *, clock: Clock = utc_now) -> None:
        self._engine = engine
        self._clock = clock

    def begin(self, session: str, guise: Guise, actor: Actor) -> None:
        """Let a browser see a course so for an hour, in place of any guise that it had.

        Args:
            session: the token of its session.
            guise: a student of the course, which is not looked at here.
            actor: who has signed in there.
        """
        now, digest = self._clock(), digest_of(session)
        values = {"session": digest, "course": guise.course, "person": guise.student.id}
        with writing(self._engine) as connection:
            connection.execute(delete(GuiseRow).where(GuiseRow.session == digest))
            connection.execute(insert(GuiseRow).values(**values, ends_at=now + LIFETIME))
            _note(connection, guise, actor, now)

    def of(self, session: str) -> Guise | None:
        """The guise of a browser, by its session's token; None where there is none.

        Nor is there one once the hour is over, or whom it shows is a student of the course no more.
        """
        G, M = GuiseRow, MembershipRow
        query = (
            select(*PERSON, G.course)
            .join(PersonRow, PersonRow.id == G.person)
            .join(M, (M.course == G.course) & (M.person == G.person))
            .where(G.session == digest_of(session), G.ends_at > self._clock())
            .where(M.role == Role.STUDENT)
        )
        with reading(self._engine) as connection:
            row = connection.execute(query).one_or_none()
        return None if row is None else Guise(person_of(row), row.course)

    def end(self, session: str) -> None:
        """End the guise of a browser, if it has one."""
        with writing(self._engine) as connection:
            connection.execute(delete(GuiseRow).where(GuiseRow.session == digest_of(session)))

    def note_of_token(self, guise: Guise, actor: Actor) -> None:
        """Write down that a program sees a course so: once an hour, not with each request."""
        now, A = self._clock(), AuditRow
        # Ids are in the order of time, so that the index of the log finds the last hour.
        since = new_id(int((now - LIFETIME).timestamp() * 1000))
        said = select(A.id).where(
            *(A.course == guise.course, A.id > since, A.deed == Deed.SEEN_AS),
            *(A.token == actor.token, A.about == guise.student.id),
        )
        with reading(self._engine) as connection:
            if connection.scalar(said.limit(1)) is not None:
                return
        with writing(self._engine) as connection:
            _note(connection, guise, actor, now)

    def sweep(self, now: datetime) -> int:
        """Forget the guises that are over. Returns how many those were."""
        over = GuiseRow.ends_at <= now
        with reading(self._engine) as connection:
            count = connection.scalar(select(func.count()).where(over)) or 0
        if count:
            with writing(self._engine) as connection:
                connection.execute(delete(GuiseRow).where(over))
        return count


def _note(connection: Connection, guise: Guise, actor: Actor, now: datetime) -> None:
    about = guise.student.id
    note(connection, actor, Deed.SEEN_AS, now=now, course=guise.course, about=about)
