"""The report on one assignment of a course: how a class has done, in numbers that name nobody."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from grader.desks.classes import Column
from grader.desks.report.common_laws import CommonLaws
from grader.desks.report.score_summaries import ScoreSummary
from grader.store.gradebook.clusters import Cluster, Spread
from grader.store.gradebook.course_report import Intake, PartRight
from grader.store.gradebook.progress import Progress

#: So many of the commonest failures are told.
_TOLD = 3


@dataclass(frozen=True, slots=True)
class AssignmentReport:
    """How a class has done in one assignment."""

    column: Column
    handed: Intake
    #: By state how many students; not begun is one of them.
    states: Mapping[Progress, int]
    scores: ScoreSummary
    #: How many students' counting work came late.
    late: int
    #: How many submissions have points that staff gave.
    overridden: int
    #: Attempts, and seconds since the first submission, until they passed; None: of too few.
    tries: Spread | None
    seconds: Spread | None
    parts: tuple[PartRight, ...]
    #: What the newest reports fail by, the commonest first.
    clusters: tuple[Cluster, ...]
    laws: CommonLaws

    @property
    def begun(self) -> int:
        """How many students have handed something in."""
        return sum(n for state, n in self.states.items() if state is not Progress.NOT_BEGUN)

    @property
    def passed(self) -> int:
        """How many students have passed."""
        return self.states.get(Progress.PASSED, 0)

    @property
    def commonest(self) -> tuple[Cluster, ...]:
        """Those clusters that a report tells of."""
        return self.clusters[:_TOLD]

    @property
    def failing(self) -> int:
        """How many students' newest reports fail by anything."""
        return sum(one.students for one in self.clusters)
