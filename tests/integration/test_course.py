"""The course: each exercise checks out, with its right answers and with each mistake."""

from __future__ import annotations

import pytest

from exercises.catalog.reading import read_catalog
from exercises.exercise import AnyExercise
from grader.authoring.solvability import check_exercise
from grader.authoring.step import Bench, Level
from worker.sandbox.sandbox import Sandbox

CATALOG = read_catalog()
EXERCISES = pytest.mark.parametrize("exercise", CATALOG.exercises.values(), ids=CATALOG.exercises)


def test_no_exercise_is_broken() -> None:
    assert CATALOG.broken == {}
    assert len(CATALOG.exercises) >= 24


@EXERCISES
def test_right_answers_pass_and_each_mistake_gets_its_verdict(
    exercise: AnyExercise, sandbox: Sandbox
) -> None:
    bench = Bench(exercise, sandbox, seeds=(20,), mutants=0, progress=lambda words: None)
    steps = list(check_exercise(bench))
    assert [step for step in steps if step.level is Level.PROBLEM] == []
    assert len(steps) >= 2
