"""The numbers of a course report: those of all its assignments at once, and of nobody by name."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Engine, Select, case, func, literal_column, or_, select

from grader.store.course.roles import Role
from grader.store.database import reading
from grader.store.gradebook.overview import is_student
from grader.store.gradebook.progress import Progress
from grader.store.gradebook.tallies import Tallies
from grader.store.models import (
    AssignmentRow,
    MembershipRow,
    OutcomeRow,
    OverrideRow,
    SubmissionRow,
)
from grader.store.models import TallyRow as T
from grader.store.moments import Clock, utc_now
from grader.store.submission.state import State

#: Sums of points that are equal may differ by their rounding.
_ROUNDING = 1e-9
#: What is not graded yet.
_WAITING = [state for state in State if state is not State.GRADED]


@dataclass(frozen=True, slots=True)
class Headcount:
    """How many are in a course."""

    students: int
    staff: int


@dataclass(frozen=True, slots=True)
class Intake:
    """What was handed in to an assignment, staff's own tries included."""

    submissions: int
    #: How many of them are not graded yet, and on how many the grader has failed.
    waiting: int = 0
    failed: int = 0


@dataclass(frozen=True, slots=True)
class Alike:
    """Students of an assignment who stand alike."""

    students: int
    state: Progress
    #: What counts; None: nothing has been graded.
    score: float | None
    max_score: float | None
    late: bool


@dataclass(frozen=True, slots=True)
class PartRight:
    """How many students have all points of one part of an assignment, by the report that counts."""

    part: str
    max_points: float
    #: How many were asked it.
    students: int
    right: int


class CourseReports:
    """The numbers of course reports in the database that `engine` opens.

    Where assignments can be named, `of` are the ids of those that are asked for; none: all.
    """

    def __init__(self, engine: Engine, *, clock: Clock = utc_now) -> None:
        self._engine = engine
        self._tallies = Tallies(engine, clock=clock)

    def people(self, course: str) -> Headcount:
        """How many students and staff a course has."""
        query = (
            select(MembershipRow.role, func.count())
            .where(MembershipRow.course == course)
            .group_by(MembershipRow.role)
        )
        with reading(self._engine) as connection:
            by_role = dict(connection.execute(query).all())
        students = by_role.pop(Role.STUDENT, 0)
        return Headcount(students, sum(by_role.values()))

    def handed(self, course: str) -> dict[str, Intake]:
        """What was handed in, by the id of each assignment to which something was."""
        s = SubmissionRow
        # By the assignment: without one, a course is a label that anybody may write.
        query = select(s.assignment, func.count()).where(s.assignment.is_not(None))
        counted = query.where(s.assignment.in_(_assignments(course))).group_by(s.assignment)
        mine = query.where(s.course == course).group_by(s.assignment)
        waiting = mine.where(s.state.in_(_WAITING))
        # Written out: SQLite takes a partial index for no parameter.
        failing = s.verdict == literal_column("'internal_error'")
        failed = mine.where(failing, s.state.not_in(_WAITING))
        with reading(self._engine) as connection:
            left, ours = (dict(connection.execute(one).all()) for one in (waiting, failed))
            rows = connection.execute(counted).all()
        return {
            id_: Intake(count, left.get(id_, 0), ours.get(id_, 0)) for id_, count in rows if id_
        }

    def standings(self, course: str, of: Collection[str] = ()) -> dict[str, list[Alike]]:
        """How those stand who have handed in, by the id of the assignment."""
        self._tallies.catch_up(course)
        columns = (T.assignment, T.state, T.score, T.max_score, T.days_late)
        query = _of_students(course, of, *columns, func.count().label("students"))
        query = query.group_by(*columns)
        found: dict[str, list[Alike]] = defaultdict(list)
        with reading(self._engine) as connection:
            for row in connection.execute(query):
                found[row.assignment].append(
                    Alike(
                        row.students,
                        Progress(row.state),
                        row.score,
                        row.max_score,
                        row.days_late > 0,
                    )
                )
        return found

    def tries(self, course: str, of: Collection[str] = ()) -> dict[str, dict[int, int]]:
        """By assignment how many students passed at their first attempt, their second, …"""
        self._tallies.catch_up(course)
        query = _of_students(course, of, T.assignment, T.tries, func.count())
        query = query.where(T.tries.is_not(None)).group_by(T.assignment, T.tries)
        found: dict[str, dict[int, int]] = defaultdict(dict)
        with reading(self._engine) as connection:
            for assignment, tries, students in connection.execute(query):
                found[assignment][tries] = students
        return found

    def given(self, course: str) -> dict[str, dict[str, bool]]:
        """By assignment the submissions that staff have given points to, and whether some hold."""
        # Not by the index over assignments: overrides are few, and submissions very many.
        of_course = func.coalesce(SubmissionRow.assignment, "").in_(_assignments(course))
        holds = OverrideRow.ended_at.is_(None).label("holds")
        query = (
            select(SubmissionRow.assignment, OverrideRow.submission, holds)
            .select_from(OverrideRow)
            .join(SubmissionRow, SubmissionRow.id == OverrideRow.submission)
            .where(of_course)
        )
        found: dict[str, dict[str, bool]] = defaultdict(dict)
        with reading(self._engine) as connection:
            for row in connection.execute(query):
                several = found[row.assignment]
                several[row.submission] = bool(row.holds) or several.get(row.submission, False)
        return found

    def parts(
        self,
        course: str,
        known: Mapping[str, Mapping[str, float]],
        given: Collection[str],
        of: Collection[str] = (),
    ) -> dict[str, list[PartRight]]:
        """How the parts that earn points are got right, by assignment, in the order of reports.

        Whoever has all points of a program has those of each criterion, unless staff gave some:
        only the reports of the others are looked at.

        Args:
            course: its id.
            known: of assignments whose students are all asked the same, the points of each part.
            given: the submissions that staff have given points to, at any time.
            of: the assignments.
        """
        self._tallies.catch_up(course)
        whole = _whole(known, given)
        with reading(self._engine) as connection:
            counted = _of_students(course, of, T.assignment, func.count()).where(whole)
            sure = dict(connection.execute(counted.group_by(T.assignment)).all())
            rows = connection.execute(_rights(course, of).where(~whole)).all()
        by_assignment: dict[str, list[Any]] = defaultdict(list)
        for row in rows:
            by_assignment[row.assignment].append(row)
        return {
            id_: _parts(by_assignment[id_], known.get(id_, {}), sure.get(id_, 0))
            for id_ in by_assignment.keys() | sure
        }


def _assignments(course: str) -> Any:
    return select(AssignmentRow.id).where(AssignmentRow.course == course)


def _of_students(course: str, of: Collection[str], *columns: Any) -> Select[*tuple[Any, ...]]:
    """Of the tallies of a course's students."""
    return (
        select(*columns)
        .select_from(T)
        .join(MembershipRow, is_student(T.course, T.person))
        .where(T.course == course, *((T.assignment.in_(sorted(of)),) if of else ()))
    )


def _whole(known: Collection[str], given: Collection[str]) -> ColumnElement[bool]:
    """The condition on a tally that the grader gave all points; never null."""
    earned = func.coalesce(T.earned, 0.0)
    most = func.coalesce(T.max_score, 1.0)
    whole = (T.assignment.in_(sorted(known))) & (earned >= most - _ROUNDING)
    return whole & or_(T.best.is_(None), T.best.not_in(sorted(given)))


def _rights(course: str, of: Collection[str]) -> Select[*tuple[Any, ...]]:
    right = case((OutcomeRow.points >= OutcomeRow.max_points - _ROUNDING, 1), else_=0)
    columns = (
        T.assignment,
        OutcomeRow.part,
        func.count().label("students"),
        func.sum(right).label("right"),
        func.min(OutcomeRow.position).label("position"),
        func.max(OutcomeRow.max_points).label("max_points"),
    )
    return (
        _of_students(course, of, *columns)
        .join(OutcomeRow, OutcomeRow.submission == T.best)
        .where(OutcomeRow.max_points > 0)
        .group_by(T.assignment, OutcomeRow.part)
    )


def _parts(rows: Iterable[Any], known: Mapping[str, float], sure: int) -> list[PartRight]:
    """The parts of one assignment.

    Args:
        rows: of those whose reports were looked at.
        known: the points of each part.
        sure: how many more have all of them.
    """
    looked = {row.part: row for row in sorted(rows, key=lambda row: (row.position, row.part))}
    parts = [
        PartRight(
            part,
            row.max_points,
            row.students + (sure if part in known else 0),
            row.right + (sure if part in known else 0),
        )
        for part, row in looked.items()
    ]
    # Those that nobody got wrong, where only whole reports have them.
    return parts + [
        PartRight(part, points, sure, sure)
        for part, points in known.items()
        if sure and points and part not in looked
    ]
