"""The table of fingerprints: what is kept of each function, to compare it with others."""

from __future__ import annotations

from sqlalchemy import Double, ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from grader.store.models.base import Id, Table
from grader.store.models.people import PersonRow
from grader.store.models.submissions import SubmissionRow


class FingerprintRow(Table):
    """Of the attempt that counts; see exercises/likeness/fingerprint.py for what the bytes are."""

    __tablename__ = "fingerprints"
    __table_args__ = (Index(None, "assignment", "person", "submission"),)

    submission: Mapped[str] = mapped_column(Id, ForeignKey(SubmissionRow.id), primary_key=True)
    attempt: Mapped[int]
    #: Copies of the submission's.
    assignment: Mapped[str | None] = mapped_column(Id)
    person: Mapped[str | None] = mapped_column(Id, ForeignKey(PersonRow.id))
    exercise: Mapped[str] = mapped_column(String(64))
    #: From the report: the first misconception that it names; "" for none.
    misconception: Mapped[str] = mapped_column(String(64))
    #: Whether x has the law that was asked for; None where that was not judged.
    law_passed: Mapped[bool | None]
    #: Which of the exercise's own programs does the same; "" for none.
    origin: Mapped[str] = mapped_column(String(80))
    #: The law as a vector, and how far off it may be; None where there is none.
    law: Mapped[bytes | None] = mapped_column(LargeBinary)
    law_noise: Mapped[float | None] = mapped_column(Double)
    #: A PNG; None where there is no law to draw.
    thumbnail: Mapped[bytes | None] = mapped_column(LargeBinary)
    #: f at the hidden points.
    behaviour: Mapped[bytes | None] = mapped_column(LargeBinary)
    #: Hashes of the code's runs of tokens, and of its numbers.
    grams: Mapped[bytes] = mapped_column(LargeBinary)
    constants: Mapped[bytes] = mapped_column(LargeBinary)
