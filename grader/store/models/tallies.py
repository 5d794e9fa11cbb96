"""The tables of tallies: how each student has done in each assignment, counted before it is asked.

They repeat what submissions and reports say, so they refer to nothing by foreign keys: what is
deleted takes no tally with it, but makes one due (migration 0011), and counting again forgets it.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, Double, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from grader.store.models.base import Id, Instant, Table

#: SQLite counts by itself only in a column that is declared INTEGER.
_Number = BigInteger().with_variant(Integer, "sqlite")


class TallyRow(Table):
    """How one student has done in one assignment; none: nothing was handed in."""

    __tablename__ = "tallies"
    __table_args__ = (
        # All that totals and the order by them ask for.
        Index(None, "course", "person", "assignment", "state", "score", "days_late"),
    )

    assignment: Mapped[str] = mapped_column(Id, primary_key=True)
    person: Mapped[str] = mapped_column(Id, primary_key=True)
    course: Mapped[str] = mapped_column(String(64))
    #: A `Progress`.
    state: Mapped[str] = mapped_column(String(16))
    #: What counts, after the late penalty; None: nothing has been graded.
    score: Mapped[float | None] = mapped_column(Double)
    #: The same before the late penalty.
    earned: Mapped[float | None] = mapped_column(Double)
    max_score: Mapped[float | None] = mapped_column(Double)
    #: Of the submission that counts.
    days_late: Mapped[int]
    attempts_used: Mapped[int]
    #: How many submissions are not graded yet.
    pending: Mapped[int]
    #: The submission that counts; the newest; the newest that has a report which is not our error.
    best: Mapped[str | None] = mapped_column(Id)
    latest: Mapped[str] = mapped_column(Id)
    judged: Mapped[str | None] = mapped_column(Id)
    first_at: Mapped[datetime] = mapped_column(Instant)
    latest_at: Mapped[datetime] = mapped_column(Instant)
    #: How many attempts it took to pass, and how long after the first submission; None: not yet.
    tries: Mapped[int | None]
    pass_seconds: Mapped[int | None]
    #: A `Look`: why somebody who teaches should look at it; None: no reason.
    look: Mapped[str | None] = mapped_column(String(16))
    #: What the report of `judged` fails by, a `Snag`; None: by nothing.
    snag_part: Mapped[str | None] = mapped_column(String(64))
    snag_kind: Mapped[str | None] = mapped_column(String(16))
    snag: Mapped[str | None] = mapped_column(String(64))
    snag_said: Mapped[str | None] = mapped_column(Text)


class OutcomeRow(Table):
    """What one finding of a report says, without its evidence: of each tally's best and judged."""

    __tablename__ = "outcomes"

    submission: Mapped[str] = mapped_column(Id, primary_key=True)
    #: From 0, in the order of the report.
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    #: The attempt whose report it is.
    attempt: Mapped[int]
    #: The check, or of a quiz the id of the question.
    part: Mapped[str] = mapped_column(String(64))
    #: A `Status`.
    status: Mapped[str] = mapped_column(String(16))
    points: Mapped[float] = mapped_column(Double)
    max_points: Mapped[float] = mapped_column(Double)


class TallyDueRow(Table):
    """A tally to be counted again, written by triggers on what it is counted from.

    Rows are only ever added, and taken away by their ids: what is written while a tally is being
    counted makes it due once more.
    """

    __tablename__ = "tally_dues"
    __table_args__ = (Index(None, "assignment"),)

    id: Mapped[int] = mapped_column(_Number, primary_key=True)
    assignment: Mapped[str] = mapped_column(Id)
    #: None: those of everybody.
    person: Mapped[str | None] = mapped_column(Id)
