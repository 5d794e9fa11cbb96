"""The tables of submissions: what was sent, its gradings, their files, and what they need."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import (
    BigInteger,
    Double,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    String,
    Text,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from grader.store.models.base import Id, Instant, Table
from grader.store.models.courses import AssignmentRow
from grader.store.models.people import PersonRow

_FAILED = text("verdict = 'internal_error'")


class SubmissionRow(Table):
    """What was sent, and how far it is."""

    __tablename__ = "submissions"
    __table_args__ = (
        # All that the fair order asks for, so that it reads no row (and no source) that waits.
        Index(None, "state", "course", "student", "id", "due_at"),
        Index(None, "exercise", "id"),
        Index(None, "student", "id"),
        # A student's work on an assignment, a person's own list, a course's newest.
        Index(None, "assignment", "person", "id"),
        Index(None, "person", "id"),
        Index(None, "course", "id"),
        Index(None, "regrade_at"),
        # Of millions the few that failed for a reason of ours.
        Index(
            "ix_submissions_course_id_failed",
            "course",
            "id",
            sqlite_where=_FAILED,
            postgresql_where=_FAILED,
        ),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    exercise: Mapped[str] = mapped_column(String(64))
    exercise_version: Mapped[str] = mapped_column(String(64))
    #: Whom the fair order serves in turn: ids of the course and the person, or, where nobody has
    #: signed in, labels that the client chose.
    course: Mapped[str] = mapped_column(Text)
    student: Mapped[str] = mapped_column(Text)
    #: Who sent it; None where nobody has signed in.
    person: Mapped[str | None] = mapped_column(Id, ForeignKey(PersonRow.id))
    #: What it answers to; None outside a course.
    assignment: Mapped[str | None] = mapped_column(Id, ForeignKey(AssignmentRow.id))
    #: The access token that it was sent by; None: by a browser.
    sent_by_token: Mapped[str | None] = mapped_column(Id)
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
    #: When an internal error is graded again by itself; None: not, or there is none.
    regrade_at: Mapped[datetime | None] = mapped_column(Instant)
    #: Copies from the report, so that lists need not read reports.
    verdict: Mapped[str | None] = mapped_column(String(32))
    score: Mapped[float | None] = mapped_column(Double)
    max_score: Mapped[float | None] = mapped_column(Double)
    #: By criterion what was earned, what there is to earn, and what staff gave instead (JSON).
    points: Mapped[str | None] = mapped_column(Text)
    #: What counts in place of `score`, by an override; None: the score itself.
    given_score: Mapped[float | None] = mapped_column(Double)


class AttemptRow(Table):
    """One grading of a submission: handed out under a number and a lease."""

    __tablename__ = "attempts"
    __table_args__ = (Index(None, "finished_at"),)

    submission: Mapped[str] = mapped_column(Id, ForeignKey(SubmissionRow.id), primary_key=True)
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

    submission: Mapped[str] = mapped_column(Id, primary_key=True)
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
