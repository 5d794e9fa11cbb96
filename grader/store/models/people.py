"""The tables of people: who they are, how they come in, their roles and their extensions."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from grader.store.models.base import Id, Instant, Table
from grader.store.models.courses import AssignmentRow, CourseRow


class PersonRow(Table):
    """Somebody who can sign in."""

    __tablename__ = "people"
    __table_args__ = (Index(None, "username", unique=True),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    #: As it is shown; not unique.
    name: Mapped[str] = mapped_column(Text)
    #: Typed to sign in, in lower case; None for who comes by another road (demo, LTI).
    username: Mapped[str | None] = mapped_column(String(64))
    #: Salted and stretched (werkzeug.security); None: no password signs this person in.
    password: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(Instant)
    #: Nobody signs in as this person after that moment.
    disabled_at: Mapped[datetime | None] = mapped_column(Instant)
    #: May do everything in every course, and create courses.
    is_operator: Mapped[bool]


class MembershipRow(Table):
    """Somebody's role in a course."""

    __tablename__ = "memberships"
    __table_args__ = (Index(None, "person"),)

    course: Mapped[str] = mapped_column(String(64), ForeignKey(CourseRow.id), primary_key=True)
    person: Mapped[str] = mapped_column(Id, ForeignKey(PersonRow.id), primary_key=True)
    #: A `Role`.
    role: Mapped[str] = mapped_column(String(16))
    created_at: Mapped[datetime] = mapped_column(Instant)


class ExtensionRow(Table):
    """More time, or more attempts, for one student."""

    __tablename__ = "extensions"

    assignment: Mapped[str] = mapped_column(Id, ForeignKey(AssignmentRow.id), primary_key=True)
    person: Mapped[str] = mapped_column(Id, ForeignKey(PersonRow.id), primary_key=True)
    #: In place of the assignment's; None: as the assignment says.
    due_at: Mapped[datetime | None] = mapped_column(Instant)
    closes_at: Mapped[datetime | None] = mapped_column(Instant)
    #: Beyond those of the assignment.
    more_attempts: Mapped[int]
    reason: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(Instant)


class InvitationRow(Table):
    """A link that lets people into a course, or one person back in."""

    __tablename__ = "invitations"
    __table_args__ = (Index(None, "course"),)

    #: SHA-256 of the token in the link, as hexadecimal; the token itself is kept nowhere.
    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    #: What it lets into, and as what; None where it only lets a person back in.
    course: Mapped[str | None] = mapped_column(String(64), ForeignKey(CourseRow.id))
    role: Mapped[str | None] = mapped_column(String(16))
    #: Whom it lets back in, to choose a new password; None: whoever has the link joins.
    person: Mapped[str | None] = mapped_column(Id, ForeignKey(PersonRow.id))
    created_at: Mapped[datetime] = mapped_column(Instant)
    expires_at: Mapped[datetime] = mapped_column(Instant)
    #: How many may still use it; None: any number.
    uses_left: Mapped[int | None]


class SessionRow(Table):
    """A browser in which somebody has signed in."""

    __tablename__ = "sessions"
    __table_args__ = (Index(None, "person"), Index(None, "expires_at"))

    #: SHA-256 of the token in the cookie, as hexadecimal.
    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    person: Mapped[str] = mapped_column(Id, ForeignKey(PersonRow.id))
    created_at: Mapped[datetime] = mapped_column(Instant)
    #: Moves on while it is used.
    expires_at: Mapped[datetime] = mapped_column(Instant)
