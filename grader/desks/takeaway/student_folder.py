"""The archive of a person: all that a course holds of a student, or that is held of oneself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from grader.access.principal import Principal
from grader.desks.courses import CourseDesk
from grader.desks.takeaway import readmes
from grader.desks.takeaway.course_folder import folder_of
from grader.desks.takeaway.work import File, Placed, WorkReader
from grader.desks.takeaway.written import as_json
from grader.store.course.courses import Course
from grader.store.identity.people import Person
from grader.store.takeaway.collection import WhichWork
from grader.store.takeaway.holdings import Held, Holdings


@dataclass(frozen=True, slots=True)
class StudentFolder:
    """Makes the files that are held of a person one after the other."""

    courses: CourseDesk
    holdings: Holdings
    work: WorkReader

    def in_course(self, who: Principal, course: Course, person: Person) -> Iterator[File]:
        """All that a course holds of a student, for who teaches it."""
        yield "README.txt", readmes.of_student(person.name, course, self.courses.clock())
        yield "person.json", as_json(asdict(person))
        yield from _rows(self.holdings.in_course(course.id, person.id))
        yield from self.work.files(who, [*self._placed(course.id, person.id, "")])
        for trial, file in self.holdings.trial_files(course.id, person.id):
            yield f"trials/{trial}/{file.name}", file.content

    def own(self, who: Principal, person: Person) -> Iterator[File]:
        """All that is held of a person in all courses, as he or she may see it now."""
        yield "README.txt", readmes.of_oneself(person.name, self.courses.clock())
        yield "person.json", as_json(asdict(person))
        yield from _rows(self.holdings.own(person.id))
        collections = self.work.collections
        for course in collections.courses_of(person.id):
            placed = self._placed(course, person.id, f"courses/{course}/")
            yield from self.work.files(who, [*placed])
        practised = [(id_, "practice") for id_ in collections.practice_of(person.id)]
        yield from self.work.files(who, practised)

    def _placed(self, course: str, person: str, folder: str) -> Iterator[Placed]:
        of = self.work.collections.of_assignment
        for asked in self.courses.assignments.of(course):
            for _, id_ in of(course, asked.id, WhichWork.ALL, person):
                yield id_, f"{folder}{folder_of(asked)}"


def _rows(held: Mapping[str, list[Held]]) -> Iterator[File]:
    for name, rows in held.items():
        listed: list[dict[str, Any]] = [dict(row) for row in rows]
        yield f"{name}.json", as_json(listed)
