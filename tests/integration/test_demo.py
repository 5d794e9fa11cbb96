"""The demo, graded by the real worker of a running service: what was planned as right passes."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime

from sqlalchemy import Engine, func, select

from exercises.catalog.reading import read_catalog
from exercises.outcome import Verdict
from grader.demo.deeds import do_deeds
from grader.demo.filling import fill
from grader.demo.plan import CoursePlan, CourseSize, plan
from grader.demo.programs import Kind
from grader.store.assignment.assignments import Assignments
from grader.store.database import open_database, reading
from grader.store.identity.people import People
from grader.store.models import SubmissionRow as S
from grader.store.regrade.regrades import Regrades
from grader.store.regrade.regrading import Stage
from grader.store.submission.state import State
from grader.store.submission.submissions import Submissions
from tests.patience import until
from tests.whole_service import WholeService

SIZE = CourseSize("demo-of-six", "A demo", students=6, assistants=1, exercises=4, to_come=1)


def test_the_service_grades_a_demo_that_is_put_into_its_database(
    course_service: WholeService,
) -> None:
    engine = open_database(f"sqlite:///{course_service.folder / 'var' / 'grader.db'}")
    (course,) = plan(read_catalog(), (SIZE,), datetime.now(UTC), seed=3)
    try:
        assert fill(engine, (course,))
        until(lambda: not _waiting(engine))
        _compare(engine, course)
        assert do_deeds(engine, course, 3)
        until(lambda: Regrades(engine).latest(SIZE.id, limit=1)[0].stage is not Stage.TRYING)
    finally:
        engine.dispose()


def _waiting(engine: Engine) -> int:
    query = select(func.count()).where(S.course == SIZE.id, S.state != State.GRADED)
    with reading(engine) as connection:
        return connection.scalar(query) or 0


def _compare(engine: Engine, course: CoursePlan) -> None:
    """Each submission with what was planned; a slip may be harmless, and a quiz is as it is."""
    usernames = {person.id: person.username or "" for person in People(engine).all()}
    verdicts: Counter[tuple[Kind, Verdict | None]] = Counter()
    for task, assignment in zip(course.tasks, Assignments(engine).of(SIZE.id), strict=True):
        planned = {(one.student, one.at): one.kind for one in task.work}
        for found in Submissions(engine).latest(assignment=assignment.id, limit=500):
            kind = planned.pop((usernames[found.student], found.accepted_at))
            verdicts[kind, found.verdict] += 1
            assert found.verdict is not Verdict.INTERNAL_ERROR
            if kind is Kind.RIGHT:
                assert found.verdict is Verdict.PASSED, (task.exercise.slug, found.id)
            if kind in (Kind.MISTAKE, Kind.BROKEN):
                assert found.verdict is not Verdict.PASSED, (task.exercise.slug, found.id)
        assert not planned
    assert sum(count for (kind, _), count in verdicts.items() if kind is Kind.RIGHT) > 3
    assert sum(count for (kind, _), count in verdicts.items() if kind is Kind.MISTAKE) > 3
