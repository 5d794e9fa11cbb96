"""The table of the audit log: what was done in a course, by whom, and why."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from grader.store.models.base import Id, Instant, Table


class AuditRow(Table):
    """One deed. It refers by ids without foreign keys: what it speaks of may be deleted later."""

    __tablename__ = "audit"
    __table_args__ = (Index(None, "course", "id"), Index(None, "submission", "id"))

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    at: Mapped[datetime] = mapped_column(Instant)
    #: The course in which it was done; None: on the server as a whole.
    course: Mapped[str | None] = mapped_column(String(64))
    #: Who did it; None: the command line, or the service by itself.
    person: Mapped[str | None] = mapped_column(Id)
    #: The access token that it was done by; None: in a browser.
    token: Mapped[str | None] = mapped_column(Id)
    #: A `Deed`.
    deed: Mapped[str] = mapped_column(String(48))
    #: What it was done to, as far as it was done to one of these.
    submission: Mapped[str | None] = mapped_column(Id)
    assignment: Mapped[str | None] = mapped_column(Id)
    about: Mapped[str | None] = mapped_column(Id)
    #: As whoever did it has put it; may be empty.
    reason: Mapped[str] = mapped_column(Text)
    #: JSON objects: what there was before, and what there is since.
    before: Mapped[str] = mapped_column(Text)
    after: Mapped[str] = mapped_column(Text)
