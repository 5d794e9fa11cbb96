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
    #: The one course within which all this is seen, and only what answers to its assignments;
    #: None: wherever it is.
    within: str | None = None

    def condition(self) -> ColumnElement[bool]:
        """The condition on a query of submissions."""
        if self.within is None:
            return self._somewhere()
        return and_(S.assignment.is_not(None), S.course == self.within, self._somewhere())

    def _somewhere(self) -> ColumnElement[bool]:
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

    def sees_in_full(self, submission: Any) -> bool:
        """Whether what students are not shown yet is seen of a submission that was read."""
        return self.everything or (
            self._is_within(submission)
            and submission.assignment is not None
            and submission.course in self.staffed
        )

    def sees(self, submission: Any) -> bool:
        """The same of a submission that was read already."""
        return self._is_within(submission) and (
            self.everything
            or (self.person is not None and submission.person == self.person)
            or (submission.assignment is not None and submission.course in self.staffed)
            or (self.unsigned and submission.person is None)
        )

    def _is_within(self, submission: Any) -> bool:
        return self.within is None or (
            submission.assignment is not None and submission.course == self.within
        )


#: Of the service itself, which looks for nobody.
EVERYTHING = View(everything=True)
