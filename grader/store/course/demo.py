"""The demo: a student without a password, and a course to try everything in."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from types import MappingProxyType

from sqlalchemy import Engine, insert
from sqlalchemy.exc import IntegrityError

from exercises.catalog.bundle import ChangedExercise, archive
from exercises.catalog.manifest import BrokenManifest
from exercises.exercise import AnyExercise
from grader.store.assignment.assignments import Assignment, Assignments, Rules
from grader.store.assignment.versions import Versions
from grader.store.course.courses import CourseExists, Courses
from grader.store.course.memberships import Memberships
from grader.store.course.roles import Role
from grader.store.database import writing
from grader.store.identity.people import People
from grader.store.models import PersonRow
from grader.store.moments import Clock, utc_now

#: Always the same person; no id of ours has an o, so it is nobody else's.
DEMO_PERSON = "demo0000000000000000000000"
DEMO_COURSE = "demo"
_WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class _Asked:
    """One assignment of the demo course."""

    rules: Rules = field(default_factory=Rules)
    #: Whether its deadline is a week away from when it is made.
    has_deadline: bool = False

    def rules_at(self, now: datetime) -> Rules:
        return (
            replace(self.rules, due_at=_days_end(now + _WEEK)) if self.has_deadline else self.rules
        )


#: What the course asks for, of what there is: each kind of exercise and each kind of rule.
_ASSIGNED: Mapping[str, _Asked] = MappingProxyType(
    {
        "affine": _Asked(),
        "log-normal": _Asked(has_deadline=True),
        "which-a": _Asked(),
        "write-a": _Asked(Rules(attempts=5)),
        "unfold-b": _Asked(Rules(cooldown_seconds=10)),
        "true-or-false-flows": _Asked(),
        "inverse": _Asked(),
        "score": _Asked(),
    }
)


def ready_demo(
    engine: Engine, exercises: Mapping[str, AnyExercise], *, clock: Clock = utc_now
) -> str:
    """Make the demo student and the demo course, or bring them up to date; returns the person's id.

    Assignments follow the exercises as they are now, and a deadline that has passed moves on.

    Args:
        engine: the database, with its tables up to date.
        exercises: those that are served; what is not among them is not assigned.
        clock: gives the present moment.
    """
    _ready_person(engine, clock())
    if _ready_course(engine, clock):
        kept = Versions(engine)
        asked = {slug: one for slug, one in exercises.items() if slug in _ASSIGNED}
        for slug, exercise in asked.items():
            if _keep(kept, exercise):
                _ready_assignment(Assignments(engine, clock=clock), slug, exercise.version, clock())
    return DEMO_PERSON


def _ready_person(engine: Engine, now: datetime) -> None:
    person = {"id": DEMO_PERSON, "name": "Demo student", "created_at": now, "is_operator": False}
    if People(engine).get(DEMO_PERSON) is None:
        # Of two services that start together the second one finds it there.
        with suppress(IntegrityError), writing(engine) as connection:
            connection.execute(insert(PersonRow).values(**person))


def _ready_course(engine: Engine, clock: Clock) -> bool:
    """Make the course. False where one of this name is somebody's own."""
    memberships = Memberships(engine, clock=clock)
    try:
        Courses(engine, clock=clock).create(DEMO_COURSE, "Demo course")
    except CourseExists:
        return memberships.role(DEMO_COURSE, DEMO_PERSON) is not None
    memberships.put(DEMO_COURSE, DEMO_PERSON, Role.STUDENT)
    return True


def _keep(kept: Versions, exercise: AnyExercise) -> bool:
    """Keep the exercise's files. False where they are being changed: the next start has them."""
    try:
        kept.keep(exercise.slug, exercise.version, lambda: archive(exercise))
    except (ChangedExercise, BrokenManifest, OSError):
        return False
    return True


def _ready_assignment(assignments: Assignments, slug: str, version: str, now: datetime) -> None:
    asked = _ASSIGNED[slug]
    found = next((one for one in assignments.of(DEMO_COURSE) if one.exercise == slug), None)
    if found is None:
        assignments.assign(DEMO_COURSE, slug, version, asked.rules_at(now))
    elif _is_stale(found, version, now):
        assignments.change(found.id, exercise_version=version, rules=asked.rules_at(now))


def _is_stale(found: Assignment, version: str, now: datetime) -> bool:
    due = found.rules.due_at
    return found.exercise_version != version or (due is not None and due <= now)


def _days_end(moment: datetime) -> datetime:
    return moment.replace(hour=23, minute=59, second=59, microsecond=0)
