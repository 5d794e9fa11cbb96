"""Walls: which submissions somebody may read, as a condition that each query carries."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, false, or_, true

from grader.store.models import SubmissionRow as S


@dataclass(frozen=True, slots=True)
class View:
    """What somebody sees of the submissions; by itself nothing."""

    #: The person whose own work is seen.
    person: str | None = None
    #: The courses in which the work of all is seen.
    staffed: frozenset[str] = frozenset()
    #: Whether what nobody has signed is seen: submissions under free labels.
    unsigned: bool = False
    #: Whether everything is seen.
    everything: bool = False

    def condition(self) -> ColumnElement[bool]:
        """The condition on a query of submissions."""
        if self.everything:
            return true()
        seen: list[ColumnElement[bool]] = []
        if self.person is not None:
            seen.append(S.person == self.person)
        if self.staffed:
            # Only by an assignment: without one, `course` is a label that anybody may write.
            seen.append(and_(S.assignment.is_not(None), S.course.in_(sorted(self.staffed))))
        if self.unsigned:
            seen.append(S.person.is_(None))
        return or_(*seen) if seen else false()

    def sees(self, submission: Any) -> bool:
        """The same of a submission that was read already."""
        return (
            self.everything
            or (self.person is not None and submission.person == self.person)
            or (submission.assignment is not None and submission.course in self.staffed)
            or (self.unsigned and submission.person is None)
        )


#: Of the service itself, which looks for nobody.
EVERYTHING = View(everything=True)
