"""The tables of regrades: what is graded again, its trial gradings, and their files."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Double, ForeignKey, Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from grader.store.models.base import Id, Instant, Table
from grader.store.models.courses import AssignmentRow, CourseRow
from grader.store.models.submissions import SubmissionRow


class RegradeRow(Table):
    """Some submissions to an assignment that are graded again, first on trial."""

    __tablename__ = "regrades"
    __table_args__ = (Index(None, "course", "id"), Index(None, "assignment", "id"))

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    course: Mapped[str] = mapped_column(String(64), ForeignKey(CourseRow.id))
    assignment: Mapped[str] = mapped_column(Id, ForeignKey(AssignmentRow.id))
    #: The version of the exercise that grades.
    exercise_version: Mapped[str] = mapped_column(String(64))
    #: Which submissions were asked for: a `Which`.
    which: Mapped[str] = mapped_column(String(16))
    #: How many there are.
    total: Mapped[int]
    #: A `Stage`.
    stage: Mapped[str] = mapped_column(String(16), index=True)
    #: In the words of who began it; may be empty.
    reason: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(Instant)
    #: Who began it: see `Actor`.
    person: Mapped[str | None] = mapped_column(Id)
    token: Mapped[str | None] = mapped_column(Id)
    #: When the last trial ended.
    tried_at: Mapped[datetime | None] = mapped_column(Instant)
    #: Whether a grade stays where the trial's is lower, and whether new submissions are graded by
    #: the version too; None before somebody has applied it.
    never_lower: Mapped[bool | None]
    moves_version: Mapped[bool | None]
    #: Who applied or cancelled it, and when.
    decided_at: Mapped[datetime | None] = mapped_column(Instant)
    decided_person: Mapped[str | None] = mapped_column(Id)
    decided_token: Mapped[str | None] = mapped_column(Id)
    #: When the last of them was applied, or it was cancelled.
    ended_at: Mapped[datetime | None] = mapped_column(Instant)


class TrialRow(Table):
    """A trial grading of one submission: a row apart, so that nothing takes it for a submission."""

    __tablename__ = "trials"
    __table_args__ = (
        # What waits, in its order, and what is in flight.
        Index(None, "state", "place", "id"),
        # How far a regrade is, and what of it is not applied yet.
        Index(None, "regrade", "state", "fate"),
        # The preview, by the size of the change.
        Index(None, "regrade", "size", "id"),
        Index(None, "regrade", "submission", unique=True),
        Index(None, "submission"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    regrade: Mapped[str] = mapped_column(Id, ForeignKey(RegradeRow.id))
    submission: Mapped[str] = mapped_column(Id, ForeignKey(SubmissionRow.id))
    #: From 0 within its regrade: of several regrades each gets its turn.
    place: Mapped[int]
    #: The attempt whose grade it is compared with, and that it replaces only while it is current.
    base: Mapped[int]
    #: A `TrialState`, and the number of the current attempt, which is the fence.
    state: Mapped[str] = mapped_column(String(16))
    attempt: Mapped[int]
    due_at: Mapped[datetime] = mapped_column(Instant)
    handed_out_at: Mapped[datetime | None] = mapped_column(Instant)
    lease_expires_at: Mapped[datetime | None] = mapped_column(Instant)
    started_at: Mapped[datetime | None] = mapped_column(Instant)
    finished_at: Mapped[datetime | None] = mapped_column(Instant)
    worker: Mapped[str | None] = mapped_column(Text)
    #: How many attempts went wrong, and what went wrong with the last one, for operators only.
    failures: Mapped[int]
    problem: Mapped[str | None] = mapped_column(Text)
    #: Whether a worker said that it lacks the exercise's version.
    needs_files: Mapped[bool]
    #: What counts now, after overrides and the late penalty, and what would count.
    counted_before: Mapped[float | None] = mapped_column(Double)
    counted_after: Mapped[float | None] = mapped_column(Double)
    verdict_before: Mapped[str | None] = mapped_column(String(32))
    verdict: Mapped[str | None] = mapped_column(String(32))
    max_before: Mapped[float | None] = mapped_column(Double)
    max_score: Mapped[float | None] = mapped_column(Double)
    #: What would count more or less (below 0), and how much that is; -1 before it is known.
    change: Mapped[float | None] = mapped_column(Double)
    size: Mapped[float] = mapped_column(Double)
    #: Whether it is fewer points, or a smaller share of the points.
    is_lower: Mapped[bool | None]
    #: Whether staff have given a score by hand, which stays.
    is_overridden: Mapped[bool | None]
    #: Whether a check could not tell.
    is_inconclusive: Mapped[bool | None]
    #: The criteria that came out differently, as JSON.
    criteria: Mapped[str | None] = mapped_column(Text)
    #: Whether it is to be applied.
    is_chosen: Mapped[bool]
    #: What became of it: a `Fate`; None before that.
    fate: Mapped[str | None] = mapped_column(String(16))
    #: The report as JSON, until it is applied or the regrade is over. The last column: SQLite
    #: passes over what is long when it reads those before.
    report: Mapped[str | None] = mapped_column(Text)


class TrialFileRow(Table):
    """A file that a trial grading made, until it is applied or the regrade is over."""

    __tablename__ = "trial_files"

    trial: Mapped[str] = mapped_column(Id, ForeignKey(TrialRow.id), primary_key=True)
    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    media_type: Mapped[str] = mapped_column(String(128))
    content: Mapped[bytes] = mapped_column(LargeBinary)
