from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from exercises.outcome import Outcome, Verdict
from exercises.report import Finding, Status
from grader.dispatch.wait import Waiting
from tests.patience import PATIENCE_SECONDS

if TYPE_CHECKING:
    from tests.unit.grader.conftest import Service

SOURCE = "def f(z):\n    return z\n"


@contextmanager
def a_worker_grades_the_next(service: Service, delay_seconds: float = 0.2) -> Iterator[None]:
    """Grades the first submission that arrives while the block runs."""

    def work() -> None:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            waiting = service.desk.submissions.latest(limit=1)
            if waiting:
                time.sleep(delay_seconds)
                service.hand_out()
                service.begin(waiting[0].id)
                service.record(waiting[0].id, service.report())
                return
            time.sleep(0.01)

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield
    finally:
        thread.join()


def test_a_submission_is_accepted_at_once_and_can_be_followed(service: Service) -> None:
    answer = service.post({"source": SOURCE, "student": "Ada", "course": "ML"})
    assert answer.status_code == 202
    assert int(answer.headers["Retry-After"]) >= 1
    body = answer.get_json()
    assert answer.headers["Location"].endswith(f"/api/v1/submissions/{body['id']}")
    assert body["state"] == "accepted"
    assert body["exercise"] == "playground"
    assert (body["student"], body["course"]) == ("Ada", "ML")
    assert body["place"] == 1
    assert body["report"] is None
    assert body["attempt"] == 0
    again = service.client.get(answer.headers["Location"])
    assert again.status_code == 200
    assert again.get_json()["id"] == body["id"]
    assert int(again.headers["Retry-After"]) >= 1


def test_the_state_place_and_report_follow_the_grading(service: Service) -> None:
    first, second = service.submit(student="a"), service.submit(student="b")
    assert service.get(second).get_json()["place"] == 2
    service.hand_out()
    assert service.get(first).get_json()["state"] == "queued"
    service.begin(first)
    running = service.get(first).get_json()
    assert (running["state"], running["place"], running["attempt"]) == ("running", None, 1)
    assert running["started_at"] is not None
    service.record(first, service.report())
    answer = service.get(first)
    graded = answer.get_json()
    assert graded["state"] == "graded"
    assert graded["report"]["verdict"] == "passed"
    assert graded["report"]["findings"][1]["evidence"]["witness"]["gap"] == 0.0
    assert graded["graded_at"] is not None
    assert "Retry-After" not in answer.headers


def test_the_seed_is_ours_and_differs(service: Service) -> None:
    ids = [service.submit() for _ in range(3)]
    seeds = {service.stored(id_).seed for id_ in ids}
    assert len(seeds) == 3
    assert all(0 <= seed < 2**53 for seed in seeds)
    assert service.post({"source": SOURCE, "seed": 1}).status_code == 422
    assert "seed" not in service.get(ids[0]).get_json()


@pytest.mark.parametrize(
    "source",
    [
        "",
        "\0",
        "def f(z):\n    return z\0",
        "def f(z:",
        "x = 1",
        "é" * 32_768,
        "# \u202e\U0001f600",
    ],
)
def test_any_text_within_the_limit_is_accepted_and_kept(service: Service, source: str) -> None:
    id_ = service.submit(source)
    assert service.stored(id_).source == source
    download = service.client.get(f"/api/v1/submissions/{id_}/source")
    assert download.data == source.encode()
    assert download.headers["Content-Disposition"].startswith("attachment")


def test_prefer_wait_returns_the_report_in_the_one_answer(service: Service) -> None:
    with a_worker_grades_the_next(service):
        answer = service.post({"source": SOURCE}, Prefer="wait=30")
    assert answer.status_code == 201
    assert answer.headers["Preference-Applied"] == "wait=30"
    assert answer.get_json()["report"]["verdict"] == "passed"
    assert answer.headers["Location"].endswith(answer.get_json()["id"])
    assert "Retry-After" not in answer.headers


def test_a_wait_that_is_over_answers_202(service: Service) -> None:
    answer = service.post({"source": SOURCE}, Prefer="wait=1")
    assert answer.status_code == 202
    assert answer.headers["Preference-Applied"] == "wait=1"
    assert answer.get_json()["report"] is None


def test_the_wait_works_for_reading_too(service: Service) -> None:
    with a_worker_grades_the_next(service):
        id_ = service.submit()
        answer = service.get(id_, Prefer="wait=30")
    assert answer.status_code == 200
    assert answer.headers["Preference-Applied"] == "wait=30"
    assert answer.get_json()["state"] == "graded"
    assert "Prefer" in answer.headers["Vary"]


def test_beyond_the_cap_of_waits_nobody_waits(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    def wait_for(*_: object) -> None:
        raise AssertionError("it waited all the same")

    monkeypatch.setattr(Waiting, "wait_for", wait_for)
    # The fixture's service allows one wait at a time, and this is it.
    assert service.desk.waits.acquire(blocking=False)
    answer = service.post({"source": SOURCE}, Prefer="wait=30")
    assert answer.status_code == 202
    assert "Preference-Applied" not in answer.headers


def test_a_wait_gives_its_place_back(service: Service) -> None:
    for _ in range(2):
        answer = service.post({"source": SOURCE}, Prefer="wait=1")
        assert answer.headers["Preference-Applied"] == "wait=1"


@pytest.mark.parametrize("prefer", ["wait=soon", "wait=-1", "nonsense;;=", "respond-async"])
def test_another_preference_is_ignored(service: Service, prefer: str) -> None:
    answer = service.post({"source": SOURCE}, Prefer=prefer)
    assert answer.status_code == 202
    assert "Preference-Applied" not in answer.headers


def test_an_unchanged_submission_is_not_sent_again(service: Service) -> None:
    id_ = service.graded()
    tag = service.get(id_).headers["ETag"]
    unchanged = service.get(id_, **{"If-None-Match": tag})
    assert (unchanged.status_code, unchanged.data) == (304, b"")
    waiting = service.submit()
    tag = service.get(waiting).headers["ETag"]
    service.hand_out()
    assert service.get(waiting, **{"If-None-Match": tag}).status_code == 200


def test_the_list_is_newest_first_and_pages_by_cursor(service: Service) -> None:
    ids = [service.submit(student=f"s{number}") for number in range(5)]
    address: str | None = "/api/v1/submissions?limit=2"
    found, lengths = [], []
    while address:
        answer = service.client.get(address)
        body = answer.get_json()
        found += [item["id"] for item in body["items"]]
        lengths.append(len(body["items"]))
        address = body["next"]
        assert (f'<{address}>; rel="next"' == answer.headers.get("Link")) is bool(address)
    assert found == ids[::-1]
    assert lengths == [2, 2, 1]


def test_the_list_shows_verdict_and_score_and_hides_sources(service: Service) -> None:
    report = service.report(exercise="affine", verdict="partial", score=6.5, max_score=10)
    service.graded(report, exercise="affine", student="Ada")
    (item,) = service.client.get("/api/v1/submissions").get_json()["items"]
    assert (item["verdict"], item["score"], item["max_score"]) == ("partial", 6.5, 10)
    assert (item["state"], item["student"]) == ("graded", "Ada")
    assert "source" not in item
    assert "report" not in item


def test_the_list_can_be_narrowed_and_keeps_that_in_its_links(service: Service) -> None:
    for student in ("Ada", "Ada", "Kim"):
        service.submit(student=student, exercise="affine")
    service.submit(student="Ada")
    body = service.client.get("/api/v1/submissions?student=Ada&exercise=affine&limit=1").get_json()
    assert len(body["items"]) == 1
    more = service.client.get(body["next"]).get_json()
    assert len(more["items"]) == 1
    assert more["next"] is None
    assert {item["student"] for item in body["items"] + more["items"]} == {"Ada"}


def test_a_report_of_hostile_text_is_strict_json(service: Service) -> None:
    text = "</script>\0\x1b[31m\u202e\U0001f600"
    finding = Finding(check="function", status=Status.FAILED, message=text, line=1)
    report = service.report(
        verdict=Verdict.FAILED, outcome=Outcome.RUNTIME_ERROR, findings=[finding]
    )
    body = service.get(service.graded(report)).get_json()
    assert body["report"]["findings"][0]["message"] == text
