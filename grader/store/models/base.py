"""What all tables share: their registry, moments in UTC, identifiers."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import DateTime, Dialect, MetaData, String, Text
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.types import TypeDecorator

from grader.store.identifiers import LENGTH


class Instant(TypeDecorator[datetime]):
    """A moment in UTC: aware in Python, whatever the database keeps of time zones."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        """Refuse what has no time zone: SQLite would keep it as if it were UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a moment without a time zone: {value}")
        return value.astimezone(UTC)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:
        """SQLite returns a naive datetime, PostgreSQL one in the session's time zone."""
        if value is None:
            return None
        moment: datetime = value
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


class Names(TypeDecorator[tuple[str, ...]]):
    """Names without spaces in them: a tuple in Python, one text in the database."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: tuple[str, ...] | None, dialect: Dialect) -> str | None:
        """Refuse what would come back as several."""
        if value is None:
            return None
        if any(not name or name.split() != [name] for name in value):
            raise ValueError(f"names without spaces in them: {value}")
        return " ".join(value)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> tuple[str, ...] | None:
        """The names in their order."""
        return None if value is None else tuple(str(value).split())


# PostgreSQL compares by the rules of a language unless told otherwise; pages go by byte order.
Id = String(LENGTH).with_variant(String(LENGTH, collation="C"), "postgresql")


class Table(DeclarativeBase):
    """What all tables share: constraints with names, so that a migration can change them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
            "fk": "fk_%(table_name)s_%(referred_table_name)s",
        }
    )
