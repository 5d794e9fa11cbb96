"""Writes a planned demo into a database, as if each had come when it says: accepted, not graded."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import partial
from random import Random

from sqlalchemy import Engine

from exercises.catalog.bundle import archive
from exercises.exercise import QuizExercise
from exercises.quiz.answers import written
from exercises.quiz.questions import drawn, variant
from grader.demo.plan import TIME_ZONE, CoursePlan, Someone, Task
from grader.demo.work import Attempt
from grader.store.assignment.assignments import Assignment, Assignments
from grader.store.assignment.versions import Versions
from grader.store.audit import Actor
from grader.store.course.courses import Courses
from grader.store.course.memberships import Memberships
from grader.store.course.roles import Role
from grader.store.course.roster import Roster
from grader.store.database import one_transaction
from grader.store.identity.people import People
from grader.store.moments import Clock
from grader.store.submission.submissions import Submissions

_SEEDS = 2**53


class AnotherDemo(Exception):
    """What is there was made of another plan: another size, another seed."""


def fill(engine: Engine, courses: tuple[CoursePlan, ...]) -> bool:
    """Write it, all or nothing. False where it is there already: nothing is written then.

    Raises:
        AnotherDemo: another one is there.
    """
    with one_transaction(engine):
        if Courses(engine).get(courses[0].id) is None:
            for course in courses:
                _fill_course(engine, course)
            return True
        # The staff stays as it was made, whatever was tried out on the students since.
        for course in courses:
            for someone in (course.instructor, *course.assistants):
                person = People(engine).by_username(someone.username)
                if person is None or person.name != someone.name:
                    raise AnotherDemo
        return False


def _fill_course(engine: Engine, course: CoursePlan) -> None:
    clock = _at(course.began)
    Courses(engine, clock=clock).create(course.id, course.title, TIME_ZONE)
    ids: dict[str, str] = {}
    for role, people in (
        (Role.INSTRUCTOR, (course.instructor,)),
        (Role.ASSISTANT, course.assistants),
        (Role.STUDENT, course.students),
    ):
        for someone in people:
            ids[someone.username] = _let_in(engine, course, someone, role)
    for task in course.tasks:
        _fill_task(engine, course, task, ids)


def _let_in(engine: Engine, course: CoursePlan, someone: Someone, role: Role) -> str:
    clock = _at(course.began)
    person = People(engine, clock=clock).create(someone.name, someone.username).id
    Memberships(engine, clock=clock).put(course.id, person, role)
    if someone.section:
        known = dict.fromkeys(("sis_user_id", "moodle_username"), someone.username)
        known |= {"canvas_id": f"1{someone.username[1:]}", "section": someone.section}
        Roster(engine, clock=clock).set_ids(course.id, person, known)
    return person


def _fill_task(engine: Engine, course: CoursePlan, task: Task, ids: Mapping[str, str]) -> None:
    exercise, teacher = task.exercise, Actor(ids[course.instructor.username])
    Versions(engine).keep(exercise.slug, exercise.version, partial(archive, exercise))
    opens = task.rules.opens_at
    assert opens is not None
    made = Assignments(engine, clock=_at(max(course.began, opens - timedelta(days=1))))
    assignment = made.assign(course.id, exercise.slug, exercise.version, task.rules, actor=teacher)
    granted = Assignments(engine, clock=_at(opens))
    for username, extension in task.extensions.items():
        granted.extend(assignment.id, ids[username], extension, actor=teacher)
    for number, attempt in enumerate(task.work):
        _hand_in(engine, assignment, task, attempt, ids[attempt.student], number)


def _hand_in(
    engine: Engine, assignment: Assignment, task: Task, attempt: Attempt, person: str, number: int
) -> None:
    seed = Random(f"{assignment.exercise}/{attempt.student}/{number}").randrange(_SEEDS)
    Submissions(engine, clock=_at(attempt.at)).hand_in(
        assignment.id,
        person,
        exercise=assignment.exercise,
        exercise_version=assignment.exercise_version,
        source=_text(assignment, task, attempt, person),
        seed=seed,
    )


def _text(assignment: Assignment, task: Task, attempt: Attempt, person: str) -> str:
    """The program, or the answers to those questions that the student is asked."""
    exercise = task.exercise
    if not isinstance(exercise, QuizExercise):
        return attempt.source
    asked = drawn(
        exercise.questions, exercise.quiz, variant(assignment.course, person, exercise.slug)
    )
    chosen = {question.id: attempt.options[question.id] for question in asked}
    statements = {question.id for question in asked if question.is_statement}
    return written(
        {id_: option == "true" if id_ in statements else option for id_, option in chosen.items()}
    )


def _at(moment: datetime) -> Clock:
    return lambda: moment
