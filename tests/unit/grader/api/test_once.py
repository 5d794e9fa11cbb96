"""What the API promises of requests that carry an Idempotency-Key."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Response
from sqlalchemy import func, select, update
from werkzeug.test import TestResponse

from grader.api.http.once import takes_key
from grader.app import create_app
from grader.dispatch.housekeeping import Housekeeping
from grader.settings import Settings
from grader.store.database import reading, writing
from grader.store.models import CourseRow, RequestRow, SubmissionRow
from grader.store.requests import LIFETIME
from tests.unit.grader.town import Town

ADDRESS = "/api/v1/submissions"
PROGRAM = {"source": "def f(z):\n    return z\n"}


@pytest.fixture
def place(settings: Settings) -> Iterator[Town]:
    """A town of the test's own."""
    made = Town(create_app(replace(settings, demo=False)))
    made.build()
    yield made
    made.desk.engine.dispose()
    made.desk.broker.close()


def post(
    town: Town, who: str, address: str, body: object, key: str, **headers: str
) -> TestResponse:
    sent = {"Sec-Fetch-Site": "same-origin", "Idempotency-Key": key, **headers}
    return town.client(who).post(address, json=body, headers=sent)


def count(town: Town, table: Any) -> int:
    with reading(town.desk.engine) as connection:
        return connection.scalar(select(func.count()).select_from(table)) or 0


def test_a_submission_that_is_sent_again_is_the_same_one(place: Town) -> None:
    before = count(place, SubmissionRow)
    first = post(place, "ann", ADDRESS, PROGRAM, "k1")
    again = post(place, "ann", ADDRESS, PROGRAM, "k1")
    assert (first.status_code, again.status_code) == (202, 202)
    assert first.get_json()["id"] == again.get_json()["id"]
    assert first.headers["Location"] == again.headers["Location"]
    assert "Idempotency-Replayed" not in first.headers
    assert again.headers["Idempotency-Replayed"] == "true"
    assert count(place, SubmissionRow) == before + 1


def test_a_repetition_shows_the_submission_as_it_is_by_then(service: Any) -> None:
    headers = {"Idempotency-Key": "k1"}
    first = service.post({"source": "def f(z):\n    return z\n"}, **headers)
    id_ = first.get_json()["id"]
    service.hand_out()
    service.begin(id_)
    service.record(id_, service.report())
    again = service.post({"source": "def f(z):\n    return z\n"}, **headers)
    assert first.status_code == 202
    assert again.status_code == 201
    assert again.get_json()["id"] == id_
    assert again.get_json()["report"]["verdict"] == "passed"


def test_an_answer_that_is_kept_is_the_same_to_the_byte(place: Town) -> None:
    body = {"id": "green", "title": "Green"}
    first = post(place, "op", "/api/v1/courses", body, "k1")
    place.desk.courses.courses.change("green", title="Another")
    again = post(place, "op", "/api/v1/courses", body, "k1")
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.data == first.data
    for name in ("Location", "Content-Type"):
        assert again.headers[name] == first.headers[name]
    assert again.headers["Idempotency-Replayed"] == "true"


def test_a_key_in_quotes_is_the_same_as_without(place: Town) -> None:
    first = post(place, "ann", ADDRESS, PROGRAM, '"a key"')
    again = post(place, "ann", ADDRESS, PROGRAM, "a key")
    assert again.get_json()["id"] == first.get_json()["id"]


@pytest.mark.parametrize("key", ["", '""', '"open', "é", "x" * 256, '"a\\b"'])
def test_a_key_that_can_not_be_read_is_refused(place: Town, key: str) -> None:
    before = count(place, SubmissionRow)
    answer = post(place, "ann", ADDRESS, PROGRAM, key)
    assert answer.status_code == 422
    assert answer.get_json()["errors"][0]["parameter"] == "Idempotency-Key"
    assert count(place, SubmissionRow) == before


@pytest.mark.parametrize(
    ("address", "body"),
    [(ADDRESS, {"source": "def f(z):\n    return 2 * z\n"}), ("/api/v1/courses", PROGRAM)],
    ids=["another body", "another address"],
)
def test_a_key_belongs_to_one_request(place: Town, address: str, body: object) -> None:
    post(place, "op", ADDRESS, PROGRAM, "k1")
    before = count(place, SubmissionRow)
    answer = post(place, "op", address, body, "k1")
    assert answer.status_code == 422
    assert answer.get_json()["type"] == "/problems/idempotency-key-reused"
    assert count(place, SubmissionRow) == before


def test_the_keys_of_one_person_are_not_those_of_another(place: Town) -> None:
    ann = post(place, "ann", ADDRESS, PROGRAM, "k1").get_json()
    bob = post(place, "bob", ADDRESS, PROGRAM, "k1").get_json()
    assert ann["id"] != bob["id"]


def test_whoever_may_no_longer_do_it_is_not_told_what_was_answered(place: Town) -> None:
    body = {"role": "student", "days": 1}
    address = "/api/v1/courses/blue/invitations"
    assert post(place, "ivo", address, body, "k1").status_code == 201
    place.desk.courses.memberships.remove("blue", place.people["ivo"].id)
    assert post(place, "ivo", address, body, "k1").status_code == 404


def test_a_refusal_keeps_nothing_and_leaves_the_key_free(place: Town) -> None:
    body = {"source": "def f(z): return z", "assignment": "nix"}
    assert post(place, "ann", ADDRESS, body, "k1").status_code == 422
    assert count(place, RequestRow) == 0
    assert post(place, "ann", ADDRESS, PROGRAM, "k1").status_code == 202


def test_a_secret_is_answered_once_and_kept_nowhere(place: Town) -> None:
    address, body = "/api/v1/courses/blue/invitations", {"days": 1}
    first = post(place, "ivo", address, body, "k1")
    again = post(place, "ivo", address, body, "k1")
    assert first.status_code == 201
    assert again.status_code == 409
    assert again.get_json()["type"] == "/problems/answer-not-kept"
    with reading(place.desk.engine) as connection:
        (row,) = connection.execute(select(RequestRow)).all()
    secret = first.get_json()["link"].rpartition("/")[2].encode()
    assert secret not in repr(tuple(row)).encode()
    assert row.body is None
    listed = place.get("ivo", address).get_json()["items"]
    assert len(listed) == 1, "it was made once"


class Failed(Exception):
    """The service dies here."""


def test_what_fails_after_it_was_written_is_taken_back_with_its_key(
    place: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    courses, seen = place.desk.courses.courses, list[str]()

    def fail(*_: object) -> None:
        seen.extend(course.id for course in courses.all())
        raise Failed

    body = {"id": "green", "title": "Green"}
    with monkeypatch.context() as patch:
        patch.setattr("grader.api.endpoints.courses._shown", fail)
        assert post(place, "op", "/api/v1/courses", body, "k1").status_code == 500
    assert "green" in seen, "it was written"
    assert "green" not in {course.id for course in courses.all()}
    assert count(place, RequestRow) == 0
    assert post(place, "op", "/api/v1/courses", body, "k1").status_code == 201


def test_a_view_that_answers_with_a_refusal_has_done_nothing_either(
    place: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = {"id": "green", "title": "Green"}
    with monkeypatch.context() as patch:
        patch.setattr("grader.api.endpoints.courses._shown", lambda *_: Response("no", status=409))
        refused = post(place, "op", "/api/v1/courses", body, "k1")
    assert (refused.status_code, refused.text) == (409, "no")
    assert place.desk.courses.courses.get("green") is None
    assert count(place, RequestRow) == 0
    assert post(place, "op", "/api/v1/courses", body, "k1").status_code == 201


def test_of_eight_at_once_one_is_done_and_all_are_answered_alike(place: Town) -> None:
    body = {"id": "green", "title": "Green"}
    start, answers = threading.Barrier(8), list[TestResponse]()

    def send() -> None:
        client = place.app.test_client()
        cookie = place.client("op").get_cookie("pushforward_session")
        assert cookie is not None
        client.set_cookie("pushforward_session", cookie.value)
        start.wait()
        headers = {"Sec-Fetch-Site": "same-origin", "Idempotency-Key": "k1"}
        answers.append(client.post("/api/v1/courses", json=body, headers=headers))

    threads = [threading.Thread(target=send) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [one.status_code for one in answers] == [201] * 8
    assert len({one.data for one in answers}) == 1
    assert sum("Idempotency-Replayed" in one.headers for one in answers) == 7
    with reading(place.desk.engine) as connection:
        rows = connection.scalar(select(func.count()).where(CourseRow.id == "green"))
    assert rows == 1


def test_no_key_is_kept_for_ever(place: Town) -> None:
    first = post(place, "ann", ADDRESS, PROGRAM, "k1").get_json()["id"]
    with writing(place.desk.engine) as connection:
        old = datetime.now(UTC) - LIFETIME - timedelta(seconds=1)
        connection.execute(update(RequestRow).values(at=old))
    again = post(place, "ann", ADDRESS, PROGRAM, "k1")
    assert "Idempotency-Replayed" not in again.headers
    assert again.get_json()["id"] != first
    assert count(place, RequestRow) == 1
    Housekeeping(place.desk.engine).tidy(datetime.now(UTC))
    assert count(place, RequestRow) == 1, "the new one holds"
    Housekeeping(place.desk.engine).tidy(datetime.now(UTC) + LIFETIME)
    assert count(place, RequestRow) == 0


def test_every_post_of_the_api_says_that_it_takes_a_key(place: Town) -> None:
    document = place.get("op", "/api/v1/openapi.json").get_json()
    endpoints = {
        re.sub(r"<(?:[^<:]+:)?([^>]+)>", r"{\1}", rule.rule): rule.endpoint
        for rule in place.app.url_map.iter_rules()
        if "POST" in (rule.methods or ())
    }
    posts = {
        address: methods["post"]
        for address, methods in document["paths"].items()
        if "post" in methods
    }
    assert len(posts) > 4
    for address, operation in posts.items():
        parameters = [one.get("$ref", "") for one in operation["parameters"]]
        said = "#/components/parameters/IdempotencyKey" in parameters
        assert said is takes_key(endpoints[address]), address
        # What stores nothing can be sent again.
        assert said or address in {
            "/api/v1/previews",
            "/api/v1/assignments/{id}/batches/dry-run",
        }
