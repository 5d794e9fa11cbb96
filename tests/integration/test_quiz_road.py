"""A quiz over HTTP, from the page to the report, through every real program of the service."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

import httpx
import pytest

from grader.store.course.demo import DEMO_PERSON
from tests.integration.conftest import graded
from tests.patience import PATIENCE_SECONDS
from tests.whole_service import WholeService


@pytest.fixture(scope="module")
def site(small_service: WholeService) -> Iterator[httpx.Client]:
    """The whole service on the exercises of tests/data/course."""
    with httpx.Client(base_url=small_service.address, timeout=PATIENCE_SECONDS) as client:
        yield client


#: The right answers to tests/data/course/mixed, as a student knows them.
KEY = {
    "flow-exact": "true",
    "gan-likelihood": "false",
    "same-dimension": "false",
    "determinant": "quarter",
    "code": "fold",
}


def test_what_the_page_asks_is_what_the_worker_marks(site: httpx.Client) -> None:
    page = site.get("/exercises/mixed").text
    asked = list(dict.fromkeys(re.findall(r'type="radio" name="answer\.([^"]+)"', page)))
    assert len(asked) == 3
    hidden = dict(re.findall(r'<input type="hidden" [^>]*name="([^"]+)" value="([^"]*)">', page))
    form = {name: unescape(value) for name, value in hidden.items()}
    wrong, *others = asked
    form |= {f"answer.{question}": KEY[question] for question in others}
    sent = site.post("/submissions", data=form)
    assert sent.status_code == 303
    submission = graded(site, sent.headers["Location"].rpartition("/")[2])
    assert submission["student"] == DEMO_PERSON
    report = submission["report"]
    assert (report["verdict"], report["score"], report["max_score"]) == ("partial", 6.67, 10)
    marked = [finding["evidence"]["question"] for finding in report["findings"][1:]]
    assert marked == asked
    (unanswered,) = (f for f in report["findings"][1:] if f["status"] == "failed")
    assert unanswered["evidence"]["question"] == wrong
    assert "right." in site.get(sent.headers["Location"]).text


@pytest.mark.parametrize("labels", [{"student": "Kim"}, {"student": "Ada", "course": "ML"}, {}])
def test_the_api_shows_and_marks_the_same(site: httpx.Client, labels: dict[str, str]) -> None:
    shown = site.get("/api/v1/exercises/mixed", params=labels).json()["questions"]
    answers = {question["id"]: KEY[question["id"]] for question in shown}
    body = {"exercise": "mixed", "answers": answers, **labels}
    sent = site.post("/api/v1/submissions", json=body)
    assert sent.status_code == 202
    done = graded(site, sent.json()["id"])
    assert done["answers"] == answers
    assert done["report"]["score"] == 10


def test_students_are_asked_different_questions(site: httpx.Client) -> None:
    seen = {
        tuple(
            question["id"]
            for question in site.get(f"/api/v1/exercises/mixed?student={name}").json()["questions"]
        )
        for name in ("Kim", "Ada", "Zoe", "Bo")
    }
    assert len(seen) > 1
