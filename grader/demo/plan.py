"""The plan of a demo: its courses with their people, and how large it is. Nothing is written here.

The same seed, exercises and moment give the same plan.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from typing import TypeVar
from zoneinfo import ZoneInfo

from exercises.catalog.reading import Catalog
from exercises.exercise import CodeExercise, QuizExercise
from grader.demo.names import names
from grader.demo.programs import Programs, programs_of
from grader.demo.work import Attempt, copied, work_of
from grader.store.assignment.assignments import Extension, Rules

SEED = 2026
TIME_ZONE = "Europe/Amsterdam"
_WEEK, _DAY = timedelta(days=7), timedelta(days=1)
_SECTIONS = ("Monday", "Tuesday", "Thursday")
_LATE_PENALTY = 0.1
#: One exercise of so many is a quiz.
_OF_QUIZZES = 5
#: Of students, so many pairs share what they have handed in.
_PAIRS = 3
_Listed = TypeVar("_Listed")
_REASONS = ("ill, with a doctor's note", "at a conference", "moved house", "joined late")


@dataclass(frozen=True, slots=True)
class CourseSize:
    """How large one course is."""

    id: str
    title: str
    students: int
    assistants: int
    exercises: int
    #: Deadlines of so many assignments are still to come.
    to_come: int = 2
    #: How many submissions never end by themselves; each costs a slot 20 s.
    endless: int = 0


FULL = (
    CourseSize("flows", "Generative models: flows and friends", 120, 3, 15, endless=3),
    CourseSize("sampling", "Sampling and densities, an introduction", 80, 2, 9, endless=1),
)
SMALL = (CourseSize("flows", "Generative models: flows and friends", 12, 1, 4, to_come=1),)


@dataclass(frozen=True, slots=True)
class Someone:
    """A person of a course."""

    username: str
    name: str
    #: When the group meets that a student is in; "" for staff.
    section: str = ""
    #: How likely a first attempt is right, from 0 to 1, in an exercise of medium difficulty.
    skill: float = 1.0


@dataclass(frozen=True, slots=True)
class Task:
    """One assignment with all that is handed in to it, the earliest first."""

    exercise: CodeExercise | QuizExercise
    rules: Rules
    work: tuple[Attempt, ...]
    #: By user name.
    extensions: dict[str, Extension]


@dataclass(frozen=True, slots=True)
class CoursePlan:
    """One course."""

    id: str
    title: str
    began: datetime
    instructor: Someone
    assistants: tuple[Someone, ...]
    students: tuple[Someone, ...]
    tasks: tuple[Task, ...]

    @property
    def staff(self) -> tuple[Someone, ...]:
        """All who teach."""
        return (self.instructor, *self.assistants)


def plan(
    catalog: Catalog, sizes: tuple[CourseSize, ...], now: datetime, seed: int = SEED
) -> tuple[CoursePlan, ...]:
    """The courses of these sizes, with work from weeks before `now` until then."""
    needed = sum(1 + size.assistants + size.students for size in sizes)
    called = names(needed, Random(f"{seed}/names"))
    return tuple(
        _course(catalog, size, number, now, called, Random(f"{seed}/{size.id}"))
        for number, size in enumerate(sizes, 1)
    )


def _course(
    catalog: Catalog,
    size: CourseSize,
    number: int,
    now: datetime,
    called: list[str],
    draw: Random,
) -> CoursePlan:
    began = now - (size.exercises - size.to_come + 2) * _WEEK
    instructor = Someone(f"teacher{number}", called.pop())
    assistants = tuple(
        Someone(f"assistant{number}{letter}", called.pop())
        for letter in "abcdefgh"[: size.assistants]
    )
    students = tuple(
        Someone(
            username=f"s{number}{place:04}",
            name=called.pop(),
            section=_SECTIONS[place % len(_SECTIONS)],
            skill=draw.betavariate(2.2, 2.2),
        )
        for place in range(1, size.students + 1)
    )
    tasks = _tasks(_asked(catalog, size.exercises), size, students, now, draw)
    return CoursePlan(size.id, size.title, began, instructor, assistants, students, tasks)


def _asked(catalog: Catalog, count: int) -> list[CodeExercise | QuizExercise]:
    """Graded exercises of the catalogue, in its order, evenly from all of it; a few are quizzes."""
    every = [
        one
        for one in catalog.exercises.values()
        if isinstance(one, QuizExercise) or (isinstance(one, CodeExercise) and one.graded)
    ]
    quizzes = [one for one in every if isinstance(one, QuizExercise)]
    programs = [one for one in every if isinstance(one, CodeExercise)]
    few = _evenly(quizzes, max(1, count // _OF_QUIZZES))
    chosen = {one.slug for one in (*few, *_evenly(programs, count - len(few)))}
    return [one for one in every if one.slug in chosen]


def _evenly(listed: list[_Listed], count: int) -> list[_Listed]:
    count = min(count, len(listed))
    return [listed[(2 * place + 1) * len(listed) // (2 * count)] for place in range(count)]


def _tasks(
    asked: list[CodeExercise | QuizExercise],
    size: CourseSize,
    students: tuple[Someone, ...],
    now: datetime,
    draw: Random,
) -> tuple[Task, ...]:
    pairs = _pairs(students, draw)
    endless = set(draw.sample(range(len(asked)), min(size.endless, len(asked))))
    tasks = []
    for place, exercise in enumerate(asked):
        due = _days_end(now - (len(asked) - size.to_come - 1 - place) * _WEEK - 3 * _DAY)
        rules = Rules(
            opens_at=due - 2 * _WEEK,
            due_at=due,
            closes_at=due + 5 * _DAY,
            late_penalty=_LATE_PENALTY,
            attempts=20 if place % 3 == 2 else None,
        )
        extensions = _extensions(students, due, draw)
        answers = programs_of(exercise) if isinstance(exercise, CodeExercise) else exercise
        work = [
            attempt
            for student in students
            for attempt in work_of(
                answers,
                student.username,
                student.skill,
                rules,
                closes=_closes(rules, extensions.get(student.username)),
                now=now,
                draw=Random(f"{size.id}/{exercise.slug}/{student.username}/{draw.random()}"),
                loops=place in endless and student is students[place % len(students)],
            )
        ]
        if isinstance(answers, Programs) and place % 2 == 1:
            for one, other in pairs:
                work = copied(work, one, other, answers, rules, now, draw)
        work.sort(key=lambda attempt: (attempt.at, attempt.student))
        tasks.append(Task(exercise, rules, tuple(work), extensions))
    return tuple(tasks)


def _pairs(students: tuple[Someone, ...], draw: Random) -> list[tuple[str, str]]:
    chosen = draw.sample(students, 2 * min(_PAIRS, len(students) // 6))
    return [(a.username, b.username) for a, b in zip(chosen[::2], chosen[1::2], strict=True)]


def _extensions(students: tuple[Someone, ...], due: datetime, draw: Random) -> dict[str, Extension]:
    chosen = draw.sample(students, max(1, len(students) // 60))
    return {
        student.username: Extension(
            due_at=due + 4 * _DAY, closes_at=due + 9 * _DAY, reason=draw.choice(_REASONS)
        )
        for student in chosen
    }


def _closes(rules: Rules, extension: Extension | None) -> datetime:
    closes = extension.closes_at if extension else rules.closes_at
    assert closes is not None
    return closes


def _days_end(moment: datetime) -> datetime:
    local = moment.astimezone(ZoneInfo(TIME_ZONE))
    return local.replace(hour=23, minute=59, second=0, microsecond=0).astimezone(UTC)
