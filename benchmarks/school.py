"""A course of many students, written into a SQLite file as the service would have left it.

The reports are of the shape of real ones, drawn at random; nothing is graded. What others need to
be measured at the same size may be added to the same file after `build`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import numpy as np
from sqlalchemy import Engine, insert, select

from exercises.catalog.bundle import archive
from exercises.catalog.reading import Catalog
from exercises.exercise import CodeExercise
from exercises.likeness.code_shape import Shape
from exercises.likeness.fingerprint import fingerprint_of
from exercises.live import shows_target
from exercises.misconceptions import Misconception
from exercises.numerics.hidden_points import hidden_points
from exercises.outcome import Outcome, Verdict
from exercises.report import Finding, Report, Status
from grader.store.assignment.assignments import Assignment, Assignments, Rules
from grader.store.assignment.versions import Versions
from grader.store.course.courses import Courses
from grader.store.course.memberships import Memberships
from grader.store.course.roles import Role
from grader.store.database import writing
from grader.store.identifiers import new_id
from grader.store.identity.people import People, Person
from grader.store.models import (
    AttemptRow,
    FingerprintRow,
    MembershipRow,
    PersonRow,
    SubmissionRow,
    TallyRow,
)
from grader.store.submission.state import Ended, State

COURSE = "school"
_BEGINS = datetime(2026, 9, 7, 8, tzinfo=UTC)
_SOURCE = b"import numpy as np\n\n\ndef f(z):\n    return 2 * z + 1\n"
_FIRST = (
    "Ada Bo Cleo Dana Emil Fay Gus Hana Ida Jon Kim Leo Mia Noa Omar Pia Quin Rosa Sam Tara".split()
)
_LAST = "Abel Brandt Cho Dietrich Eriksen Falk Gupta Haas Ito Jansen Kaya Lopez Meyer Novak".split()


@dataclass(frozen=True, slots=True)
class School:
    """What was built."""

    course: str
    instructor: Person
    assignments: tuple[Assignment, ...]
    students: tuple[str, ...]
    submissions: int


def build(
    engine: Engine, catalog: Catalog, *, students: int = 2_000, exercises: int = 15
) -> School:
    """Build the course in a database that has its tables."""
    Courses(engine).create(COURSE, "Flows and distributions", "Europe/Amsterdam")
    teacher = People(engine).create("Tess Teacher", "tess")
    Memberships(engine).put(COURSE, teacher.id, Role.INSTRUCTOR)
    assignments = tuple(_assign(engine, catalog, exercises))
    rng = np.random.default_rng(7)
    people = tuple(_enrol(engine, students, rng))
    count = sum(_hand_in(engine, catalog, assignment, people, rng) for assignment in assignments)
    return School(COURSE, teacher, assignments, people, count)


def sketch(engine: Engine, catalog: Catalog, school: School) -> int:
    """Keep fingerprints of the newest judged submissions that fail, once tallies are counted.

    Their f are affine, and wrong in one of twelve ways in each assignment.

    Returns:
        How many there are now.
    """
    rng, count = np.random.default_rng(11), 0
    for assignment in school.assignments:
        exercise = catalog[assignment.exercise]
        if not isinstance(exercise, CodeExercise) or not shows_target(exercise):
            continue
        kinds = [_wrong(exercise, rng) for _ in range(12)]
        with writing(engine) as connection:
            rows = connection.execute(
                select(TallyRow.judged, TallyRow.person, TallyRow.snag).where(
                    TallyRow.assignment == assignment.id, TallyRow.snag_part == "law"
                )
            ).all()
            which = np.minimum(rng.geometric(0.3, len(rows)), len(kinds)) - 1
            held = [
                kinds[kind]
                | {
                    "submission": row.judged,
                    "person": row.person,
                    "assignment": assignment.id,
                    "misconception": row.snag or "",
                }
                for kind, row in zip(which, rows, strict=True)
            ]
            if held:
                connection.execute(insert(FingerprintRow), held)
        count += len(held)
    return count


def _wrong(exercise: CodeExercise, rng: np.random.Generator) -> dict[str, Any]:
    """What is kept of an affine f, but for whose it is."""
    values = hidden_points(exercise.slug, singly=False) @ rng.normal(size=(2, 2)) + rng.normal(
        size=2
    )
    made = fingerprint_of(exercise, values, None, Shape(), "")
    assert made.law is not None
    return {
        "attempt": 1,
        "exercise": exercise.slug,
        "law_passed": False,
        "origin": "",
        "law": made.law.vector.tobytes(),
        "law_noise": made.law.noise,
        "thumbnail": made.thumbnail,
        "behaviour": None if made.behaviour is None else made.behaviour.tobytes(),
        "grams": b"",
        "constants": b"",
    }


def _assign(engine: Engine, catalog: Catalog, count: int) -> list[Assignment]:
    graded = [
        one for one in catalog.exercises.values() if isinstance(one, CodeExercise) and one.graded
    ]
    versions, assignments = Versions(engine), Assignments(engine)
    made = []
    for week in range(count):
        exercise = graded[week % len(graded)]
        versions.keep(exercise.slug, exercise.version, partial(archive, exercise))
        due = _BEGINS + timedelta(days=7 * (week + 1))
        rules = Rules(
            due_at=due,
            closes_at=due + timedelta(days=5),
            late_penalty=0.1,
            attempts=20 if week % 2 else None,
        )
        made.append(assignments.assign(COURSE, exercise.slug, exercise.version, rules))
    return made


def _enrol(engine: Engine, count: int, rng: np.random.Generator) -> list[str]:
    ids = [new_id() for _ in range(count)]
    people = [
        {
            "id": id_,
            "name": f"{rng.choice(_FIRST)} {rng.choice(_LAST)} {number}",
            "username": f"s{number:05}",
            "password": None,
            "created_at": _BEGINS,
            "disabled_at": None,
            "is_operator": False,
        }
        for number, id_ in enumerate(ids)
    ]
    roles = [
        {"course": COURSE, "person": id_, "role": Role.STUDENT, "created_at": _BEGINS}
        for id_ in ids
    ]
    with writing(engine) as connection:
        connection.execute(insert(PersonRow), people)
        connection.execute(insert(MembershipRow), roles)
    return ids


def _hand_in(
    engine: Engine,
    catalog: Catalog,
    assignment: Assignment,
    people: tuple[str, ...],
    rng: np.random.Generator,
) -> int:
    """What all of them hand in to one assignment: about five each, better and better."""
    exercise = catalog[assignment.exercise]
    assert isinstance(exercise, CodeExercise)
    due = assignment.rules.due_at
    assert due is not None
    submissions: list[dict[str, Any]] = []
    attempts: list[dict[str, Any]] = []
    for person in people:
        if rng.random() < 0.06:
            continue
        skill = 0.7 * rng.beta(2, 3)
        at = due - timedelta(hours=float(rng.gamma(2, 20)))
        for _ in range(1 + rng.poisson(5)):
            at += timedelta(minutes=float(rng.gamma(1, 40)))
            report = _report(exercise, min(0.97, skill), rng)
            id_ = new_id(int(at.timestamp() * 1000))
            submissions.append(_submission(id_, assignment, person, at, report))
            attempts.append(_attempt(id_, at, report))
            skill += 0.06
            if report.verdict is Verdict.PASSED and rng.random() < 0.8:
                break
    with writing(engine) as connection:
        connection.execute(insert(SubmissionRow), submissions)
        connection.execute(insert(AttemptRow), attempts)
    return len(submissions)


def _submission(
    id_: str, assignment: Assignment, person: str, at: datetime, report: Report
) -> dict[str, Any]:
    return {
        "id": id_,
        "exercise": assignment.exercise,
        "exercise_version": assignment.exercise_version,
        "course": COURSE,
        "student": person,
        "person": person,
        "assignment": assignment.id,
        "source": _SOURCE,
        "seed": 1,
        "state": State.GRADED,
        "attempt": 1,
        "accepted_at": at,
        "due_at": at,
        "started_at": at,
        "graded_at": at + timedelta(seconds=1),
        "regrade_at": None,
        "verdict": report.verdict,
        "score": report.score,
        "max_score": report.max_score,
    }


def _attempt(id_: str, at: datetime, report: Report) -> dict[str, Any]:
    return {
        "submission": id_,
        "number": 1,
        "handed_out_at": at,
        "lease_expires_at": at + timedelta(minutes=5),
        "started_at": at,
        "worker": "school",
        "finished_at": at + timedelta(seconds=1),
        "ended": Ended.GRADED,
        "problem": None,
        "report": report.model_dump_json(),
    }


def _report(exercise: CodeExercise, skill: float, rng: np.random.Generator) -> Report:
    """A report of somebody who gets each criterion right with this probability."""
    draw = rng.random()
    if draw > 0.97:
        return _ended(exercise, Outcome.INTERNAL_ERROR, Verdict.INTERNAL_ERROR)
    if draw > 0.9:
        return _ended(exercise, Outcome.SYNTAX_ERROR, Verdict.NOT_GRADABLE)
    if draw > 0.84:
        return _ended(exercise, Outcome.RUNTIME_ERROR, Verdict.FAILED)
    findings = [_form(name) for name in ("function", "shape", "finite", "purity")]
    findings += [
        _finding(one.check, one.points, rng.random() < skill, rng) for one in exercise.criteria
    ]
    score = sum(finding.points for finding in findings)
    verdict = Verdict.PARTIAL if score else Verdict.FAILED
    if score >= exercise.max_score - 1e-9:
        verdict = Verdict.PASSED
    return _whole(exercise, Outcome.COMPLETED, verdict, findings, score)


def _form(check: str) -> Finding:
    return Finding(check=check, status=Status.PASSED, message="It is as it should be.")


def _finding(check: str, points: float, right: bool, rng: np.random.Generator) -> Finding:
    if right or not points:
        return Finding(
            check=check, status=Status.PASSED, points=points, max_points=points, message="Right."
        )
    names = [one.value for one in Misconception if check in one.checks][:6]
    # The first of them is the most common one, and some have no name.
    which = min(int(rng.geometric(0.45)) - 1, len(names))
    earned = round(points * float(rng.choice([0, 0, 0.25, 0.5])), 2)
    numbers = rng.normal(size=40).tolist()
    return Finding(
        check=check,
        status=Status.PARTIAL if earned else Status.FAILED,
        points=earned,
        max_points=points,
        message="x does not follow the target, by what is shown below.",
        hint="Look at the middle of x first.",
        evidence={"verdict": "wrong", "at": numbers}
        | ({"mistake": names[which]} if which < len(names) else {}),
    )


def _ended(exercise: CodeExercise, outcome: Outcome, verdict: Verdict) -> Report:
    told = {Outcome.RUNTIME_ERROR: {"exception": "IndexError: index 2 is out of bounds"}}
    evidence: dict[str, Any] = told.get(outcome, {"outcome": outcome.value})
    findings = [
        Finding(
            check="function",
            status=Status.FAILED,
            message=f"It ended early: {outcome.value}.",
            evidence=evidence,
        )
    ]
    findings += [
        Finding(
            check=criterion.check,
            status=Status.SKIPPED,
            max_points=criterion.points,
            message="Not checked.",
        )
        for criterion in exercise.criteria
    ]
    return _whole(exercise, outcome, verdict, findings, 0.0)


def _whole(
    exercise: CodeExercise,
    outcome: Outcome,
    verdict: Verdict,
    findings: list[Finding],
    score: float,
) -> Report:
    return Report(
        exercise=exercise.slug,
        exercise_version=exercise.version,
        verdict=verdict,
        outcome=outcome,
        score=score,
        max_score=exercise.max_score,
        findings=findings,
        seed=1,
        samples=10_000,
        layers=["seccomp", "landlock"],
    )
