"""The large demo before it is graded: the same for the same seed, like a class, and accepted."""

from __future__ import annotations

import ast
import shutil
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import numpy as np
import pytest
from click.testing import CliRunner
from sqlalchemy import Engine, select

from exercises.catalog.reading import read_catalog
from exercises.exercise import CodeExercise, QuizExercise
from exercises.outcome import Outcome, Verdict
from exercises.quiz.marking import mark
from exercises.quiz.questions import variant
from grader.demo.commands import demo
from grader.demo.deeds import do_deeds
from grader.demo.filling import AnotherDemo, fill
from grader.demo.names import names
from grader.demo.plan import FULL, SMALL, CoursePlan, plan
from grader.demo.programs import Kind, programs_of
from grader.demo.rewriting import endless, misspelt, renamed
from grader.store.assignment.assignments import Assignments
from grader.store.course.roles import Role
from grader.store.database import open_database, reading
from grader.store.grading.attempts import Attempts
from grader.store.grading.grades import Grades
from grader.store.identity.access_tokens import AccessTokens
from grader.store.identity.people import People
from grader.store.models import SubmissionRow as S
from grader.store.regrade.regrades import Regrades
from grader.store.review.comments import Comments
from grader.store.review.overrides import Overrides
from grader.store.review.reviews import Reviews
from grader.store.submission.submissions import Submissions
from grader.store.webhook.webhooks import Webhooks
from tests.unit.grader.conftest import make_report

NOW = datetime(2026, 11, 20, 15, 30, tzinfo=UTC)
SEED = 7
CATALOG = read_catalog()
PROGRAMS = {
    slug: programs_of(one)
    for slug, one in CATALOG.exercises.items()
    if isinstance(one, CodeExercise) and one.graded
}


@pytest.fixture(scope="module")
def full() -> tuple[CoursePlan, ...]:
    return plan(CATALOG, FULL, NOW, SEED)


@pytest.fixture(scope="module")
def small() -> CoursePlan:
    (only,) = plan(CATALOG, SMALL, NOW, SEED)
    return only


@pytest.fixture(scope="module")
def filled(
    tmp_path_factory: pytest.TempPathFactory, empty_database: Path, small: CoursePlan
) -> Path:
    """A database with the small demo in it, to be copied."""
    path = tmp_path_factory.mktemp("demo") / "filled.db"
    shutil.copy(empty_database, path)
    engine = open_database(f"sqlite:///{path}")
    assert fill(engine, (small,))
    engine.dispose()
    return path


@pytest.fixture
def engine(tmp_path: Path, filled: Path) -> Iterator[Engine]:
    shutil.copy(filled, tmp_path / "demo.db")
    made = open_database(f"sqlite:///{tmp_path / 'demo.db'}")
    yield made
    made.dispose()


def test_one_seed_makes_one_demo_and_another_one_another(small: CoursePlan) -> None:
    assert plan(CATALOG, SMALL, NOW, SEED) == (small,)
    (other,) = plan(CATALOG, SMALL, NOW, SEED + 1)
    assert [one.name for one in other.students] != [one.name for one in small.students]
    assert [task.work for task in other.tasks] != [task.work for task in small.tasks]


def test_it_is_two_courses_of_two_hundred_who_have_handed_in_thousands(
    full: tuple[CoursePlan, ...],
) -> None:
    assert [len(course.students) for course in full] == [120, 80]
    assert [len(course.tasks) for course in full] == [15, 9]
    assert sum(len(task.work) for course in full for task in course.tasks) > 3_000
    people = [one for course in full for one in (*course.staff, *course.students)]
    assert len({one.name for one in people}) == len({one.username for one in people}) == len(people)


def test_most_learn_and_few_do_odd_things(full: tuple[CoursePlan, ...]) -> None:
    kinds = Counter(a.kind for course in full for task in course.tasks for a in task.work)
    assert set(kinds) == set(Kind)
    programs = kinds.total() - kinds[Kind.QUIZ]
    assert 0.35 < kinds[Kind.RIGHT] / programs < 0.65
    assert 0.15 < kinds[Kind.MISTAKE] / programs < 0.4
    assert kinds[Kind.ENDLESS] <= 4
    assert kinds[Kind.COPY] <= 40
    skilled = {one.username: one.skill for one in full[0].students}
    right: dict[Kind, list[float]] = {Kind.RIGHT: [], Kind.MISTAKE: []}
    for task in full[0].tasks:
        for attempt in task.work:
            right.get(attempt.kind, []).append(skilled[attempt.student])
    assert np.mean(right[Kind.RIGHT]) > np.mean(right[Kind.MISTAKE]) + 0.1


def test_work_comes_while_the_assignment_is_open_and_some_of_it_late(
    full: tuple[CoursePlan, ...],
) -> None:
    late = early = 0
    for task in (task for course in full for task in course.tasks):
        opens, due = task.rules.opens_at, task.rules.due_at
        assert opens is not None
        assert due is not None
        assert [a.at for a in task.work] == sorted(a.at for a in task.work)
        for attempt in task.work:
            own = task.extensions.get(attempt.student, task.rules)
            assert own.closes_at is not None
            assert opens < attempt.at < min(own.closes_at, NOW)
            late, early = late + (attempt.at > due), early + (attempt.at < due - timedelta(days=3))
        assert task.work or opens > NOW - timedelta(days=5)
    count = sum(len(task.work) for course in full for task in course.tasks)
    assert 0.02 < late / count < 0.25
    assert early / count > 0.1


@pytest.mark.parametrize("slug", PROGRAMS)
def test_every_exercise_has_right_and_wrong_programs_that_python_reads(slug: str) -> None:
    programs, draw = PROGRAMS[slug], Random(slug)
    assert len(programs.slips) > 5
    assert programs.mistakes != programs.slips, "the exercise has a folder of mistakes"
    for source in (*programs.right, *programs.mistakes, *programs.slips, programs.odd(draw)):
        ast.parse(source)
        assert "verdict =" not in source, "what its author notes is no student's remark"
    ast.parse(programs.never_ending())
    assert not set(programs.right) & set(programs.mistakes)


def test_other_names_are_the_same_function() -> None:
    z = np.array([0.7, -1.3])
    changed = 0
    for slug in ("chain", "inverse", "write-c", "mode-repair", "log-normal"):
        for source in PROGRAMS[slug].right:
            other = renamed(source, Random(slug))
            changed += other != source
            assert np.array_equal(_value(source, z), _value(other, z))
    assert changed > 3


def test_names_do_not_change_where_something_else_uses_them() -> None:
    source = (
        "w = 2\n\ndef f(z):\n    a = z * w\n    def g(b):\n        c = b + a\n        return c\n"
    )
    other = renamed(source + "    return g(b=z)\n", Random(1))
    assert "w = 2" in other
    assert "g(b=z)" in other
    z = np.array([1.0, 2.0])
    assert np.array_equal(_value(other, z), 3 * z)


def test_what_is_broken_does_not_run() -> None:
    source = PROGRAMS["affine"].right[0]
    for seed in range(20):
        with pytest.raises((SyntaxError, NameError)):
            _value(misspelt(source, Random(seed)), np.zeros(2))
    assert "while error > 0" in endless(source)


def test_there_are_only_so_many_names() -> None:
    assert len(set(names(300, Random(1)))) == 300
    with pytest.raises(ValueError, match="there are only"):
        names(3_000, Random(1))


def test_a_demo_of_another_size_or_seed_is_not_taken_for_this_one(
    engine: Engine, small: CoursePlan
) -> None:
    for sizes, seed in ((FULL, SEED), (SMALL, SEED + 1)):
        with pytest.raises(AnotherDemo):
            fill(engine, plan(CATALOG, sizes, NOW, seed))


def test_all_of_it_is_accepted_once_with_its_moments(engine: Engine, small: CoursePlan) -> None:
    assert not fill(engine, (small,))
    planned = [(a.student, a.at) for task in small.tasks for a in task.work]
    with reading(engine) as connection:
        rows = connection.execute(select(S.person, S.accepted_at, S.state)).all()
    known = {one.id: one.username for one in People(engine).all()}
    assert sorted((known[row.person], row.accepted_at) for row in rows) == sorted(planned)
    assert {row.state for row in rows} == {"accepted"}
    teacher = People(engine).by_username(small.instructor.username)
    assert teacher is not None
    assert People(engine).roles(teacher.id) == {small.id: Role.INSTRUCTOR}


def test_answers_to_a_quiz_are_to_what_the_student_is_asked(
    engine: Engine, small: CoursePlan
) -> None:
    marked = 0
    for assignment in Assignments(engine).of(small.id):
        exercise = CATALOG[assignment.exercise]
        if isinstance(exercise, QuizExercise):
            for one in Submissions(engine).latest(assignment=assignment.id):
                stored = Submissions(engine).get(one.id)
                assert stored is not None
                asked = variant(stored.course, stored.student, stored.exercise)
                judged = mark(exercise, stored.source, asked)
                assert judged.outcome is Outcome.COMPLETED
                marked += 1
    assert marked > 3


def test_the_staff_does_all_that_staff_does_and_once(engine: Engine, small: CoursePlan) -> None:
    _grade(engine)
    assert do_deeds(engine, small, SEED)
    assert not do_deeds(engine, small, SEED)
    ids = [one.id for one in Submissions(engine).latest(course=small.id, limit=500)]
    assert sum(len(Comments(engine).of(id_)) for id_ in ids) >= len(small.tasks)
    assert sum(len(Overrides(engine).of(id_)) for id_ in ids) >= len(small.tasks) - 1
    assert Reviews(engine).count_open(small.id)
    first = Assignments(engine).of(small.id)[0]
    assert Regrades(engine).latest(first.course, limit=5)
    (webhook,) = Webhooks(engine).of(small.id)
    assert webhook.paused_at is not None
    assert webhook.url.startswith("https://lms.example/")
    assert AccessTokens(engine).of_course(small.id)


def test_without_the_answers_it_says_what_it_lacks(tmp_path: Path) -> None:
    variables = {"GRADER_EXERCISES_DIR": str(tmp_path)}
    said = CliRunner(env=variables).invoke(demo, ["--small", "--folder", str(tmp_path / "var")])
    assert said.exit_code == 1
    assert "lack their answers" in said.output
    assert not (tmp_path / "var").exists()


def _value(source: str, z: np.ndarray) -> np.ndarray:
    """f at one point; the programs are our own."""
    namespace: dict[str, object] = {}
    exec(source, namespace)
    return np.asarray(namespace["f"](z))  # type: ignore[operator]


def _grade(engine: Engine) -> None:
    """Record a report of half the points for all that waits."""
    attempts, grades, now = Attempts(engine), Grades(engine), datetime.now(UTC)
    report = make_report(verdict=Verdict.PARTIAL, score=5, max_score=10)
    for given in attempts.hand_out(1000, now=now, lease=timedelta(minutes=1)):
        attempts.begin(given.submission, 1, worker="test", now=now, lease=timedelta(minutes=1))
        assert grades.record(given.submission, 1, report, [], now=now)
