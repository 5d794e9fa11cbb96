"""What the rules of addresses look up, on both databases."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine

from grader.store.assignment.assignments import Assignments, Rules
from grader.store.course.courses import Courses
from grader.store.course.memberships import Memberships
from grader.store.course.roles import Role
from grader.store.identity.people import People, Person
from grader.store.lookups import Lookups
from grader.store.submission.submissions import Submissions
from grader.store.submission.walls import EVERYTHING, View

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture
def ada(engine: Engine) -> Person:
    """A student of the course red; there is another one, blue."""
    ada = People(engine).create("Ada", "ada")
    for course in ("red", "blue"):
        Courses(engine).create(course, course.title())
    Memberships(engine).put("red", ada.id, Role.STUDENT)
    return ada


@pytest.fixture
def lookups(engine: Engine) -> Lookups:
    return Lookups(engine, clock=lambda: NOW)


def test_a_submission_is_seen_within_a_view_only(
    engine: Engine, ada: Person, lookups: Lookups
) -> None:
    own = Submissions(engine).accept(
        exercise="playground", exercise_version="v", source="", seed=1, person=ada.id
    )
    assert lookups.sees_submission(View(person=ada.id), own.id)
    assert lookups.sees_submission(EVERYTHING, own.id)
    for view in (View(), View(person="other"), View(unsigned=True), View(staffed=frozenset({""}))):
        assert not lookups.sees_submission(view, own.id)
    assert not lookups.sees_submission(EVERYTHING, "nix")


def test_an_assignment_leads_to_its_course(engine: Engine, ada: Person, lookups: Lookups) -> None:
    made = Assignments(engine).assign("blue", "affine", "v")
    assert lookups.course_of(made.id) == "blue"
    assert lookups.course_of("nix") is None
    assert lookups.has_course("blue")
    assert not lookups.has_course("nix")


def test_what_is_open_is_that_of_ones_own_courses_from_its_second_on(
    engine: Engine, ada: Person, lookups: Lookups
) -> None:
    assign = Assignments(engine).assign
    assign("red", "always", "v")
    assign("red", "always", "w")
    assign("red", "now", "v", Rules(opens_at=NOW))
    assign("red", "later", "v", Rules(opens_at=NOW + timedelta(seconds=1)))
    over = Rules(opens_at=NOW - timedelta(days=2), due_at=NOW - timedelta(days=1))
    assign("red", "over", "v", over)
    assign("blue", "elsewhere", "v")
    assert lookups.open_exercises(ada.id) == {"always", "now", "over"}
    assert lookups.open_exercises("nix") == frozenset()
    Courses(engine).archive("red")
    assert lookups.open_exercises(ada.id) == {"always", "now", "over"}, "it can still be read"
