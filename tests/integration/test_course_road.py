"""Each exercise of the course goes the whole road over HTTP, from its page to the report."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from exercises.catalog.reading import read_catalog
from exercises.exercise import AnyExercise, QuizExercise
from exercises.quiz.questions import drawn, variant
from tests.integration.conftest import graded
from tests.patience import PATIENCE_SECONDS
from tests.whole_service import WholeService

EXERCISES = read_catalog().exercises
STUDENT = "Zoë"


@pytest.fixture(scope="module")
def site(course_service: WholeService) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=course_service.address, timeout=PATIENCE_SECONDS) as client:
        yield client


@pytest.mark.parametrize("exercise", EXERCISES.values(), ids=EXERCISES)
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
