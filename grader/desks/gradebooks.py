"""The desk of gradebooks: the grades of a class for other platforms, and who has taken them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine

from grader.access.principal import Principal
from grader.desks.courses import CourseDesk
from grader.desks.problems import INVALID, Complaint, RequestError
from grader.exports.gradebook import Gradebook, GradeColumn, GradeRow, as_percent
from grader.exports.gradebook_fill import Filled, Unreadable, fill
from grader.store.assignment.assignments import Assignment, Extension
from grader.store.assignment.deadlines import zone_of
from grader.store.assignment.disclosure import Extent
from grader.store.assignment.standing import policy_of
from grader.store.assignment.terms import terms
from grader.store.audit import Deed, note
from grader.store.course.courses import Course
from grader.store.database import writing
from grader.store.gradebook.cells import Cell, Student, Wanted
from grader.store.gradebook.overview import Overviews

#: How many students are read at once.
_PAGE = 500


@dataclass(frozen=True, slots=True)
class Choice:
    """Which grades are taken."""

    #: Whether late penalties are taken off.
    after_penalty: bool = True
    #: Whether only what its student is shown too.
    released_only: bool = False
    percent: bool = False


@dataclass(frozen=True, slots=True)
class _Asked:
    """An assignment that earns points, with what its students were given."""

    assignment: Assignment
    column: GradeColumn
    extensions: Mapping[str, Extension]


@dataclass(frozen=True, slots=True)
class GradebookDesk:
    """What the web process holds to give grades out."""

    engine: Engine
    courses: CourseDesk
    overviews: Overviews

    def book(self, who: Principal, course: str, choice: Choice) -> Gradebook:
        """The grades of a class; assignments that earn no points are left out.

        Raises:
            RequestError: not-found.
        """
        found, now = self.courses.course(who, course), self.courses.clock()
        asked = [*self._asked(course)]
        rows = tuple(self._rows(found, asked, choice, now))
        book = Gradebook(tuple(one.column for one in asked), rows)
        return as_percent(book) if choice.percent else book

    def filled(
        self, who: Principal, course: str, choice: Choice, text: str, assignment: str | None
    ) -> Filled:
        """A platform's own table with the grades of a class in it.

        Raises:
            RequestError: not-found, or invalid: it is no such table.
        """
        try:
            return fill(text, self.book(who, course, choice), assignment)
        except Unreadable as error:
            said = str(error)
            sentence = f"{said[:1].upper()}{said[1:]}."
            raise RequestError(INVALID, sentence, [Complaint(sentence, pointer="#/csv")]) from error

    def keep_ids(self, who: Principal, course: str, found: Filled) -> int:
        """Keep the ids that a table has of students who were found in it beyond doubt.

        Returns how many students have an id more.

        Raises:
            RequestError: not-found.
        """
        self.courses.course(who, course)
        ids = {one.person: one.ids for one in found.learnt}
        return self.courses.roster.add_ids(course, ids, who.actor)

    def note(self, who: Principal, course: str, what: str) -> None:
        """Write down that somebody has taken grades out of a course."""
        with writing(self.engine) as connection:
            after, now = {"what": what}, self.courses.clock()
            note(connection, who.actor, Deed.EXPORTED, now=now, course=course, after=after)

    def _asked(self, course: str) -> Iterator[_Asked]:
        held = self.courses
        for one in held.assignments.of(course):
            exercise = held.pinned.get(one.exercise, one.exercise_version)
            if exercise is not None and exercise.max_score:
                column = GradeColumn(one.id, one.exercise, exercise.title, exercise.max_score)
                yield _Asked(one, column, held.assignments.extensions(one.id))

    def _rows(
        self, course: Course, asked: list[_Asked], choice: Choice, now: datetime
    ) -> Iterator[GradeRow]:
        for page in self._pages(course.id):
            ids = self.courses.roster.ids_of(course.id, [student.id for student in page])
            for student in page:
                grades = (
                    _grade(course, one, student.id, student.cells.get(one.column.id), choice, now)
                    for one in asked
                )
                yield GradeRow(
                    student.name, student.username, ids[student.id], tuple(grades), student.id
                )

    def _pages(self, course: str) -> Iterator[list[Student]]:
        after = None
        while True:
            page = self.overviews.page(course, Wanted(), limit=_PAGE, after=after)
            yield page
            if len(page) < _PAGE:
                return
            after = page[-1].id


def _grade(
    course: Course, asked: _Asked, student: str, cell: Cell | None, choice: Choice, now: datetime
) -> float | None:
    """What counts for a student; None: there is nothing, or the student is not shown it yet."""
    if cell is None:
        return None
    own = terms(asked.assignment.rules, asked.extensions.get(student), zone_of(course.time_zone))
    if choice.released_only:
        shown = policy_of(asked.assignment, own).disclosed(now)
        if shown.extent is not Extent.WHOLE:
            return None
    return cell.score if choice.after_penalty else cell.earned
