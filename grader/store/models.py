"""The tables of the store."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    DateTime,
    Dialect,
    Double,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    MetaData,
    String,
    Text,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
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


# PostgreSQL compares by the rules of a language unless told otherwise; pages go by byte order.
_Id = String(LENGTH).with_variant(String(LENGTH, collation="C"), "postgresql")


class Table(DeclarativeBase):
    """What all tables share: constraints with names, so that a migration can change them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
            "fk": "fk_%(table_name)s_%(referred_table_name)s",
        }
    )


class SubmissionRow(Table):
    """What was sent, and how far it is."""

    __tablename__ = "submissions"
    __table_args__ = (
        # All that the fair order asks for, so that it reads no row (and no source) that waits.
        Index(None, "state", "course", "student", "id", "due_at"),
        Index(None, "exercise", "id"),
        Index(None, "student", "id"),
    )

    id: Mapped[str] = mapped_column(_Id, primary_key=True)
    exercise: Mapped[str] = mapped_column(String(64))
    exercise_version: Mapped[str] = mapped_column(String(64))
    course: Mapped[str] = mapped_column(Text)
    student: Mapped[str] = mapped_column(Text)
    #: UTF-8. Bytes, because PostgreSQL's text holds no NUL and students' files do.
    source: Mapped[bytes] = mapped_column(LargeBinary)
    seed: Mapped[int] = mapped_column(BigInteger)
    state: Mapped[str] = mapped_column(String(16))
    #: The number of the current attempt, which is the fence; 0 before the first.
    attempt: Mapped[int]
    accepted_at: Mapped[datetime] = mapped_column(Instant)
    #: Not handed out before this moment.
    due_at: Mapped[datetime] = mapped_column(Instant)
    #: The current attempt's.
    started_at: Mapped[datetime | None] = mapped_column(Instant)
    graded_at: Mapped[datetime | None] = mapped_column(Instant)
    #: Copies from the report, so that lists need not read reports.
    verdict: Mapped[str | None] = mapped_column(String(32))
    score: Mapped[float | None] = mapped_column(Double)
    max_score: Mapped[float | None] = mapped_column(Double)


class AttemptRow(Table):
    """One grading of a submission: handed out under a number and a lease."""

    __tablename__ = "attempts"
    __table_args__ = (Index(None, "finished_at"),)

    submission: Mapped[str] = mapped_column(_Id, ForeignKey(SubmissionRow.id), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    handed_out_at: Mapped[datetime] = mapped_column(Instant)
    lease_expires_at: Mapped[datetime] = mapped_column(Instant)
    started_at: Mapped[datetime | None] = mapped_column(Instant)
    #: The worker that began it.
    worker: Mapped[str | None] = mapped_column(Text)
    finished_at: Mapped[datetime | None] = mapped_column(Instant)
    #: How it ended: an `Ended`.
    ended: Mapped[str | None] = mapped_column(String(16))
    #: What went wrong on our side, for operators only.
    problem: Mapped[str | None] = mapped_column(Text)
    #: The report as JSON. Text: JSON escapes NUL, which PostgreSQL's jsonb would refuse.
    report: Mapped[str | None] = mapped_column(Text)


class FileRow(Table):
    """A file that an attempt made: a figure, or the numbers behind one."""

    __tablename__ = "files"
    __table_args__ = (
        ForeignKeyConstraint(["submission", "attempt"], [AttemptRow.submission, AttemptRow.number]),
    )

    submission: Mapped[str] = mapped_column(_Id, primary_key=True)
    attempt: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    media_type: Mapped[str] = mapped_column(String(128))
    content: Mapped[bytes] = mapped_column(LargeBinary)


class VersionRow(Table):
    """The files of one version of an exercise, kept since the first submission to it."""

    __tablename__ = "exercise_versions"

    slug: Mapped[str] = mapped_column(String(64), primary_key=True)
    version: Mapped[str] = mapped_column(String(64), primary_key=True)
    #: A zip archive of all its files, answers included; see exercises.catalog.bundle.
    archive: Mapped[bytes] = mapped_column(LargeBinary)
    kept_at: Mapped[datetime] = mapped_column(Instant)


class CapacityRow(Table):
    """The slots of the live workers, as the hand-out last saw them: one row."""

    __tablename__ = "capacity"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    slots: Mapped[int]
    seen_at: Mapped[datetime] = mapped_column(Instant)
