"""The database: opens SQLite or PostgreSQL by its URL, and brings its tables up to date."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import URL, Connection, Engine, create_engine, event, func, make_url, select

MIGRATIONS = Path(__file__).parent / "migrations"

#: How long a writer waits for another one; SQLite has one writer at a time.
_BUSY_SECONDS = 15
_WRITES = "grader_writes"
#: Any number, so long as it is always the same one.
_MIGRATION_LOCK = 7_061_734_201


def open_database(url: str) -> Engine:
    """An engine on the database at `url`: `sqlite:///file` or `postgresql://user@host/name`.

    Raises:
        ValueError: the URL is not one, or names another kind of database.
    """
    parsed = _parse(url)
    if parsed.get_backend_name() == "sqlite":
        engine = create_engine(parsed, connect_args={"timeout": _BUSY_SECONDS})
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    # Without an encoding of its own (SQL_ASCII) a database would answer in bytes, not in text.
    arguments = {"connect_timeout": 5, "client_encoding": "utf8"}
    # A PostgreSQL that was restarted must not cost the first request after it.
    return create_engine(parsed, pool_pre_ping=True, connect_args=arguments)


@dataclass(frozen=True, slots=True)
class _Whole:
    """A transaction that several calls of the store share."""

    engine: Engine
    connection: Connection
    afterwards: list[Callable[[], None]] = field(default_factory=list)


_whole: ContextVar[_Whole | None] = ContextVar("_whole", default=None)


@contextmanager
def one_transaction(engine: Engine) -> Iterator[Connection]:
    """One transaction for all that this thread reads and writes within the block.

    Calls of the store that would each commit what they write then are parts of this one: all of
    it is kept, or nothing. An error that leaves such a part takes back that part alone. Within
    another one it is a part itself: a request that is to be done once is one transaction, and what
    it asks for may need one too.
    """
    around = _around(engine)
    if around is not None:
        with _part(around) as connection:
            yield connection
        return
    with _began(engine) as connection:
        whole = _Whole(engine, connection)
        token = _whole.set(whole)
        try:
            yield connection
        finally:
            _whole.reset(token)
    for action in whole.afterwards:
        action()


def when_committed(action: Callable[[], None]) -> None:
    """Do something once what was written is committed: at once where nothing is open.

    For messages to others, who would look and find nothing yet. Not done if nothing is kept.
    """
    whole = _whole.get()
    if whole is None:
        action()
    else:
        whole.afterwards.append(action)


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A connection to read by, which sees what `one_transaction` around it has written."""
    whole = _around(engine)
    if whole is not None:
        yield whole.connection
        return
    with engine.connect() as connection:
        yield connection


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """A transaction that writes, committed at the end of the block, or of `one_transaction`.

    On SQLite it takes the write lock at once: one that began by reading would fail, not wait,
    when another writer came between (SQLITE_BUSY_SNAPSHOT).
    """
    whole = _around(engine)
    if whole is not None:
        with _part(whole) as connection:
            yield connection
        return
    with _began(engine) as connection:
        yield connection


def _around(engine: Engine) -> _Whole | None:
    whole = _whole.get()
    return whole if whole is not None and whole.engine is engine else None


@contextmanager
def _part(whole: _Whole) -> Iterator[Connection]:
    """A part of a transaction: an error takes it back alone, with the messages about it."""
    count = len(whole.afterwards)
    try:
        with whole.connection.begin_nested():
            yield whole.connection
    except BaseException:
        del whole.afterwards[count:]
        raise


@contextmanager
def _began(engine: Engine) -> Iterator[Connection]:
    with engine.execution_options(**{_WRITES: True}).begin() as connection:
        yield connection


def migrate(engine: Engine) -> None:
    """Bring the tables up to date (Alembic, to the newest revision)."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    with writing(engine) as connection:
        if connection.dialect.name == "postgresql":
            # Two processes that start together: the second one waits and finds nothing to do.
            connection.execute(select(func.pg_advisory_xact_lock(_MIGRATION_LOCK)))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def _parse(url: str) -> URL:
    try:
        parsed = make_url(url)
    except Exception as error:
        raise ValueError("the address of the database is not a URL") from error
    backend = parsed.get_backend_name()
    if backend == "postgresql":
        return parsed.set(drivername="postgresql+psycopg")
    if backend == "sqlite":
        if not parsed.database or parsed.database == ":memory:":
            raise ValueError("SQLite needs a file: sqlite:///path/to/grader.db")
        return parsed
    raise ValueError(f"the database must be sqlite:///… or postgresql://…, not {backend}")


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    # The driver's own transactions begin late and never IMMEDIATE: ours are in _begin_sqlite.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode = WAL")
    # With NORMAL a power cut could take back what was answered with "accepted".
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get(_WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
