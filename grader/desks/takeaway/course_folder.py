"""The archive of a course: its people, its rules, and all that was handed in."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from exercises.catalog.bundle import ChangedExercise, student_copy
from grader.access.principal import Principal
from grader.desks.courses import CourseDesk
from grader.desks.gradebooks import Choice, GradebookDesk
from grader.desks.takeaway import readmes
from grader.desks.takeaway.people import Person, people_csv, people_of
from grader.desks.takeaway.work import File, WorkReader
from grader.desks.takeaway.written import as_json
from grader.exports.gradebook import plain_csv
from grader.store.assignment.assignments import Assignment
from grader.store.course.courses import Course
from grader.store.takeaway.collection import WhichWork


@dataclass(frozen=True, slots=True)
class CourseFolder:
    """Makes the files of a course one after the other."""

    courses: CourseDesk
    gradebooks: GradebookDesk
    work: WorkReader

    def files(
        self, who: Principal, course: Course, which: WhichWork, *, figures: bool
    ) -> Iterator[File]:
        """The files of the archive; each is read when the one before it was taken."""
        now = self.courses.clock()
        yield "README.txt", readmes.of_course(course, which, figures=figures, now=now)
        people = people_of(self.courses, course.id, self.work.collections.people_of(course.id))
        assignments = self.courses.assignments.of(course.id)
        taken = {"taken_at": now, "taken_by": who.id, "which": which, "figures": figures}
        named = [{"id": one.id, "folder": folder_of(one)} for one in assignments]
        yield "course.json", as_json({**asdict(course), **taken, "assignments": named})
        yield "people.csv", people_csv(people)
        yield "grades.csv", plain_csv(self.gradebooks.book(who, course.id, Choice()))
        for one in assignments:
            yield from self._assignment(who, one, people, which, figures=figures)

    def _assignment(
        self,
        who: Principal,
        asked: Assignment,
        people: Sequence[Person],
        which: WhichWork,
        *,
        figures: bool,
    ) -> Iterator[File]:
        folder = folder_of(asked)
        yield f"{folder}/assignment.json", as_json(self._told(asked))
        folders = {person.id: person.folder for person in people}
        handed = self.work.collections.of_assignment(asked.course, asked.id, which)
        placed = [(id_, f"{folder}/students/{folders.get(one, one)}") for one, id_ in handed]
        versions = {(asked.exercise, asked.exercise_version)}
        yield from self.work.files(who, placed, figures=figures, versions=versions)
        for slug, version in sorted(versions):
            for name, content in self._copy(slug, version):
                yield f"{folder}/exercise/{version}/{name}", content

    def _told(self, asked: Assignment) -> dict[str, Any]:
        exercise = self.courses.pinned.get(asked.exercise, asked.exercise_version)
        title = asked.exercise if exercise is None else exercise.title
        given = self.courses.assignments.extensions(asked.id)
        return {**asdict(asked), "title": title, "extensions": given}

    def _copy(self, slug: str, version: str) -> Iterator[File]:
        """A student's copy of an exercise, where its files are still there."""
        exercise = self.courses.pinned.get(slug, version)
        if exercise is None:
            return
        try:
            packed = student_copy(exercise)
        except ChangedExercise:
            return
        with zipfile.ZipFile(io.BytesIO(packed)) as copied:
            for name in copied.namelist():
                yield name, copied.read(name)


def folder_of(asked: Assignment) -> str:
    """The folder of an assignment, in the order of the course."""
    return f"assignments/{asked.position + 1:02d}-{asked.exercise}"
