"""The demo: made at the start, brought up to date by the next one, and nobody else's."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from exercises.catalog.reading import COURSE, read_catalog
from grader.store.assignment.assignments import Assignments
from grader.store.assignment.versions import Versions
from grader.store.course.courses import Courses
from grader.store.course.demo import DEMO_COURSE, DEMO_PERSON, ready_demo
from grader.store.course.roles import Role
from grader.store.database import migrate, open_database
from grader.store.identity.people import People
from grader.store.submission.submissions import Submissions

NOW = datetime(2026, 12, 1, 12, 0, tzinfo=UTC)


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = open_database(f"sqlite:///{tmp_path / 'grader.db'}")
    migrate(engine)
    yield engine
    engine.dispose()


def test_the_demo_has_a_student_and_every_kind_of_rule(engine: Engine) -> None:
    exercises = read_catalog().exercises
    assert ready_demo(engine, exercises, clock=lambda: NOW) == DEMO_PERSON
    person = People(engine).get(DEMO_PERSON)
    assert person is not None
    assert (person.username, People(engine).password_of(DEMO_PERSON)) == (None, None)
    assert People(engine).roles(DEMO_PERSON) == {DEMO_COURSE: Role.STUDENT}
    assigned = Assignments(engine).of(DEMO_COURSE)
    assert len(assigned) == 8
    assert {exercises[one.exercise].kind for one in assigned} == {"code", "quiz"}
    rules = [one.rules for one in assigned]
    assert {one.due_at for one in rules} == {None, datetime(2026, 12, 8, 23, 59, 59, tzinfo=UTC)}
    assert {one.attempts for one in rules} == {None, 5}
    assert {one.cooldown_seconds for one in rules} == {0, 10}
    for one in assigned:
        assert Versions(engine).archive(one.exercise, one.exercise_version) is not None


def test_the_next_start_changes_nothing_but_a_deadline_that_has_passed(engine: Engine) -> None:
    exercises = read_catalog().exercises
    ready_demo(engine, exercises, clock=lambda: NOW)
    before = Assignments(engine).of(DEMO_COURSE)
    ready_demo(engine, exercises, clock=lambda: NOW + timedelta(days=2))
    assert Assignments(engine).of(DEMO_COURSE) == before
    ready_demo(engine, exercises, clock=lambda: NOW + timedelta(days=30))
    after = Assignments(engine).of(DEMO_COURSE)
    assert [one.id for one in after] == [one.id for one in before]
    moved = [new for old, new in zip(before, after, strict=True) if new != old]
    assert [one.rules.due_at for one in moved] == [datetime(2027, 1, 7, 23, 59, 59, tzinfo=UTC)]


def test_the_demo_follows_the_exercises_and_assigns_none_that_there_is_not(
    engine: Engine, tmp_path: Path
) -> None:
    folder = tmp_path / "course"
    shutil.copytree(COURSE / "affine", folder / "affine")
    ready_demo(engine, read_catalog(folder).exercises)
    (before,) = Assignments(engine).of(DEMO_COURSE)
    sent = Submissions(engine).hand_in(
        before.id,
        DEMO_PERSON,
        exercise="affine",
        exercise_version=before.exercise_version,
        source="",
        seed=1,
    )
    (folder / "affine" / "statement.md").write_text("Another text.\n")
    ready_demo(engine, read_catalog(folder).exercises)
    (after,) = Assignments(engine).of(DEMO_COURSE)
    assert after.id == before.id
    assert after.exercise_version == read_catalog(folder)["affine"].version
    assert after.exercise_version != sent.exercise_version


def test_a_course_of_this_name_that_is_somebodys_own_is_left_alone(engine: Engine) -> None:
    Courses(engine).create(DEMO_COURSE, "My own")
    assert ready_demo(engine, read_catalog().exercises) == DEMO_PERSON
    assert Assignments(engine).of(DEMO_COURSE) == []
    assert People(engine).roles(DEMO_PERSON) == {}
