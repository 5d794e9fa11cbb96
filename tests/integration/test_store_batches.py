"""What the store promises of batches, on SQLite and on PostgreSQL."""

from __future__ import annotations

import threading
from datetime import datetime

import pytest
from sqlalchemy import Engine, func, select

from grader.collected.archive import PassedOver
from grader.collected.why import Aside, Why
from grader.store.audit import NOBODY_IN_PARTICULAR
from grader.store.batch.batches import PLANS_LAST, RECORDS_LAST, Batches
from grader.store.batch.entities import Batch, BatchStage, Draft, ItemState
from grader.store.batch.handing_in import HandingIn
from grader.store.course.roles import Role
from grader.store.database import reading
from grader.store.grading.attempts import Attempts
from grader.store.identifiers import new_id
from grader.store.models import BatchItemRow, SubmissionRow
from tests.integration.test_store_courses import DAY, LEASE, NOW, School


@pytest.fixture
def school(engine: Engine) -> School:
    return School(engine)


def record(
    school: School,
    assignment: str,
    drafts: list[Draft],
    *,
    stage: BatchStage = BatchStage.HANDING_IN,
    sent_at: datetime | None = None,
) -> Batch:
    version = school.assignments.get(assignment)
    assert version is not None
    batch = Batch(
        id=new_id(),
        course="flows",
        assignment=assignment,
        exercise_version=version.exercise_version,
        name="x.zip",
        digest="0" * 64,
        stage=stage,
        total=len(drafts),
        passed_over=(PassedOver("é.txt", Aside.OTHER_KIND),),
        sent_at=sent_at,
        created_at=school.now,
        sent_by=NOBODY_IN_PARTICULAR,
        begun_at=None,
        ended_at=None,
    )
    made = Batches(school.engine, clock=school.clock).record(batch, drafts, NOBODY_IN_PARTICULAR)
    assert made.passed_over == batch.passed_over
    return made


def students(school: School, count: int) -> list[str]:
    return [school.person(f"student{number}", Role.STUDENT) for number in range(count)]


def handed_in(school: School, assignment: str) -> list[str]:
    query = select(SubmissionRow.person).where(SubmissionRow.assignment == assignment)
    with reading(school.engine) as connection:
        return [str(person) for person in connection.scalars(query)]


def test_several_at_once_hand_in_each_file_once(school: School) -> None:
    assignment = school.assign(attempts=1).id
    people = students(school, 12)
    drafts = [Draft(f"{one}.py", one, b"def f(z): return z\n") for one in people]
    # Two batches of the same: whichever comes first to a file, the other one finds it done.
    batches = [record(school, assignment, drafts) for _ in range(2)]
    errors: list[Exception] = []

    def work() -> None:
        try:
            runner, attempts = HandingIn(school.engine), Attempts(school.engine)
            while begun := runner.begun():
                for id_ in begun:
                    runner.step(id_, school.now)
                attempts.hand_out(100, now=school.now, lease=LEASE)
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert sorted(handed_in(school, assignment)) == sorted(people)
    held = Batches(school.engine)
    states = [held.counts(one.id).states for one in batches]
    total = sum(one.get(ItemState.HANDED_IN, 0) for one in states)
    repeated = sum(one.get(ItemState.REPEATED, 0) for one in states)
    # Never refused for want of attempts: what is there already asks for none.
    assert (total, repeated) == (12, 12)
    for one in batches:
        found = held.get(one.id)
        assert found is not None
        assert found.stage is BatchStage.DONE


def test_a_plan_says_what_would_become_of_each_file_and_changes_nothing(school: School) -> None:
    assignment = school.assign(due_at=NOW + DAY, closes_at=NOW + DAY).id
    ann, bob = students(school, 2)
    drafts = [
        Draft("ann.py", ann, b"x"),
        Draft("bob.py", bob, None, Why.NOT_UTF8),
        Draft("zoe.py", None, b"x", Why.NOBODY, "é"),
    ]
    held = Batches(school.engine, clock=school.clock)
    told = [(one.state, one.why) for one in held.foresee(assignment, drafts, sent_at=None)]
    assert told == [
        (ItemState.WAITING, None),
        (ItemState.LEFT_OUT, Why.NOT_UTF8),
        (ItemState.LEFT_OUT, Why.NOBODY),
    ]
    plan = record(school, assignment, drafts, stage=BatchStage.PLANNED)
    assert [(one.state, one.why) for one in held.items(plan, limit=9)] == told
    assert [one.is_open for one in held.items(plan, limit=9)] == [True, False, True]
    school.now = NOW + 2 * DAY
    late = held.foresee(assignment, drafts[:1], sent_at=None)
    assert [(one.state, one.why) for one in late] == [(ItemState.REFUSED, Why.CLOSED)]
    in_time = held.foresee(assignment, drafts[:1], sent_at=NOW)
    assert [one.state for one in in_time] == [ItemState.WAITING]
    assert handed_in(school, assignment) == []


def test_what_is_long_over_is_forgotten_and_the_submissions_stay(school: School) -> None:
    assignment = school.assign().id
    (ann,) = students(school, 1)
    done = record(school, assignment, [Draft("ann.py", ann, b"x")])
    plan = record(school, assignment, [Draft("ann.py", ann, b"y")], stage=BatchStage.PLANNED)
    HandingIn(school.engine).step(done.id, school.now)
    held = Batches(school.engine)
    assert held.sweep(school.now) == 0
    assert held.sweep(school.now + PLANS_LAST) == 1
    assert (held.get(plan.id), held.get(done.id) is None) == (None, False)
    assert held.sweep(school.now + RECORDS_LAST) == 1
    with reading(school.engine) as connection:
        assert connection.scalar(select(func.count()).select_from(BatchItemRow)) == 0
    assert handed_in(school, assignment) == [ann]
