"""The desk of what is taken away: lets an archive begin, and says how large one would be."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from sqlalchemy import Engine

from grader.access.principal import Principal
from grader.desks.courses import CourseDesk
from grader.desks.problems import FORBIDDEN, RequestError
from grader.desks.takeaway import readmes
from grader.desks.takeaway.course_folder import CourseFolder
from grader.desks.takeaway.people import people_of
from grader.desks.takeaway.results import Page, class_files
from grader.desks.takeaway.student_folder import StudentFolder
from grader.desks.takeaway.turns import Turns
from grader.desks.takeaway.work import File, WorkReader
from grader.exports.summed_folder import packed
from grader.store.assignment.assignments import Assignment
from grader.store.audit import Deed, note
from grader.store.course.courses import Course
from grader.store.course.roles import Role
from grader.store.database import writing
from grader.store.identity.people import Person
from grader.store.takeaway.collection import Bulk, WhichWork

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Takeaway:
    """An archive that is about to go out; it holds a turn until it is closed."""

    #: Of the file, without its ending.
    name: str
    turns: Turns
    person: str
    files: Iterable[File]
    _is_closed: bool = field(default=False, init=False)

    def chunks(self) -> Iterator[bytes]:
        """Its bytes, made while they are sent."""
        try:
            yield from packed(self.name, self.files)
        except Exception:
            # The headers have gone out: all that can be done is to end without an end.
            log.exception("the archive %s broke off", self.name)
            raise
        finally:
            self.close()

    def close(self) -> None:
        """Give the turn back, once."""
        if not self._is_closed:
            self._is_closed = True
            self.turns.give_back(self.person)


@dataclass(frozen=True, slots=True)
class TakeawayDesk:
    """What the web process holds to let archives out."""

    engine: Engine
    courses: CourseDesk
    course_folder: CourseFolder
    student_folder: StudentFolder
    work: WorkReader
    #: Of staff, and of people who take away what is their own: neither waits for the other.
    staff_turns: Turns
    own_turns: Turns

    def course(self, who: Principal, course: str, which: WhichWork, *, figures: bool) -> Takeaway:
        """All that a course holds.

        Raises:
            RequestError: not-found, too-many-archives.
        """
        found = self.courses.course(who, course)
        files = self.course_folder.files(who, found, which, figures=figures)
        return self._begun(who, found.id, files)

    def results(self, who: Principal, assignment: str, page: Page) -> Takeaway:
        """The results of a class for Gradescope.

        Args:
            who: takes them.
            assignment: its id.
            page: the address of a submission's page, by its id.

        Raises:
            RequestError: not-found, too-many-archives.
        """
        asked = self.courses.entity(who, assignment)
        course = self.courses.course(who, asked.course)
        files = self._results(who, course, asked, page)
        return self._begun(who, f"{course.id}-{asked.exercise}-results", files)

    def student(self, who: Principal, course: str, person: Person) -> Takeaway:
        """All that a course holds of a student, who may have left it.

        Raises:
            RequestError: not-found, too-many-archives.
        """
        found = self.courses.course(who, course)
        files = self.student_folder.in_course(who, found, person)
        return self._begun(who, f"{found.id}-{person.id}", files)

    def own(self, who: Principal) -> Takeaway:
        """All that is held of the principal, in all courses.

        Raises:
            RequestError: not-allowed: somebody sees the service as this person; too-many-archives.
        """
        if who.person is None or who.bound_to is not None:
            raise RequestError(FORBIDDEN, "Only the person takes away what is held of him or her.")
        self.own_turns.take(who.person.id)
        files = self.student_folder.own(who, who.person)
        return Takeaway(f"pushforward-{who.person.id}", self.own_turns, who.person.id, files)

    def bulk(self, who: Principal, course: str) -> Mapping[WhichWork, Bulk]:
        """About how much the archive of a course would hold, by which submissions.

        Raises:
            RequestError: not-found.
        """
        return self.work.collections.bulk(self.courses.course(who, course).id)

    def note(self, who: Principal, course: str, what: str, about: str | None = None) -> None:
        """Write down that somebody has begun to take something out of a course."""
        with writing(self.engine) as connection:
            now, said = self.courses.clock(), {"what": what}
            note(
                connection,
                who.actor,
                Deed.EXPORTED,
                now=now,
                course=course,
                about=about,
                after=said,
            )

    def _begun(self, who: Principal, name: str, files: Iterable[File]) -> Takeaway:
        person = who.id or ""
        self.staff_turns.take(person)
        return Takeaway(name, self.staff_turns, person, files)

    def _results(
        self, who: Principal, course: Course, asked: Assignment, page: Page
    ) -> Iterator[File]:
        now = self.courses.clock()
        exercise = self.courses.pinned.get(asked.exercise, asked.exercise_version)
        title = asked.exercise if exercise is None else exercise.title
        yield "README.txt", readmes.of_results(title, course, now)
        people = people_of(self.courses, course.id, set())
        students = [one for one in people if one.role is Role.STUDENT]
        collections = self.work.collections
        counted = dict(collections.of_assignment(course.id, asked.id, WhichWork.COUNTING))
        about = {"course": course.id, "assignment": asked.id, "exercise": asked.exercise}
        about |= {"exercise_version": asked.exercise_version, "title": title}
        taken = {**about, "taken_at": now}
        yield from class_files(self.work, who, taken, students, counted, page)
