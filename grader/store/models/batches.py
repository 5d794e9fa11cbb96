"""The tables of batches: what was handed in for a class at once, and each of its files."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from grader.store.models.base import Id, Instant, Table
from grader.store.models.courses import AssignmentRow, CourseRow
from grader.store.models.people import PersonRow
from grader.store.models.submissions import SubmissionRow


class BatchRow(Table):
    """Work of a class that staff hand in for their students."""

    __tablename__ = "batches"
    __table_args__ = (Index(None, "course", "id"), Index(None, "assignment", "id"))

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    course: Mapped[str] = mapped_column(String(64), ForeignKey(CourseRow.id))
    assignment: Mapped[str] = mapped_column(Id, ForeignKey(AssignmentRow.id))
    #: The version of the exercise that its files answer.
    exercise_version: Mapped[str] = mapped_column(String(64))
    #: The archive's own name, as the browser or the client gave it; may be empty.
    name: Mapped[str] = mapped_column(Text)
    #: SHA-256 of the archive, as hexadecimal; the archive itself is not kept.
    digest: Mapped[str] = mapped_column(String(64))
    #: A `Stage`.
    stage: Mapped[str] = mapped_column(String(16), index=True)
    #: How many items there are.
    total: Mapped[int]
    #: What was passed over, as JSON: pairs of a path and an `Aside`.
    passed_over: Mapped[str] = mapped_column(Text)
    #: When all of it was handed in, as staff say; None: when the batch was begun.
    sent_at: Mapped[datetime | None] = mapped_column(Instant)
    created_at: Mapped[datetime] = mapped_column(Instant)
    #: Who sent it: see `Actor`.
    person: Mapped[str | None] = mapped_column(Id)
    token: Mapped[str | None] = mapped_column(Id)
    begun_at: Mapped[datetime | None] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)


class BatchItemRow(Table):
    """One file of a batch: whose it is, and what became of it."""

    __tablename__ = "batch_items"
    __table_args__ = (
        # What is to be handed in next, and how many there are of each state.
        Index(None, "batch", "state", "place"),
        # Whether the same was handed in for the same person before.
        Index(None, "person", "digest"),
        Index(None, "submission"),
    )

    batch: Mapped[str] = mapped_column(Id, ForeignKey(BatchRow.id), primary_key=True)
    #: From 0, in the order of the archive's paths.
    place: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    #: Its path in the archive.
    file: Mapped[str] = mapped_column(Text)
    #: Whose it is; None: that is not known, or it is nobody's.
    person: Mapped[str | None] = mapped_column(Id, ForeignKey(PersonRow.id))
    #: An `ItemState`, and why it is not handed in: a `Why`.
    state: Mapped[str] = mapped_column(String(16))
    why: Mapped[str | None] = mapped_column(String(32))
    #: Names that say more; may be empty.
    detail: Mapped[str] = mapped_column(Text)
    #: SHA-256 of the text, as hexadecimal; None where it can't be handed in.
    digest: Mapped[str | None] = mapped_column(String(64))
    #: What it became, or what it had become before.
    submission: Mapped[str | None] = mapped_column(Id, ForeignKey(SubmissionRow.id))
    #: The text, as long as it may still be handed in. The last column: SQLite passes over what is
    #: long when it reads those before.
    source: Mapped[bytes | None] = mapped_column(LargeBinary)
