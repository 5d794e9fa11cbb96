"""A class whose programs are graded in this process: for tests of what compares them.

What these programs are asked and what is kept of them is the product's own; only the sandbox and
the judge are left out, as the programs are ours.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np

from exercises.exercise import CodeExercise
from exercises.likeness.code_shape import shape_of
from exercises.likeness.fingerprint import FILE, fingerprint_of
from exercises.live import has_picture
from exercises.numerics.hidden_points import hidden_points
from exercises.outcome import Outcome, Verdict
from exercises.report import Finding, Report, Status
from grader.desks.desk import Desk
from grader.store.assignment.assignments import Assignment
from grader.store.course.memberships import Memberships
from grader.store.course.roles import Role
from grader.store.grading.attempts import Attempts
from grader.store.grading.grades import Grades
from grader.store.identity.people import People
from grader.store.submission.submissions import StoredFile

LEASE = timedelta(minutes=5)


@dataclass(frozen=True)
class Handed:
    """A program that a student hands in, and what its report says."""

    student: str
    source: str
    passed: bool = False
    mistake: str = ""
    #: Which of the exercise's own programs a worker finds that it is.
    origin: str = ""


@dataclass
class Classroom:
    """The students of one assignment, who come in as they hand in."""

    desk: Desk
    assignment: Assignment
    #: By name the ids of the people, and of their submissions in order.
    people: dict[str, str] = field(default_factory=dict)
    work: dict[str, list[str]] = field(default_factory=dict)

    def hand_in(self, handed: Sequence[Handed]) -> None:
        """Hand in programs, and record their grades with the fingerprints."""
        sent = [(one, self._send(one)) for one in handed]
        now = datetime.now(UTC)
        numbers = {
            job.submission: job.attempt
            for job in Attempts(self.desk.engine).hand_out(10_000, now=now, lease=LEASE)
        }
        for one, id_ in sent:
            self.record(id_, numbers[id_], one)

    def record(self, id_: str, number: int, one: Handed) -> None:
        """Record a grade as the recorder does."""
        files = [StoredFile(FILE, "application/octet-stream", self.fingerprint(one))]
        grades = Grades(self.desk.engine)
        assert grades.record(id_, number, self.report(one), files, now=datetime.now(UTC))

    def fingerprint(self, one: Handed) -> bytes:
        """What a worker keeps of a program."""
        exercise = self.exercise
        values = None
        if has_picture(exercise):
            values = answers(one.source, hidden_points(exercise.slug, singly=False))
        shape = shape_of(one.source)
        return fingerprint_of(exercise, values, None, shape, one.origin).to_bytes()

    def report(self, one: Handed) -> Report:
        """What a judge would say of it, in short."""
        evidence: dict[str, Any] = {"mistake": one.mistake} if one.mistake else {}
        status = Status.PASSED if one.passed else Status.FAILED
        return Report(
            exercise=self.exercise.slug,
            exercise_version=self.exercise.version,
            verdict=Verdict.PASSED if one.passed else Verdict.FAILED,
            outcome=Outcome.COMPLETED,
            score=10.0 if one.passed else 0.0,
            max_score=10.0,
            findings=[Finding(check="law", status=status, message="The law.", evidence=evidence)],
            seed=1,
            samples=0,
            layers=[],
        )

    @property
    def exercise(self) -> CodeExercise:
        """What is asked."""
        exercise = self.desk.catalog.exercises[self.assignment.exercise]
        assert isinstance(exercise, CodeExercise)
        return exercise

    def _send(self, one: Handed) -> str:
        if one.student not in self.people:
            person = People(self.desk.engine).create(one.student, None)
            self.people[one.student] = person.id
            Memberships(self.desk.engine).put(self.assignment.course, person.id, Role.STUDENT)
        made = self.desk.submissions.hand_in(
            self.assignment.id,
            self.people[one.student],
            exercise=self.assignment.exercise,
            exercise_version=self.assignment.exercise_version,
            source=one.source,
            seed=1,
        )
        self.work.setdefault(one.student, []).append(made.id)
        return made.id


def answers(source: str, points: np.ndarray) -> np.ndarray:
    """The answers of a program of ours, called for each point."""
    scope: dict[str, Any] = {}
    exec(compile(source, "program.py", "exec"), scope)
    with np.errstate(all="ignore"):
        return np.array([np.asarray(scope["f"](point), np.float64) for point in points])
