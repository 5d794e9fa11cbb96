"""The desk of course reports: how a class has done, in numbers that name nobody.

Who may ask is decided before, by the rules of access. Of fewer than five students there are counts
alone: a share or a median of three is nearly what one of them did.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from exercises.exercise import AnyExercise, CodeExercise
from grader.access.principal import Principal
from grader.desks.classes import Column
from grader.desks.courses import CourseDesk
from grader.desks.problems import INVALID, Complaint, RequestError
from grader.desks.report.assignments import AssignmentReport
from grader.desks.report.common_laws import CommonLawDesk, CommonLaws
from grader.desks.report.headlines import Headline, headlines
from grader.desks.report.own_names import without_own_names
from grader.desks.report.score_summaries import FEW, spread_of, summary_of
from grader.store.assignment.assignments import Assignment
from grader.store.course.courses import Course
from grader.store.gradebook.clusters import Spread
from grader.store.gradebook.course_report import (
    Alike,
    CourseReports,
    Headcount,
    Intake,
)
from grader.store.gradebook.failures import Failures
from grader.store.gradebook.progress import Progress


@dataclass(frozen=True, slots=True)
class CourseReport:
    """How a class has done."""

    course: Course
    made_at: datetime
    people: Headcount
    #: Those that are reported on, of so many in the course.
    assignments: tuple[AssignmentReport, ...]
    known: tuple[Column, ...]
    #: Attempts until they passed, of all that is reported on; None: of too few.
    tries: Spread | None
    headlines: tuple[Headline, ...]

    @property
    def submissions(self) -> int:
        """How many were handed in."""
        return sum(one.handed.submissions for one in self.assignments)

    @property
    def waiting(self) -> int:
        """How many of them are not graded yet."""
        return sum(one.handed.waiting for one in self.assignments)

    @property
    def internal_errors(self) -> int:
        """On how many of them the grader has failed, and not graded them yet."""
        return sum(one.handed.failed for one in self.assignments)

    @property
    def graded(self) -> int:
        """How many of them have a grade."""
        return self.submissions - self.waiting - self.internal_errors


@dataclass(frozen=True, slots=True)
class CourseReportDesk:
    """What the web process holds to report on courses."""

    courses: CourseDesk
    reports: CourseReports
    failures: Failures
    laws: CommonLawDesk

    def report(self, who: Principal, course: str, only: Collection[str] = ()) -> CourseReport:
        """How the class of a course has done.

        Args:
            who: asks.
            course: its id.
            only: the ids of the assignments that are reported on; none: all of them.

        Raises:
            RequestError: not-found, or invalid: an assignment is none of the course.
        """
        found = self.courses.course(who, course)
        columns = tuple(self._column(one) for one in self.courses.assignments.of(course))
        chosen = _chosen(columns, only)
        people = self.reports.people(course)
        tries = self.reports.tries(course, only)
        assignments = self._assignments(course, chosen, people, tries, only)
        every: Counter[int] = Counter()
        for one in chosen:
            every.update(tries.get(one.id, {}))
        overall = spread_of(every)
        return CourseReport(
            course=found,
            made_at=self.courses.clock(),
            people=people,
            assignments=assignments,
            known=columns,
            tries=overall,
            headlines=tuple(headlines(assignments, overall)),
        )

    def pictures(self, report: CourseReport) -> dict[str, bytes]:
        """The thumbnails of the common laws of a report, PNGs, by the submission."""
        shown = {law.submission for one in report.assignments for law in one.laws.laws}
        return self.laws.failing.thumbnails(shown)

    def _assignments(
        self,
        course: str,
        columns: Sequence[Column],
        people: Headcount,
        tries: Mapping[str, Mapping[int, int]],
        only: Collection[str],
    ) -> tuple[AssignmentReport, ...]:
        """What is asked of all assignments at once, told by assignment."""
        handed, standings = self.reports.handed(course), self.reports.standings(course, only)
        seconds, sizes = self.failures.seconds(course), self.failures.sizes(course)
        given, laws = self.reports.given(course), self.laws.of(course, only)
        alike = {one.id: _points(one.exercise) for one in columns}
        touched = {submission for several in given.values() for submission in several}
        known = {id_: points for id_, points in alike.items() if points}
        parts = self.reports.parts(course, known, touched, only)
        return tuple(
            AssignmentReport(
                column=column,
                handed=handed.get(id_, Intake(0)),
                states=_states(standings.get(id_, ()), people.students),
                scores=summary_of(standings.get(id_, ())),
                late=sum(one.students for one in standings.get(id_, ()) if one.late),
                overridden=sum(given.get(id_, {}).values()),
                tries=spread_of(tries.get(id_, {})),
                seconds=_unless_few(seconds.get(id_)),
                parts=tuple(parts.get(id_, ())),
                clusters=without_own_names(sizes.get(id_, ())),
                laws=laws.get(id_, CommonLaws()),
            )
            for column in columns
            for id_ in (column.id,)
        )

    def _column(self, assignment: Assignment) -> Column:
        pinned = self.courses.pinned.get(assignment.exercise, assignment.exercise_version)
        return Column(assignment, pinned)


def _chosen(columns: Sequence[Column], only: Collection[str]) -> list[Column]:
    """The columns that are asked for, in the order of the course.

    Raises:
        RequestError: invalid.
    """
    if not set(only) <= {one.id for one in columns}:
        complaint = Complaint("This must be an assignment of the course.", parameter="assignment")
        raise RequestError(INVALID, "The course has no such assignment.", [complaint])
    return [one for one in columns if not only or one.id in only]


def _points(exercise: AnyExercise | None) -> dict[str, float]:
    """The points of each criterion of a program; a quiz asks each student other questions."""
    if not isinstance(exercise, CodeExercise):
        return {}
    return {one.check: one.points for one in exercise.criteria}


def _states(standings: Sequence[Alike], students: int) -> dict[Progress, int]:
    states: Counter[Progress] = Counter()
    for one in standings:
        states[one.state] += one.students
    states[Progress.NOT_BEGUN] = students - sum(states.values())
    return {state: count for state, count in states.items() if count > 0}


def _unless_few(spread: Spread | None) -> Spread | None:
    return None if spread is None or spread.count < FEW else spread
