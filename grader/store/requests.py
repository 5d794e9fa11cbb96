"""Requests with a key: does what one asks for once, and keeps the answer with the deed."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, Engine, and_, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError, OperationalError

from grader.store.database import one_transaction, reading, writing
from grader.store.models import RequestRow as R
from grader.store.moments import Clock, utc_now

#: So long a key is remembered. Whoever tries again does so within minutes; over a weekend, a day.
LIFETIME = timedelta(hours=48)
#: How long a repetition waits for the first request. SQLite waits as long for any writer.
_PATIENCE_SECONDS = 10
#: PostgreSQL's name for what was not to be had in that time (lock_not_available).
_NOT_AVAILABLE = "55P03"


class KeyReused(Exception):
    """The key belongs to another request."""


class UnderWay(Exception):
    """The first request with the key may not be over yet."""


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer, as it is kept."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    #: None: it held a secret, of which nothing is kept.
    body: bytes | None = b""


class Requests:
    """The requests with keys in the database that `engine` opens."""

    def __init__(self, engine: Engine, *, clock: Clock = utc_now) -> None:
        self._engine = engine
        self._clock = clock

    def once(
        self, owner: str, key: str, fingerprint: str, act: Callable[[], Kept]
    ) -> tuple[Kept, bool]:
        """The answer to a request, and whether it is that of an earlier one with the same key.

        The key, all that `act` writes through the store, and its answer are committed together:
        whatever dies on the way, a repetition finds everything or nothing. Of two at once the
        second one waits for the first. An error of `act` takes the key back too.

        Args:
            owner: the id of the person or token whose key it is.
            key: a digest of the key.
            fingerprint: a digest of what is asked.
            act: does it. It should be short, as SQLite has one writer at a time.

        Raises:
            KeyReused: the key was used for something else.
            UnderWay: the first one took too long; nothing was done.
        """
        try:
            with one_transaction(self._engine) as connection:
                if not self._claim(connection, owner, key, fingerprint):
                    return _found(connection, owner, key, fingerprint), True
                answer = act()
                _keep(connection, owner, key, answer)
                return answer, False
        except OperationalError as error:
            if _is_locked(error):
                raise UnderWay from error
            raise

    def sweep(self, now: datetime) -> int:
        """Forget the keys that are too old. Returns how many those were."""
        old = R.at <= now - LIFETIME
        with reading(self._engine) as connection:
            count = connection.scalar(select(func.count()).where(old)) or 0
        if count:
            with writing(self._engine) as connection:
                connection.execute(delete(R).where(old))
        return count

    def _claim(self, connection: Connection, owner: str, key: str, fingerprint: str) -> bool:
        """Take the key for this request. False: another one has it, and is over."""
        now = self._clock()
        values = {"owner": owner, "key": key, "fingerprint": fingerprint, "at": now}
        _wait_at_most(connection, f"{_PATIENCE_SECONDS}s")
        connection.execute(delete(R).where(_named(owner, key), R.at <= now - LIFETIME))
        try:
            with writing(self._engine):  # a part of the transaction, taken back alone
                connection.execute(insert(R).values(**values, status=0, headers="{}", body=None))
        except IntegrityError:
            return False
        _wait_at_most(connection, "0")
        return True


def _wait_at_most(connection: Connection, time: str) -> None:
    """Say how long PostgreSQL waits for a lock until the end of the transaction; 0: for ever."""
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.set_config("lock_timeout", time, True)))


def _named(owner: str, key: str) -> ColumnElement[bool]:
    return and_(R.owner == owner, R.key == key)


def _found(connection: Connection, owner: str, key: str, fingerprint: str) -> Kept:
    row = connection.execute(select(R).where(_named(owner, key))).one()
    if row.fingerprint != fingerprint:
        raise KeyReused
    return Kept(row.status, json.loads(row.headers), row.body)


def _keep(connection: Connection, owner: str, key: str, answer: Kept) -> None:
    values = {"status": answer.status, "headers": json.dumps(dict(answer.headers))}
    connection.execute(update(R).where(_named(owner, key)).values(**values, body=answer.body))


def _is_locked(error: OperationalError) -> bool:
    if isinstance(error.orig, sqlite3.Error):
        return error.orig.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY
    return getattr(error.orig, "sqlstate", None) == _NOT_AVAILABLE
