"""Marks: verdict and score of a submission, what staff made of them, and how much is shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TypeVar

from exercises.outcome import SPENDS_NO_ATTEMPT, Verdict
from grader.store.assignment.disclosure import Disclosure, Extent
from grader.store.review.points import Earned, given_total, total, verdict_by


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """Verdict and score, copied from the report; all None while there is none."""

    verdict: Verdict | None
    score: float | None
    max_score: float | None
    #: What counts in place of the score, by an override; None: the score itself.
    given_score: float | None = None
    #: By criterion; None: there is no report, or one from before these were kept.
    points: Mapping[str, Earned] | None = None

    @property
    def standing_score(self) -> float | None:
        """The score before any late penalty: the grader's, or what staff gave instead."""
        if self.score is None or self.given_score is None:
            return self.score
        return self.given_score

    @property
    def standing_verdict(self) -> Verdict | None:
        """The verdict that goes with that score."""
        if self.given_score is None:
            return self.verdict
        return verdict_by(self.given_score, self.max_score or 0.0, self.verdict)


M = TypeVar("M", bound=Marks)


def marks_seen(marks: M, disclosure: Disclosure) -> M:
    """The marks as they are shown; pure.

    That something was not gradable, or failed on our side, is always shown: it costs no attempt,
    and nobody should lose a deadline by a typing error.
    """
    if disclosure.extent is Extent.WHOLE:
        return marks
    nothing = marks.verdict if marks.verdict in SPENDS_NO_ATTEMPT else None
    if disclosure.extent is Extent.RECEIPT or marks.points is None or marks.score is None:
        return replace(marks, verdict=nothing, score=None, given_score=None, points=None)
    shown = {name: one for name, one in marks.points.items() if name not in disclosure.hidden}
    score = round(sum(one.points for one in shown.values()), 2)
    most = total(replace(one, given=one.of) for one in shown.values())
    return replace(
        marks,
        # Of nothing that can be earned there is no verdict.
        verdict=nothing or (verdict_by(score, most, marks.verdict) if most else None),
        score=score,
        max_score=most,
        given_score=given_total(shown, score=score, max_score=most),
        points=shown,
    )
