"""The tables of platforms: access tokens, and by which ids others know the people of a course."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from grader.store.models.base import Id, Instant, Table
from grader.store.models.courses import CourseRow
from grader.store.models.people import PersonRow

#: All ids but those that people share: a section has many students.
_IDENTIFIES = text("kind <> 'section'")


class AccessTokenRow(Table):
    """A token by which a program acts as somebody."""

    __tablename__ = "access_tokens"
    __table_args__ = (
        Index(None, "digest", unique=True),
        Index(None, "person", "id"),
        Index(None, "course", "id"),
        Index(None, "parent"),
        Index(None, "expires_at"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    #: SHA-256 of the token, as hexadecimal; the token itself is kept nowhere.
    digest: Mapped[str] = mapped_column(String(64))
    #: As its owner knows it.
    name: Mapped[str] = mapped_column(Text)
    #: Whom it acts as.
    person: Mapped[str] = mapped_column(Id, ForeignKey(PersonRow.id))
    #: A `Scope`.
    scope: Mapped[str] = mapped_column(String(16))
    #: The one course that it reaches; None: all of the person's.
    course: Mapped[str | None] = mapped_column(String(64), ForeignKey(CourseRow.id))
    #: Who made it; None: the command line.
    created_by: Mapped[str | None] = mapped_column(Id)
    #: The token that it was made by, and is revoked with; None: in a browser.
    parent: Mapped[str | None] = mapped_column(Id)
    created_at: Mapped[datetime] = mapped_column(Instant)
    expires_at: Mapped[datetime] = mapped_column(Instant)
    revoked_at: Mapped[datetime | None] = mapped_column(Instant)
    #: To the minute; None: never.
    last_used_at: Mapped[datetime | None] = mapped_column(Instant)


class ExternalIdRow(Table):
    """What a platform calls somebody in a course. It stays when the person leaves the course."""

    __tablename__ = "external_ids"
    __table_args__ = (
        Index(
            "ix_external_ids_course_kind_value",
            "course",
            "kind",
            "value",
            unique=True,
            sqlite_where=_IDENTIFIES,
            postgresql_where=_IDENTIFIES,
        ),
    )

    course: Mapped[str] = mapped_column(String(64), ForeignKey(CourseRow.id), primary_key=True)
    person: Mapped[str] = mapped_column(Id, ForeignKey(PersonRow.id), primary_key=True)
    #: Such as canvas_id; one value a kind.
    kind: Mapped[str] = mapped_column(String(32), primary_key=True)
    value: Mapped[str] = mapped_column(String(200))
