"""Anonymising a course and seeing one as a student does, on SQLite and on PostgreSQL."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, select

from grader.store.anonymity.anonymity import Anonymised, Anonymity, NoStudents, Unquiet
from grader.store.assignment.admission import NotAdmitted
from grader.store.assignment.assignments import Assignment, Assignments, Extension
from grader.store.audit import Actor
from grader.store.course.courses import Courses
from grader.store.course.memberships import Memberships
from grader.store.course.roles import Role
from grader.store.course.roster import Roster
from grader.store.database import one_transaction, reading
from grader.store.gradebook.cells import Wanted
from grader.store.gradebook.overview import Overviews
from grader.store.grading.attempts import Attempts
from grader.store.grading.grades import Grades
from grader.store.identity.guises import Guise, Guises
from grader.store.identity.people import People
from grader.store.identity.sessions import Sessions
from grader.store.models import GuiseRow, Table
from grader.store.submission.submissions import Submissions
from tests.patience import PATIENCE_SECONDS
from tests.unit.grader.marking import finding, report_of

LEASE = timedelta(minutes=5)
SOURCE = "# Zwicky\ndef f(z):\n    return z\n"


@pytest.fixture
def asked(engine: Engine) -> Assignment:
    Courses(engine).create("flows", "Flows")
    return Assignments(engine).assign("flows", "affine", "v1")


def somebody(engine: Engine, asked: Assignment, points: float) -> str:
    """A student with a graded submission and an extension."""
    person = People(engine).create("Zwicky", None).id
    Memberships(engine).put("flows", person, Role.STUDENT)
    Roster(engine).set_ids("flows", person, {"canvas_id": f"zw-{person}"})
    Assignments(engine).extend(asked.id, person, Extension(more_attempts=2, reason="Zwicky"))
    hand_in(engine, asked, person)
    now = datetime.now(UTC)
    for job in Attempts(engine).hand_out(10, now=now, lease=LEASE):
        report = report_of(finding("law", points, 6), printed={"text": "Zwicky"})
        assert Grades(engine).record(job.submission, job.attempt, report, [], now=now)
    return person


def hand_in(engine: Engine, asked: Assignment, person: str) -> None:
    Submissions(engine).hand_in(
        *(asked.id, person), exercise="affine", exercise_version="v1", source=SOURCE, seed=1
    )


def traces(engine: Engine, *texts: str) -> set[str]:
    with reading(engine) as connection:
        return {
            table.name
            for table in Table.metadata.sorted_tables
            for row in connection.execute(select(table))
            if any(text in repr(tuple(row)) for text in texts)
        }


def scores(engine: Engine) -> list[float]:
    """What counts of each student."""
    found = Overviews(engine).page("flows", Wanted(), limit=100)
    return sorted(cell.score for one in found for cell in one.cells.values() if cell.score)


@pytest.mark.parametrize("within", [False, True], ids=["by itself", "within a transaction"])
def test_students_become_nobody_and_keep_what_they_did(
    engine: Engine, asked: Assignment, within: bool
) -> None:
    people = [somebody(engine, asked, points) for points in (1, 4, 6)]
    before = scores(engine)
    assert len(before) == 3
    if within:
        with one_transaction(engine):
            done = Anonymity(engine).anonymise("flows")
    else:
        done = Anonymity(engine).anonymise("flows")
    assert done == Anonymised(students=3, accounts=3)
    assert traces(engine, "Zwicky", "zw-", *people) == set()
    assert scores(engine) == before
    assert Anonymity(engine).anonymise("flows").students == 3, "another time, too"


@pytest.mark.parametrize("student_first", [True, False])
def test_what_comes_in_meanwhile_is_refused_or_waited_for(
    engine: Engine, asked: Assignment, student_first: bool
) -> None:
    person = somebody(engine, asked, 6)
    told: list[str] = []

    def student() -> None:
        try:
            hand_in(engine, asked, person)
            told.append("accepted")
        except NotAdmitted:
            told.append("not admitted")

    def anonymise() -> None:
        try:
            Anonymity(engine).anonymise("flows")
            told.append("anonymised")
        except Unquiet:
            told.append("unquiet")

    threads = [threading.Thread(target=one) for one in (student, anonymise)]
    for thread in threads if student_first else threads[::-1]:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE_SECONDS)
    # One of them was first, and the other one has seen it.
    assert set(told) in ({"accepted", "unquiet"}, {"anonymised", "not admitted"})


def test_a_course_without_students_is_left_alone(engine: Engine, asked: Assignment) -> None:
    with pytest.raises(NoStudents):
        Anonymity(engine).anonymise("flows")


def test_a_guise_goes_with_its_session(engine: Engine, asked: Assignment) -> None:
    person = People(engine).create("Ann", None)
    Memberships(engine).put("flows", person.id, Role.STUDENT)
    tess = People(engine).create("Tess", None).id
    sessions, guises = Sessions(engine), Guises(engine)
    session = sessions.begin(tess)
    for _ in range(2):
        guises.begin(session, Guise(person, "flows"), Actor(tess))
    assert guises.of(session) == Guise(person, "flows")
    sessions.end_all(tess)
    with reading(engine) as connection:
        assert connection.execute(select(GuiseRow)).all() == []
