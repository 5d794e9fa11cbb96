"""The table of guises: as whom a member of the staff sees a course for a while."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from grader.store.models.base import Id, Instant, Table
from grader.store.models.courses import CourseRow
from grader.store.models.people import PersonRow, SessionRow


class GuiseRow(Table):
    """The guise of one browser: it goes with the session that it is part of."""

    __tablename__ = "guises"
    __table_args__ = (Index(None, "person"), Index(None, "ends_at"))

    #: The session's digest.
    session: Mapped[str] = mapped_column(
        String(64), ForeignKey(SessionRow.digest, ondelete="CASCADE"), primary_key=True
    )
    course: Mapped[str] = mapped_column(String(64), ForeignKey(CourseRow.id))
    #: The student as whom the course is seen.
    person: Mapped[str] = mapped_column(Id, ForeignKey(PersonRow.id))
    ends_at: Mapped[datetime] = mapped_column(Instant)
