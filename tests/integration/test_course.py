"""The course: each exercise checks out, and goes the whole road over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from exercises.catalog.reading import COURSE, read_catalog
from exercises.exercise import AnyExercise, QuizExercise
from exercises.quiz.questions import drawn, variant
from grader.authoring.solvability import check_exercise
from grader.authoring.step import Bench, Level
from tests.integration.conftest import graded, serving
from worker.sandbox.sandbox import Sandbox

CATALOG = read_catalog()
EXERCISES = pytest.mark.parametrize("exercise", CATALOG.exercises.values(), ids=CATALOG.exercises)
STUDENT = "Zoë"


@pytest.fixture(scope="module")
def site() -> Iterator[httpx.Client]:
    """The whole service on the course."""
    with serving(COURSE) as client:
        yield client


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as opened:
        yield opened


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


@EXERCISES
def test_a_right_answer_goes_the_whole_road(exercise: AnyExercise, site: httpx.Client) -> None:
    page = site.get(f"/exercises/{exercise.slug}", params={"student": STUDENT})
    assert page.status_code == 200
    assert exercise.title in page.text
    body: dict[str, Any] = {"exercise": exercise.slug, "student": STUDENT}
    if isinstance(exercise, QuizExercise):
        chosen = variant("", STUDENT, exercise.slug)
        asked = drawn(exercise.questions, exercise.quiz, chosen)
        body["answers"] = {question.id: question.right for question in asked}
    else:
        answer = exercise.folder / "reference.py"
        body["source"] = answer.read_text() if answer.is_file() else exercise.starter
    sent = site.post("/api/v1/submissions", json=body)
    assert sent.status_code == 202, sent.text
    submission = graded(site, sent.json()["id"])
    report = submission["report"]
    assert report["verdict"] == "passed", report["findings"]
    assert report["score"] == report["max_score"] == exercise.max_score
    assert site.get(submission["links"]["page"]).status_code == 200
    for figure in report["figures"]:
        drawn_now = site.get(figure["links"]["image/png"])
        assert drawn_now.status_code == 200
        assert drawn_now.headers["Content-Type"] == "image/png"
