"""The desk of a class: how its students do, and where they fail, for who teaches it.

Who may ask is decided before, by the rules of access. What is looked for here is looked for within
one course all the same.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from exercises.exercise import AnyExercise
from grader.access.principal import Principal
from grader.desks.courses import Assigned, CourseDesk
from grader.desks.problems import BAD_CURSOR, NOT_FOUND, Complaint, RequestError
from grader.store.assignment.assignments import Assignment, Extension
from grader.store.course.courses import Course
from grader.store.course.memberships import Member
from grader.store.gradebook.cells import Cell, Student, Total, Wanted
from grader.store.gradebook.clusters import Caught, Cluster, Effort, PartCounts
from grader.store.gradebook.failures import Failures
from grader.store.gradebook.overview import Overviews
from grader.store.submission.snags import Snag
from grader.store.submission.submissions import Submissions, Summary
from grader.store.submission.walls import View

_ID = re.compile(r"[0-9A-Za-z_-]{1,64}", re.ASCII)
_NO_EFFORT = Effort(None, None)


@dataclass(frozen=True, slots=True)
class Column:
    """An assignment as the head of a column."""

    assignment: Assignment
    #: At the assignment's version; None: its files are not there any more.
    exercise: AnyExercise | None

    @property
    def id(self) -> str:
        """The assignment's id."""
        return self.assignment.id

    @property
    def title(self) -> str:
        """What it is called."""
        return self.assignment.exercise if self.exercise is None else self.exercise.title

    @property
    def max_score(self) -> float:
        """The most that can be earned."""
        return 0.0 if self.exercise is None else self.exercise.max_score


@dataclass(frozen=True, slots=True)
class Overview:
    """One page of a course's overview."""

    course: Course
    columns: tuple[Column, ...]
    students: tuple[Student, ...]
    #: How many students are asked for, on all pages.
    count: int
    totals: Mapping[str, Total]
    sections: tuple[str, ...]
    #: The cursor of the next page; None: this is the last one.
    cursor: str | None


@dataclass(frozen=True, slots=True)
class Record:
    """All that one student has done in a course."""

    course: Course
    member: Member
    assigned: tuple[Assigned, ...]
    cells: Mapping[str, Cell]
    #: By the id of the assignment.
    extensions: Mapping[str, Extension]
    #: The newest submissions first, and the cursor of the older ones.
    submissions: tuple[Summary, ...]
    cursor: str | None


@dataclass(frozen=True, slots=True)
class Difficulty:
    """How hard an assignment is for a class, and what its students fail by."""

    column: Column
    total: Total
    effort: Effort
    clusters: tuple[Cluster, ...]


@dataclass(frozen=True, slots=True)
class ClassDesk:
    """What the web process holds to show a class to who teaches it."""

    courses: CourseDesk
    submissions: Submissions
    overviews: Overviews
    failures: Failures

    def overview(
        self, who: Principal, course: str, wanted: Wanted, *, limit: int, after: str | None = None
    ) -> Overview:
        """A page of the students of a course, with how each has done.

        Raises:
            RequestError: not-found, bad-cursor.
        """
        found = self.courses.course(who, course)
        columns = self._columns(course)
        _require_cursor(after, "after")
        students = self.overviews.page(course, wanted, limit=limit + 1, after=after)
        page = students[:limit]
        return Overview(
            course=found,
            columns=columns,
            students=tuple(page),
            count=self.overviews.count(course, wanted),
            totals=self.overviews.totals(course),
            sections=tuple(self.overviews.sections(course)),
            cursor=page[-1].id if len(students) > limit else None,
        )

    def record(
        self, who: Principal, course: str, person: str, *, limit: int, before: str | None = None
    ) -> Record:
        """What one member of a course has done in it.

        Raises:
            RequestError: not-found, bad-cursor.
        """
        found = self.courses.course(who, course)
        member = self._member(course, person)
        _require_cursor(before, "before")
        view = View(staffed=frozenset({course}))
        listed = self.submissions.latest(
            view=view, student=person, course=course, limit=limit + 1, before=before
        )
        page = listed[:limit]
        return Record(
            course=found,
            member=member,
            assigned=tuple(self._assigned(course, person)),
            cells=self.overviews.cells(course, person),
            extensions=self.overviews.extensions(course, person),
            submissions=tuple(page),
            cursor=page[-1].id if len(listed) > limit else None,
        )

    def totals(self, who: Principal, course: str) -> Mapping[str, Total]:
        """How the class has done, by the id of each of the course's assignments.

        Raises:
            RequestError: not-found.
        """
        self.courses.course(who, course)
        return self.overviews.totals(course)

    def difficulties(self, who: Principal, course: str) -> tuple[Course, list[Difficulty]]:
        """How hard each assignment of a course is, with the sizes of its clusters.

        Raises:
            RequestError: not-found.
        """
        found = self.courses.course(who, course)
        totals, sizes = self.overviews.totals(course), self.failures.sizes(course)
        efforts = self.failures.efforts(course)
        return found, [
            Difficulty(
                column,
                totals[column.id],
                efforts.get(column.id, _NO_EFFORT),
                tuple(sizes.get(column.id, ())),
            )
            for column in self._columns(course)
            if column.id in totals
        ]

    def difficulty(self, who: Principal, id_: str) -> tuple[Difficulty, list[PartCounts]]:
        """How hard one assignment is, with what its students fail by, and how each part is got.

        Raises:
            RequestError: not-found.
        """
        found = self.courses.entity(who, id_)
        course = found.course
        difficulty = Difficulty(
            self._column(found),
            self.overviews.totals(course, id_)[id_],
            self.failures.efforts(course, id_).get(id_, _NO_EFFORT),
            tuple(self.failures.clusters(course, id_)),
        )
        return difficulty, self.failures.parts(course, id_)

    def cluster(
        self, who: Principal, id_: str, snag: Snag, *, limit: int, after: str | None = None
    ) -> tuple[list[Caught], str | None]:
        """A page of the students of an assignment who fail by a snag, and the next one's cursor.

        Raises:
            RequestError: not-found, bad-cursor.
        """
        found = self.courses.entity(who, id_)
        _require_cursor(after, "after")
        members = self.failures.members(found.course, id_, snag, limit=limit + 1, after=after)
        page = members[:limit]
        return page, page[-1].person if len(members) > limit else None

    def caught(self, who: Principal, id_: str, snag: Snag) -> list[str]:
        """The submissions that put students into a cluster, all of them.

        Raises:
            RequestError: not-found.
        """
        course = self.courses.entity(who, id_).course
        count = self.failures.size(course, id_, snag)
        members = self.failures.members(course, id_, snag, limit=count)
        return [one.submission for one in members]

    def _member(self, course: str, person: str) -> Member:
        held = self.courses.memberships
        member = held.get(course, person) if _ID.fullmatch(person) else None
        if member is None:
            raise RequestError(NOT_FOUND, "There is nobody of this id in the course.")
        return member

    def _assigned(self, course: str, person: str) -> list[Assigned]:
        standings = self.courses.standings.of(person, [course], in_full=True)
        columns = {one.id: self._column(one) for one, _ in standings}
        return [
            Assigned(one, exercise, standing)
            for one, standing in standings
            if (exercise := columns[one.id].exercise) is not None
        ]

    def _columns(self, course: str) -> tuple[Column, ...]:
        return tuple(self._column(one) for one in self.courses.assignments.of(course))

    def _column(self, assignment: Assignment) -> Column:
        pinned = self.courses.pinned.get(assignment.exercise, assignment.exercise_version)
        return Column(assignment, pinned)


def _require_cursor(cursor: str | None, parameter: str) -> None:
    if cursor is not None and not _ID.fullmatch(cursor):
        complaint = Complaint("This must come from a “next” link.", parameter=parameter)
        raise RequestError(BAD_CURSOR, "The cursor is not one of ours.", [complaint])
