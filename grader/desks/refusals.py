"""Refusals: what a student is told when an assignment takes nothing from him or her now."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import UTC, datetime
from types import MappingProxyType

from grader.desks import problems
from grader.desks.problems import Complaint, ProblemType, RequestError
from grader.store.assignment.admission import NotAdmitted, Refusal
from grader.store.assignment.standing import Standing
from grader.store.assignment.terms import Terms

_TYPES: Mapping[Refusal, ProblemType] = MappingProxyType(
    {
        Refusal.UNKNOWN: problems.UNKNOWN_ASSIGNMENT,
        Refusal.ARCHIVED: problems.ARCHIVED,
        Refusal.CHANGED: problems.EXERCISE_CHANGED,
        Refusal.NOT_OPEN: problems.NOT_OPEN,
        Refusal.CLOSED: problems.CLOSED,
        Refusal.NO_ATTEMPTS_LEFT: problems.NO_ATTEMPTS_LEFT,
        Refusal.COOLING_DOWN: problems.COOLING_DOWN,
    }
)


def refused(error: NotAdmitted) -> RequestError:
    """The problem that says why nothing was accepted."""
    if error.why is Refusal.UNKNOWN:
        return unknown_assignment()
    if error.why is Refusal.ARCHIVED:
        return RequestError(problems.ARCHIVED, "The course of this assignment is over.")
    if error.why is Refusal.CHANGED or error.standing is None:
        return RequestError(
            problems.EXERCISE_CHANGED, "The assignment asks for another version by now."
        )
    detail, headers = _told(error.why, error.standing)
    return RequestError(_TYPES[error.why], detail, headers=headers)


def unknown_assignment() -> RequestError:
    """The problem of an id that is none, or of an assignment that is not for this person."""
    return RequestError(
        problems.UNKNOWN_ASSIGNMENT,
        "You have no assignment of this id.",
        [Complaint("This must be the id of one of your assignments.", pointer="#/assignment")],
    )


def _told(why: Refusal, standing: Standing) -> tuple[str, dict[str, str]]:
    """The sentence, and the headers, of a refusal that follows from a standing."""
    terms = standing.terms
    if why is Refusal.NOT_OPEN:
        return f"It opens {_at(terms.opens_at, terms)}.", {}
    if why is Refusal.CLOSED:
        return f"It closed {_at(terms.closes_at, terms)}.", {}
    if why is Refusal.NO_ATTEMPTS_LEFT:
        return f"You have used your {terms.attempts} of {terms.attempts} attempts.", {}
    assert standing.next_attempt_at is not None
    seconds = seconds_until(standing.next_attempt_at)
    wait = f"{seconds} second{'' if seconds == 1 else 's'}"
    return f"You can submit again in {wait}.", {"Retry-After": str(seconds)}


def seconds_until(moment: datetime) -> int:
    """Whole seconds from now on, 1 at least."""
    return max(1, math.ceil((moment - datetime.now(UTC)).total_seconds()))


def _at(moment: datetime | None, terms: Terms) -> str:
    if moment is None:
        return "at another time"
    return f"on {moment.astimezone(terms.zone):%Y-%m-%d at %H:%M:%S} ({terms.zone.key})"
