"""The tables of what people say of a submission: comments, overrides, requests for a review."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Double, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from grader.store.models.base import Id, Instant, Table
from grader.store.models.courses import CourseRow
from grader.store.models.people import PersonRow
from grader.store.models.submissions import SubmissionRow


class CommentRow(Table):
    """What somebody has written on a submission, or on a line of its code."""

    __tablename__ = "comments"
    __table_args__ = (Index(None, "submission", "id"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    submission: Mapped[str] = mapped_column(Id, ForeignKey(SubmissionRow.id))
    #: The comment that began the thread; None for that one itself.
    thread: Mapped[str | None] = mapped_column(Id)
    #: The line of the code, from 1; None: on the whole, or within a thread.
    line: Mapped[int | None]
    #: Who wrote it; None: nobody who is still known.
    person: Mapped[str | None] = mapped_column(Id, ForeignKey(PersonRow.id))
    #: Markdown; empty once it is withdrawn.
    text: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(Instant)
    edited_at: Mapped[datetime | None] = mapped_column(Instant)
    withdrawn_at: Mapped[datetime | None] = mapped_column(Instant)


class OverrideRow(Table):
    """Points that staff gave in place of the grader's; they stay in the list when they end."""

    __tablename__ = "overrides"
    __table_args__ = (Index(None, "submission", "id"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    submission: Mapped[str] = mapped_column(Id, ForeignKey(SubmissionRow.id))
    #: The criterion whose points these are; None: the whole score.
    criterion: Mapped[str | None] = mapped_column(String(64))
    points: Mapped[float] = mapped_column(Double)
    #: What the grader had given when this was written.
    instead_of: Mapped[float] = mapped_column(Double)
    reason: Mapped[str] = mapped_column(Text)
    #: Who gave them; None: nobody who is still known.
    person: Mapped[str | None] = mapped_column(Id, ForeignKey(PersonRow.id))
    created_at: Mapped[datetime] = mapped_column(Instant)
    #: Since then others hold, or the grader's own; None: they hold.
    ended_at: Mapped[datetime | None] = mapped_column(Instant)


class ReviewRow(Table):
    """A student's request that somebody looks at a grade again, and what became of it."""

    __tablename__ = "reviews"
    __table_args__ = (
        # The queue of a course: what is open and what is answered, the oldest first.
        Index(None, "course", "answered_at", "id"),
        Index(None, "submission", "id"),
        Index(None, "course", "taken_by", "id"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    submission: Mapped[str] = mapped_column(Id, ForeignKey(SubmissionRow.id))
    #: The submission's, so that a queue reads no submissions.
    course: Mapped[str] = mapped_column(String(64), ForeignKey(CourseRow.id))
    #: Who asks.
    person: Mapped[str | None] = mapped_column(Id, ForeignKey(PersonRow.id))
    text: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(Instant)
    #: Who of the staff looks at it; None: nobody yet.
    taken_by: Mapped[str | None] = mapped_column(
        Id, ForeignKey(PersonRow.id, name="fk_reviews_people_taken_by")
    )
    taken_at: Mapped[datetime | None] = mapped_column(Instant)
    #: What was answered, Markdown, by whom and when; all None while it is open.
    answer: Mapped[str | None] = mapped_column(Text)
    answered_by: Mapped[str | None] = mapped_column(
        Id, ForeignKey(PersonRow.id, name="fk_reviews_people_answered_by")
    )
    answered_at: Mapped[datetime | None] = mapped_column(Instant)
