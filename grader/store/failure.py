"""The report of our own failure."""

from __future__ import annotations

from exercises.outcome import Outcome, Verdict
from exercises.report import Finding, Report, Status


def our_failure(exercise: str, exercise_version: str, seed: int) -> Report:
    """The report of a submission that the grader could not grade: never a zero for the student."""
    return Report(
        exercise=exercise,
        exercise_version=exercise_version,
        verdict=Verdict.INTERNAL_ERROR,
        outcome=Outcome.INTERNAL_ERROR,
        score=0,
        max_score=0,
        findings=[
            Finding(
                check="grading",
                status=Status.INCONCLUSIVE,
                points=0,
                max_points=0,
                line=None,
                message="The grader failed on this submission, which is our fault and not yours: "
                "it costs no attempt and counts as no score. Please send it again later.",
            )
        ],
        seed=seed,
        samples=0,
        layers=[],
    )
