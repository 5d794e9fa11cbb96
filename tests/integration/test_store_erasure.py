"""Erasing a student, on SQLite and on PostgreSQL."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, select

from grader.store.assignment.assignments import Assignment, Assignments
from grader.store.course.courses import Courses
from grader.store.course.memberships import Memberships
from grader.store.course.roles import Role
from grader.store.database import reading
from grader.store.erasure import Erasure, NotAStudent
from grader.store.gradebook.overview import Overviews
from grader.store.grading.attempts import Attempts
from grader.store.grading.grades import Grades
from grader.store.identity.people import People
from grader.store.models import Table
from grader.store.submission.submissions import Submissions
from worker.failure import our_failure

LEASE = timedelta(minutes=5)


@pytest.fixture
def assignment(engine: Engine) -> Assignment:
    Courses(engine).create("flows", "Flows")
    return Assignments(engine).assign("flows", "affine", "v1")


def somebody(engine: Engine, assignment: Assignment, role: Role = Role.STUDENT) -> tuple[str, str]:
    """A person with a submission; the ids of both."""
    person = People(engine).create("Zwicky", None).id
    Memberships(engine).put("flows", person, role)
    made = Submissions(engine).hand_in(
        assignment.id, person, exercise="affine", exercise_version="v1", source="# me", seed=1
    )
    return person, made.id


def traces(engine: Engine, *ids: str) -> set[str]:
    """The tables in which one of these ids is left."""
    with reading(engine) as connection:
        return {
            table.name
            for table in Table.metadata.sorted_tables
            for row in connection.execute(select(table))
            if any(id_ in repr(tuple(row)) for id_ in ids)
        }


def test_a_report_that_comes_after_its_student_was_erased_finds_nothing(
    engine: Engine, assignment: Assignment
) -> None:
    gone, stays = somebody(engine, assignment), somebody(engine, assignment)
    now = datetime.now(UTC)
    assert len(Attempts(engine).hand_out(10, now=now, lease=LEASE)) == 2
    Overviews(engine).totals("flows")
    assert "tallies" in traces(engine, *gone)
    before = traces(engine, *stays)
    erased = Erasure(engine).erase("flows", gone[0])
    assert (erased.submissions, erased.person_gone) == (1, True)
    report = our_failure("affine", "v1", 1)
    assert not Grades(engine).record(gone[1], 1, report, [], now=now)
    assert Grades(engine).record(stays[1], 1, report, [], now=now)
    Overviews(engine).totals("flows")
    assert traces(engine, *gone) == set()
    assert traces(engine, *stays) >= before - {"tally_dues"}


def test_who_teaches_is_not_erased(engine: Engine, assignment: Assignment) -> None:
    tutor, _ = somebody(engine, assignment, Role.ASSISTANT)
    with pytest.raises(NotAStudent):
        Erasure(engine).erase("flows", tutor)
    assert "people" in traces(engine, tutor)
