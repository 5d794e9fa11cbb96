"""Turns regrades and internal errors into the API's resources, with the addresses filled in."""

from __future__ import annotations

from dataclasses import asdict

from flask import url_for

from grader.access.principal import Principal
from grader.api import resources
from grader.store.assignment.assignments import Assignment
from grader.store.assignment.versions import KeptVersion
from grader.store.grading.internal_errors import FailedAttempt, Failure
from grader.store.regrade.regrading import Progress, Regrade, Trial
from grader.store.submission.state import Ended

#: What went wrong, in a sentence for who is no operator: tracebacks tell of the machine.
SENTENCES = {
    Ended.FAILED: "The grader itself raised an error.",
    Ended.UNAVAILABLE: "The worker did not have this version of the exercise.",
    Ended.LOST: "The process that graded it ended before it was done.",
    Ended.EXPIRED: "It took too long, and was given up.",
    Ended.UNDELIVERED: "Its message was lost on the way to a worker.",
    Ended.GRADED: "",
}


def regrade_item(entity: Regrade) -> resources.RegradeItem:
    """A regrade in a list."""
    return resources.RegradeItem(
        id=entity.id,
        course=entity.course,
        assignment=entity.assignment,
        exercise_version=entity.exercise_version,
        which=entity.which,
        total=entity.total,
        stage=entity.stage,
        reason=entity.reason,
        created_at=entity.created_at,
        begun_by=entity.begun_by.person,
        tried_at=entity.tried_at,
        never_lower=entity.never_lower,
        move_version=entity.moves_version,
        decided_at=entity.decided_at,
        decided_by=entity.decided_by.person,
        ended_at=entity.ended_at,
        links=resources.RegradeLinks(
            self=url_for("regrades.show", regrade=entity.id),
            items=url_for("regrades.items", regrade=entity.id),
            assignment=url_for("assignments.show", id=entity.assignment),
            page=url_for("pages.regrade", course=entity.course, id_=entity.id),
        ),
    )


def regrade(entity: Regrade, progress: Progress) -> resources.Regrade:
    """A regrade by itself."""
    return resources.Regrade(
        **dict(regrade_item(entity)),
        ended=progress.ended,
        decided=progress.decided,
        estimate_seconds=progress.estimate_seconds,
        totals=resources.RegradeTotals(
            states=dict(progress.states),
            up=progress.up,
            down=progress.down,
            same=progress.same,
            inconclusive=progress.inconclusive,
            lower=progress.lower,
            overridden=progress.overridden,
            left_out=progress.left_out,
            fates=dict(progress.fates),
            histogram=[
                resources.RegradeBar(low=bar.low, high=bar.high, count=bar.count)
                for bar in progress.bars
            ],
        ),
    )


def trial(entity: Trial) -> resources.RegradedSubmission:
    """One submission in a regrade."""
    submission = entity.submission
    return resources.RegradedSubmission(
        trial=entity.id,
        submission=submission.id,
        person=submission.person,
        name=entity.name,
        state=entity.state,
        verdict_before=entity.verdict_before,
        verdict=entity.verdict,
        counted_before=entity.counted_before,
        counted_after=entity.counted_after,
        max_before=entity.max_before,
        max_score=entity.max_score,
        change=entity.change,
        lower=entity.is_lower,
        overridden=entity.is_overridden,
        inconclusive=entity.is_inconclusive,
        criteria=[resources.ChangedCriterion(**asdict(one)) for one in entity.criteria],
        chosen=entity.is_chosen,
        fate=entity.fate,
        links=_links(submission.id),
    )


def version(entity: KeptVersion, assignment: Assignment, served: str | None) -> resources.Version:
    """A version that can grade."""
    return resources.Version(
        version=entity.version,
        kept_at=entity.kept_at,
        asked=entity.version == assignment.exercise_version,
        served=entity.version == served,
    )


def internal_error(entity: Failure, who: Principal) -> resources.InternalError:
    """A submission that the grader failed on, as somebody may know of it."""
    submission = entity.submission
    return resources.InternalError(
        submission=submission.id,
        exercise=submission.exercise,
        exercise_version=submission.exercise_version,
        course=submission.course,
        assignment=submission.assignment,
        person=submission.person,
        name=entity.name,
        state=submission.state,
        accepted_at=submission.accepted_at,
        tried_again_at=submission.regrade_at,
        attempts=[_attempt(one, who) for one in entity.attempts],
        links=_links(submission.id),
    )


def problem_text(entity: FailedAttempt, who: Principal) -> str:
    """What went wrong with an attempt, as somebody may know of it."""
    return entity.problem if who.is_operator else SENTENCES[entity.ended]


def _attempt(entity: FailedAttempt, who: Principal) -> resources.FailedAttempt:
    return resources.FailedAttempt(
        number=entity.number,
        ended=entity.ended,
        worker=entity.worker if who.is_operator else None,
        finished_at=entity.finished_at,
        problem=problem_text(entity, who),
    )


def _links(submission: str) -> dict[str, str]:
    return {
        "submission": url_for("submissions.show", id=submission),
        "page": url_for("pages.submission", id_=submission),
    }
