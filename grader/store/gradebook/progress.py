"""Progress: how far a student is with an assignment, of all that he or she has handed in to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from exercises.outcome import Verdict
from exercises.report import Status
from grader.store.assignment.standing import Handed, Standing
from grader.store.submission.snags import Told
from grader.store.submission.state import State


class Progress(StrEnum):
    """How far a student is with an assignment."""

    #: Nothing was handed in. There is no tally of this.
    NOT_BEGUN = "not_begun"
    #: Something is not graded yet, and nothing has passed.
    WAITING = "waiting"
    #: Nothing could be graded: it did not run so far.
    NOT_GRADABLE = "not_gradable"
    FAILED = "failed"
    PARTIAL = "partial"
    PASSED = "passed"
    #: The newest ended in a failure of ours, and nothing has passed.
    INTERNAL_ERROR = "internal_error"


class Look(StrEnum):
    """Why somebody who teaches should look at a student's work, the most urgent first."""

    #: A failure of ours is in the way.
    OUR_ERROR = "our_error"
    #: It did not pass, and nothing more can be handed in.
    NO_ATTEMPTS = "no_attempts"
    #: A check could not tell.
    INCONCLUSIVE = "inconclusive"
    #: What was handed in has never run.
    NEVER_RAN = "never_ran"


@dataclass(frozen=True, slots=True)
class Work:
    """What one student has handed in to one assignment, the oldest first; something, at least."""

    assignment: str
    person: str
    course: str
    handed: Sequence[Handed]
    standing: Standing

    @property
    def judged(self) -> Handed | None:
        """The newest that has a report which is not a failure of ours."""
        reported = (one for one in reversed(self.handed) if one.state is State.GRADED)
        return next((one for one in reported if one.verdict is not Verdict.INTERNAL_ERROR), None)

    @property
    def progress(self) -> Progress:
        """How far the student is."""
        best = self.standing.best
        if self.standing.passed:
            return Progress.PASSED
        if self.handed[-1].verdict is Verdict.INTERNAL_ERROR:
            return Progress.INTERNAL_ERROR
        if self.standing.pending:
            return Progress.WAITING
        if best is None:
            return Progress.NOT_GRADABLE
        return Progress.PARTIAL if best.earned > 0 else Progress.FAILED

    @property
    def reported(self) -> set[str]:
        """The submissions whose reports tell of it: the one that counts, and the newest judged."""
        best, judged = self.standing.best, self.judged
        return {one for one in (best and best.submission, judged and judged.id) if one}


def tally(work: Work, what: Told | None) -> dict[str, Any]:
    """The tally of it, as a row.

    Args:
        work: what was handed in.
        what: what the report of the newest judged one tells; None: there is none.
    """
    best, judged = work.standing.best, work.judged
    snag = None if what is None else what.snag
    first, last = work.handed[0], work.handed[-1]
    tries, passed_at = _passing(work.handed)
    return {
        "assignment": work.assignment,
        "person": work.person,
        "course": work.course,
        "state": work.progress,
        "score": best and best.score,
        "earned": best and best.earned,
        "max_score": best and best.max_score,
        "days_late": 0 if best is None else best.lateness.days,
        "attempts_used": work.standing.attempts_used,
        "pending": work.standing.pending,
        "best": best and best.submission,
        "latest": last.id,
        "judged": judged and judged.id,
        "first_at": first.accepted_at,
        "latest_at": last.accepted_at,
        "tries": tries,
        "pass_seconds": passed_at and max(0, int((passed_at - first.accepted_at).total_seconds())),
        "look": _look(work, what),
        "snag_part": snag and snag.part,
        "snag_kind": snag and snag.kind,
        "snag": snag and snag.name,
        "snag_said": what.said if what and snag else None,
    }


def _passing(handed: Sequence[Handed]) -> tuple[int | None, datetime | None]:
    """At which attempt a student passed, and when that one was handed in."""
    counted = [one for one in handed if one.counts]
    for number, one in enumerate(counted, 1):
        if one.standing_verdict is Verdict.PASSED:
            return number, one.accepted_at
    return None, None


def _look(work: Work, what: Told | None) -> Look | None:
    progress = work.progress
    if progress is Progress.PASSED:
        return None
    if progress is Progress.INTERNAL_ERROR:
        return Look.OUR_ERROR
    if work.standing.attempts_left == 0 and progress is not Progress.WAITING:
        return Look.NO_ATTEMPTS
    if what and any(one.status is Status.INCONCLUSIVE for one in what.outcomes):
        return Look.INCONCLUSIVE
    return Look.NEVER_RAN if progress is Progress.NOT_GRADABLE else None
