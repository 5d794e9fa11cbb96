"""The history of a submission: what the same person sent to the same exercise or assignment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from grader.api import represent, resources
from grader.desks.desk import desk
from grader.store.submission.submissions import Submission, Summary

#: The last ones, which a page shows.
_LENGTH = 50


@dataclass(frozen=True, slots=True)
class Sent:
    """One of several submissions."""

    item: resources.SubmissionItem
    #: The id of the one before it, to compare with; None for the first that is known.
    before: str | None
    #: Whether it is the one that the page is about.
    is_this: bool


def history(found: Submission) -> list[Sent]:
    """The submissions of this person to this exercise, the newest first; within one's walls."""
    if not found.student:
        return []  # nobody knows whose they are
    listed, _ = desk().latest(
        limit=_LENGTH,
        exercise=found.exercise,
        student=found.student,
        course=found.course,
        assignment=found.assignment,
    )
    same = [one for one in listed if _belongs(one, found)]
    return [
        Sent(represent.item(one), _before(same, index), one.id == found.id)
        for index, one in enumerate(same)
    ]


def _belongs(one: Summary, found: Submission) -> bool:
    # Practice and work for an assignment are apart, and a label is not the person of its name.
    return one.assignment == found.assignment and one.person == found.person


def _before(same: Sequence[Summary], index: int) -> str | None:
    return same[index + 1].id if index + 1 < len(same) else None
