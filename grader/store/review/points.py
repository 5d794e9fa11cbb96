"""Points by criterion: what a report gave, what staff gave instead, and what that comes to."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from exercises.outcome import SPENDS_NO_ATTEMPT, Verdict
from exercises.report import Report

_EPSILON = 1e-9


@dataclass(frozen=True, slots=True)
class Earned:
    """The points of one criterion."""

    points: float
    #: What there is to earn.
    of: float
    #: What staff gave instead; None: nothing.
    given: float | None = None

    @property
    def counts(self) -> float:
        """What it comes to."""
        return self.points if self.given is None else self.given


#: By the name of a criterion.
Points = Mapping[str, Earned]


def points_of(report: Report) -> dict[str, Earned]:
    """The points of each check of a report in which there is something to earn."""
    found: dict[str, Earned] = {}
    for finding in report.findings:
        if finding.max_points > 0:
            before = found.get(finding.check, Earned(0.0, 0.0))
            found[finding.check] = Earned(
                before.points + finding.points, before.of + finding.max_points
            )
    return found


def with_given(points: Points, given: Mapping[str, float]) -> dict[str, Earned]:
    """The points with what staff gave for criteria, never more than there is to earn."""
    return {
        name: Earned(one.points, one.of, min(given[name], one.of) if name in given else None)
        for name, one in points.items()
    }


def total(points: Iterable[Earned]) -> float:
    """What they come to."""
    return round(sum(one.counts for one in points), 2)


def given_total(points: Points, *, score: float, max_score: float) -> float | None:
    """The score that follows from what staff gave for criteria; None: nothing was given."""
    changed = [one for one in points.values() if one.given is not None]
    if not changed:
        return None
    # From the score, not from a sum: an outcome may have taken points that findings still show.
    score += sum(one.counts - one.points for one in changed)
    return round(min(max(score, 0.0), max_score), 2)


def verdict_by(score: float, max_score: float, verdict: Verdict | None) -> Verdict | None:
    """The verdict that points amount to; a submission that was not graded keeps its own."""
    if verdict is None or verdict in SPENDS_NO_ATTEMPT or not max_score:
        return verdict
    if score >= max_score - _EPSILON:
        return Verdict.PASSED
    return Verdict.PARTIAL if score > 0 else Verdict.FAILED


def written(points: Points) -> str:
    """The points as they are kept: JSON."""
    return json.dumps({name: [one.points, one.of, one.given] for name, one in points.items()})


def read(text: str | None) -> dict[str, Earned] | None:
    """The points that were kept; None: there are none."""
    if text is None:
        return None
    return {name: Earned(*values) for name, values in json.loads(text).items()}
