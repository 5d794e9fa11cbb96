"""The gradings of a submission: a page of an earlier one says so, and leads to the others."""

from __future__ import annotations

from dataclasses import dataclass

from flask import request

from grader.access.principal import principal
from grader.desks.desk import desk
from grader.desks.problems import NOT_FOUND, RequestError
from grader.store.submission.submissions import Submission


@dataclass(frozen=True, slots=True)
class Gradings:
    """All gradings of a submission, where there are several."""

    #: The one that counts first; empty where it is the only one.
    all: tuple[Submission, ...]
    #: Its attempt; None where there are no others.
    counts: int | None
    #: Whether the page is about another one.
    is_earlier: bool


def earlier_attempt() -> int | None:
    """The grading that the address asks for; None: the one that counts.

    Raises:
        RequestError: not-found.
    """
    asked = request.args.get("attempt")
    if asked is None:
        return None
    if not asked.isascii() or not asked.isdigit() or len(asked) > 9:
        raise RequestError(NOT_FOUND, "There is no such attempt.")
    return int(asked)


def gradings(found: Submission) -> Gradings:
    """The gradings of the submission that a page is about, within the reader's walls."""
    if found.attempt < 2 and request.args.get("attempt") is None:
        return Gradings((), None, is_earlier=False)
    counts = desk().submission(found.id)
    earlier = desk().gradings.earlier(found.id, principal().view)
    if not earlier:
        return Gradings((), None, is_earlier=False)
    is_earlier = found.attempt != counts.attempt
    return Gradings((counts, *earlier), counts.attempt, is_earlier)
