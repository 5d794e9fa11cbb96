"""A class whose work was graded by one version of an exercise, and what staff do with it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, func, select

from exercises.outcome import Verdict
from exercises.report import Finding, Report, Status
from grader.store.assignment.assignments import Assignment, Assignments, Rules
from grader.store.audit import Actor
from grader.store.course.courses import Courses
from grader.store.course.memberships import Memberships
from grader.store.course.roles import Role
from grader.store.database import reading
from grader.store.grading.attempts import Attempts
from grader.store.grading.grades import Grades
from grader.store.identity.people import People
from grader.store.models import TrialFileRow, TrialRow
from grader.store.regrade.applying import Applying
from grader.store.regrade.lists import TrialLists
from grader.store.regrade.regrades import Regrades
from grader.store.regrade.regrading import Fate, Regrade, Trial, Which
from grader.store.submission.submissions import StoredFile, Submission, Submissions
from worker.failure import our_failure

NOW = datetime(2026, 12, 1, 12, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
LEASE = timedelta(minutes=5)
OLD, NEW = "v1", "v2"
#: So many submissions are applied in one step here.
BATCH = 3
#: What rests on no database in particular.
on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def report(score: float, version: str = OLD, law: Status = Status.PARTIAL) -> Report:
    verdict = Verdict.PASSED if score == 10 else Verdict.PARTIAL if score else Verdict.FAILED
    finding = Finding(check="law", status=law, points=score, max_points=10, message="The law.")
    return our_failure("affine", version, 5).model_copy(
        update={
            "verdict": verdict,
            "score": score,
            "max_score": 10.0,
            "findings": [finding],
        }
    )


def figure(content: bytes) -> StoredFile:
    return StoredFile("density.png", "image/png", content)


class Class:
    """A course with students, whose work was graded by one version of an exercise."""

    def __init__(self, engine: Engine) -> None:
        self.now = NOW
        self.engine = engine
        clock = self.clock
        Courses(engine, clock=clock).create("flows", "Flows", "Europe/Amsterdam")
        self.people = People(engine, clock=clock)
        self.assignments = Assignments(engine, clock=clock)
        self.submissions = Submissions(engine, clock=clock)
        self.attempts = Attempts(engine)
        self.grades = Grades(engine)
        self.regrades = Regrades(engine, clock=clock)
        self.lists = TrialLists(engine)
        self.applying = Applying(engine)
        self.teacher = self.person("tess", Role.ASSISTANT)
        self.students = [self.person(name, Role.STUDENT) for name in ("ann", "bob", "cas")]
        self.assignment = self.assign()

    def clock(self) -> datetime:
        return self.now

    @property
    def actor(self) -> Actor:
        return Actor(self.teacher)

    def person(self, username: str, role: Role) -> str:
        made = self.people.create(username.title(), username)
        Memberships(self.engine, clock=self.clock).put("flows", made.id, role)
        return made.id

    def assign(self, **rules: object) -> Assignment:
        return self.assignments.assign("flows", "affine", OLD, Rules(**rules))

    def send(self, person: str, assignment: Assignment | None = None) -> str:
        """Hand something in; each submission has a moment of its own."""
        self.now += SECOND
        asked = (assignment or self.assignment).id
        version = self.assignments.get(asked).exercise_version
        return self.submissions.hand_in(
            asked, person, exercise="affine", exercise_version=version, source="f", seed=7
        ).id

    def graded(self, person: str, score: float, assignment: Assignment | None = None) -> str:
        sent = self.send(person, assignment)
        (job,) = self.attempts.hand_out(1, now=self.now, lease=LEASE)
        assert job.submission == sent
        assert self.grades.record(sent, 1, report(score), [figure(b"old")], now=self.now)
        return sent

    def begin(self, which: Which = Which.ALL, *named: str) -> Regrade:
        return self.regrades.begin(self.actor, self.assignment.id, NEW, which, named)

    def tried(self, regrade: Regrade, scores: dict[str, float]) -> Regrade:
        """Let the trials of a regrade be graded, each submission with its score."""
        while jobs := self.attempts.trials.hand_out(100, now=self.now, lease=LEASE):
            for job in jobs:
                score = scores[self.submission_of(job.submission)]
                files = [figure(b"new")]
                self.grades.record(job.submission, job.attempt, report(score, NEW), files, now=NOW)
        self.applying.settle(self.now)
        return self.look(regrade)

    def apply(self, regrade: Regrade, **how: bool) -> Regrade:
        how = {"never_lower": True, "moves_version": False} | how
        self.regrades.apply(self.actor, regrade.id, **how)
        while self.applying.step(regrade.id, self.now):
            continue
        return self.look(regrade)

    def look(self, regrade: Regrade) -> Regrade:
        found = self.regrades.get(regrade.id)
        assert found is not None
        return found

    def trials(self, regrade: Regrade, **more: object) -> list[Trial]:
        return self.lists.page(regrade.id, limit=100, **more)

    def fates(self, regrade: Regrade) -> dict[str, Fate | None]:
        return {one.submission.id: one.fate for one in self.trials(regrade)}

    def get(self, id_: str) -> Submission:
        found = self.submissions.get(id_)
        assert found is not None
        return found

    def submission_of(self, name: str) -> str:
        with reading(self.engine) as connection:
            query = select(TrialRow.submission).where(TrialRow.id == name.partition("-")[2])
            return connection.scalar(query)

    def files_of_trials(self) -> int:
        with reading(self.engine) as connection:
            return connection.scalar(select(func.count()).select_from(TrialFileRow))
