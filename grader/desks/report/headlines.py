"""Headlines: what a course report says first, each with the numbers that it rests on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from grader.desks.report.assignments import AssignmentReport
from grader.desks.report.score_summaries import FEW
from grader.store.gradebook.clusters import Spread
from grader.store.submission.snags import Snag, SnagKind


class HeadlineKind(StrEnum):
    """What a headline says."""

    #: `count` of the `of` students who have begun `assignment` have not passed: the largest share.
    HARDEST = "hardest"
    #: `count` of `of` students have all points of `part` of `assignment`: the smallest share.
    WEAKEST_PART = "weakest_part"
    #: The misconception `name` is what `count` newest reports fail by, in `of` assignments: no
    #: other is so common.
    MISCONCEPTION = "misconception"
    #: It takes `count` attempts to pass at the median, over `of` passes.
    ATTEMPTS = "attempts"
    #: Passing `assignment` takes `count` attempts at the median, more than any other does.
    MOST_ATTEMPTS = "most_attempts"
    #: Of `of` scores that count, `count` came late.
    LATE = "late"
    #: No assignment has been begun by as many students as shares need.
    FEW = "few"


@dataclass(frozen=True, slots=True)
class Headline:
    """One thing that a report says first."""

    kind: HeadlineKind
    count: int = 0
    of: int = 0
    #: What it is about; None: about the course.
    assignment: AssignmentReport | None = None
    part: str = ""
    snag: Snag | None = None


def headlines(assignments: Sequence[AssignmentReport], tries: Spread | None) -> Iterator[Headline]:
    """What can be said first of these assignments; nothing of fewer than five students.

    Args:
        assignments: of the report.
        tries: attempts until they passed, over all of them.
    """
    many = [one for one in assignments if one.begun >= FEW]
    if not many:
        yield Headline(HeadlineKind.FEW)
    yield from _hardest(many)
    yield from _weakest(many)
    yield from _misconception(many)
    yield from _attempts(many, tries)
    scored = sum(one.scores.students for one in many)
    late = sum(one.late for one in many)
    if late and scored >= FEW:
        yield Headline(HeadlineKind.LATE, late, scored)


def _hardest(many: Sequence[AssignmentReport]) -> Iterator[Headline]:
    worst = max(many, key=lambda one: (one.begun - one.passed) / one.begun, default=None)
    if worst is not None and worst.begun > worst.passed:
        yield Headline(HeadlineKind.HARDEST, worst.begun - worst.passed, worst.begun, worst)


def _weakest(many: Sequence[AssignmentReport]) -> Iterator[Headline]:
    parts = [(one, part) for one in many for part in one.parts if part.students >= FEW]
    one, part = min(parts, key=lambda at: at[1].right / at[1].students, default=(None, None))
    if part is not None and part.right < part.students:
        yield Headline(HeadlineKind.WEAKEST_PART, part.right, part.students, one, part.part)


def _misconception(many: Sequence[AssignmentReport]) -> Iterator[Headline]:
    reports: Counter[str] = Counter()
    places: Counter[str] = Counter()
    for one in many:
        named = Counter[str]()
        for cluster in one.clusters:
            if cluster.snag.kind is SnagKind.MISTAKE:
                named[cluster.snag.name] += cluster.students
        reports += named
        places += Counter(named.keys())
    for name, count in reports.most_common(1):
        if count > 1:
            snag = Snag("", SnagKind.MISTAKE, name)
            yield Headline(HeadlineKind.MISCONCEPTION, count, places[name], snag=snag)


def _attempts(many: Sequence[AssignmentReport], tries: Spread | None) -> Iterator[Headline]:
    if tries is None:
        return
    yield Headline(HeadlineKind.ATTEMPTS, tries.median, tries.count)
    counted = [(one, one.tries) for one in many if one.tries is not None]
    one, most = max(counted, key=lambda at: at[1].median, default=(None, None))
    if most is not None and most.median > tries.median:
        yield Headline(HeadlineKind.MOST_ATTEMPTS, most.median, most.count, one)
