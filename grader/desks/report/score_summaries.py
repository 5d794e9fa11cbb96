"""Summaries of the scores of a class: mean, quartiles and a histogram, where there are enough."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from grader.store.gradebook.clusters import Spread
from grader.store.gradebook.course_report import Alike

#: Of fewer students there are no shares, means and medians.
FEW = 5
#: How many bins a histogram has, of equal width: a score of all points is in the last one.
BINS = 10
#: Sums of points that are equal may differ by their rounding.
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class Middle:
    """Where scores lie; quartiles are the nearest rank above."""

    mean: float
    lower: float
    median: float
    upper: float


@dataclass(frozen=True, slots=True)
class ScoreSummary:
    """What counts of each student who has a score, after late penalties."""

    #: How many have one, how many of these have all points, and how many none.
    students: int
    whole: int
    nothing: int
    #: None: of too few students.
    middle: Middle | None
    #: How many students by their share of the points, each bin with its lower end; None: too few.
    histogram: tuple[int, ...] | None


def summary_of(standings: Iterable[Alike]) -> ScoreSummary:
    """The summary of how the students of one assignment stand."""
    scored = [
        (one.score, one.max_score, one.students) for one in standings if one.score is not None
    ]
    counted = [(score, most or 0.0, students) for score, most, students in scored]
    students = sum(count for _, _, count in counted)
    return ScoreSummary(
        students=students,
        whole=sum(count for score, most, count in counted if 0 < most <= score + _ROUNDING),
        nothing=sum(count for score, _, count in counted if score <= _ROUNDING),
        middle=_middle(counted, students) if students >= FEW else None,
        histogram=_histogram(counted) if students >= FEW else None,
    )


def share(count: int, of: int) -> float | None:
    """A share from 0 to 1; None: of too few."""
    return count / of if of >= FEW else None


def spread_of(counts: Mapping[int, int]) -> Spread | None:
    """The quartiles of numbers that come so often; None: too seldom to say any."""
    among = sum(counts.values())
    if among < FEW:
        return None
    ranked = sorted(Counter(counts).elements())
    lower, median, upper = (ranked[_rank(quarter, among)] for quarter in (1, 2, 3))
    return Spread(among, lower, median, upper)


def _middle(counted: list[tuple[float, float, int]], students: int) -> Middle:
    ranked = sorted(score for score, _, count in counted for _ in range(count))
    lower, median, upper = (ranked[_rank(quarter, students)] for quarter in (1, 2, 3))
    return Middle(round(sum(ranked) / students, 9), lower, median, upper)


def _rank(quarter: int, among: int) -> int:
    """The place, from 0, of a quartile: n/4, n/2 or 3n/4, rounded up."""
    return (quarter * among + 3) // 4 - 1


def _histogram(counted: list[tuple[float, float, int]]) -> tuple[int, ...] | None:
    bins = [0] * BINS
    for score, most, count in counted:
        if most > 0:
            share = score / most + _ROUNDING
            bins[min(BINS - 1, max(0, int(share * BINS)))] += count
    return tuple(bins) if any(bins) else None
