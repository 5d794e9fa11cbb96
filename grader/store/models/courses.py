"""The tables of courses: what they are, and what is assigned in them until when."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Double, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from grader.store.models.base import Id, Instant, Names, Table


class CourseRow(Table):
    """A course: a wall around its people, assignments and submissions."""

    __tablename__ = "courses"

    #: A slug, as in its address.
    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    title: Mapped[str] = mapped_column(Text)
    #: An IANA name, such as Europe/Amsterdam: deadlines are shown in it.
    time_zone: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(Instant)
    #: Since then it can be read and nothing can be handed in.
    archived_at: Mapped[datetime | None] = mapped_column(Instant)


class AssignmentRow(Table):
    """An exercise, at a version, that a course asks for under its own rules."""

    __tablename__ = "assignments"
    __table_args__ = (Index(None, "course", "position"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    course: Mapped[str] = mapped_column(String(64), ForeignKey(CourseRow.id))
    #: The slug of the exercise, and the version that is asked and graded until it is changed.
    exercise: Mapped[str] = mapped_column(String(64))
    exercise_version: Mapped[str] = mapped_column(String(64))
    #: From 0, in the order that the course shows.
    position: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(Instant)
    #: Students do not see it before; None: at once.
    opens_at: Mapped[datetime | None] = mapped_column(Instant)
    #: The deadline; None: there is none.
    due_at: Mapped[datetime | None] = mapped_column(Instant)
    #: Late work is accepted until then; None: none is, after the deadline.
    closes_at: Mapped[datetime | None] = mapped_column(Instant)
    #: The share of the score, from 0 to 1, that each day or part of a day after the deadline costs.
    late_penalty: Mapped[float] = mapped_column(Double)
    #: How often a student may submit; None: without end. Failures of ours do not count.
    attempts: Mapped[int | None]
    #: Seconds that a student waits between two submissions.
    cooldown_seconds: Mapped[int]
    #: When students see their grades: a `Release`.
    release: Mapped[str] = mapped_column(String(16))
    #: When staff released them by hand; None: not, or they were withheld again.
    released_at: Mapped[datetime | None] = mapped_column(Instant)
    #: The criteria whose findings students do not see until all is over.
    hidden_criteria: Mapped[tuple[str, ...]] = mapped_column(Names)


class ClosingRow(Table):
    """Up to which closing time of an assignment it was told that grades are shown."""

    __tablename__ = "closings"

    assignment: Mapped[str] = mapped_column(Id, ForeignKey(AssignmentRow.id), primary_key=True)
    closes_at: Mapped[datetime] = mapped_column(Instant)
    #: Of that one, up to which submission; None: of all.
    told_to: Mapped[str | None] = mapped_column(Id)
