"""Sessions: the browsers in which people have signed in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Engine, delete, func, insert, select, update

from grader.store.database import reading, writing
from grader.store.identity.people import PERSON, Person, person_of
from grader.store.identity.tokens import digest_of, new_token
from grader.store.models import PersonRow, SessionRow
from grader.store.moments import Clock, utc_now

#: A session that nobody uses for so long is over.
LIFETIME = timedelta(days=14)
#: The end of a session moves on at most so often: not every request should write.
_SLIDE_EVERY = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Session:
    """One browser in which somebody has signed in. Times are aware, in UTC."""

    created_at: datetime
    expires_at: datetime


class Sessions:
    """The sessions in the database that `engine` opens."""

    def __init__(self, engine: Engine, *, clock: Clock = utc_now) -> None:
        self._engine = engine
        self._clock = clock

    def begin(self, person: str) -> str:
        """A new session of the person of this id; returns the token for the browser's cookie."""
        token, now = new_token(), self._clock()
        with writing(self._engine) as connection:
            connection.execute(
                insert(SessionRow).values(
                    digest=digest_of(token),
                    person=person,
                    created_at=now,
                    expires_at=now + LIFETIME,
                )
            )
        return token

    def person_of(self, token: str) -> Person | None:
        """Whose session it is; None where it is unknown or over, or the person is disabled.

        Asking keeps the session going.
        """
        now, digest = self._clock(), digest_of(token)
        query = (
            select(*PERSON, SessionRow.expires_at)
            .join(SessionRow, SessionRow.person == PersonRow.id)
            .where(
                SessionRow.digest == digest,
                SessionRow.expires_at > now,
                PersonRow.disabled_at.is_(None),
            )
        )
        with reading(self._engine) as connection:
            row = connection.execute(query).one_or_none()
        if row is None:
            return None
        if row.expires_at < now + LIFETIME - _SLIDE_EVERY:
            self._slide(digest, now)
        return person_of(row)

    def of(self, person: str) -> list[Session]:
        """The sessions of a person that go on, the newest first."""
        query = (
            select(SessionRow.created_at, SessionRow.expires_at)
            .where(SessionRow.person == person, SessionRow.expires_at > self._clock())
            .order_by(SessionRow.created_at.desc())
        )
        with reading(self._engine) as connection:
            return [Session(row.created_at, row.expires_at) for row in connection.execute(query)]

    def end(self, token: str) -> None:
        """End one session, if there is one."""
        with writing(self._engine) as connection:
            connection.execute(delete(SessionRow).where(SessionRow.digest == digest_of(token)))

    def end_all(self, person: str, *, but: str | None = None) -> None:
        """End all sessions of a person, or all but the one with the token `but`."""
        gone = delete(SessionRow).where(SessionRow.person == person)
        if but is not None:
            gone = gone.where(SessionRow.digest != digest_of(but))
        with writing(self._engine) as connection:
            connection.execute(gone)

    def sweep(self, now: datetime) -> int:
        """Forget the sessions that are over. Returns how many those were."""
        over = SessionRow.expires_at <= now
        with reading(self._engine) as connection:
            count = connection.scalar(select(func.count()).where(over)) or 0
        if count:
            with writing(self._engine) as connection:
                connection.execute(delete(SessionRow).where(over))
        return count

    def _slide(self, digest: str, now: datetime) -> None:
        # An update, never an insert: a session that was ended meanwhile does not come back.
        with writing(self._engine) as connection:
            connection.execute(
                update(SessionRow)
                .where(SessionRow.digest == digest)
                .values(expires_at=now + LIFETIME)
            )
