from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import TestResponse

from grader.app import create_app
from grader.desks.problems import BODY_LIMIT_BYTES, PROBLEM_TYPES
from grader.settings import Settings
from tests.unit.grader.conftest import Service, serving
from worker.source import SOURCE_BYTES

ADDRESS = "/api/v1/submissions"
SOURCE = "def f(z):\n    return z\n"


@pytest.fixture(scope="module")
def refusing(module_settings: Settings) -> Iterator[Service]:
    """One service for all that is refused or only looked at, as nothing comes of it."""
    with serving(module_settings) as made:
        yield made


def problem(answer: TestResponse, slug: str) -> dict[str, Any]:
    """Check the form that every problem has, and return it."""
    assert answer.mimetype == "application/problem+json", answer.text
    body: dict[str, Any] = answer.get_json()
    kind = PROBLEM_TYPES[slug]
    assert body["type"] == f"/problems/{slug}", body
    assert answer.status_code == body["status"] == kind.status
    assert body["title"] == kind.title
    assert body["detail"]
    assert body["request_id"] == answer.headers["X-Request-Id"]
    return body


def send(service: Service, data: bytes | str, kind: str | None = "application/json") -> Any:
    return service.client.post(ADDRESS, data=data, content_type=kind)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"   ",
        b"source=1",
        b'{"source": "a',
        b'{"source": "line\nbreak"}',
        b"{'source': ''}",
        b'{"source": NaN}',
        b'{"source": "x", "n": -Infinity}',
        b"\xef\xbb\xbf{}",
        b"[" * 100_000,
        b'{"source": ' + b"9" * 10_000 + b"}",
    ],
    ids=lambda data: repr(data[:24]),
)
def test_a_body_that_is_not_json(refusing: Service, data: bytes) -> None:
    problem(send(refusing, data), "not-json")


def test_broken_json_is_located(refusing: Service) -> None:
    body = problem(send(refusing, b'{\n  "source": }'), "not-json")
    assert "line 2, column 13" in body["detail"]


def test_a_body_that_is_not_utf8(refusing: Service) -> None:
    body = problem(send(refusing, '{"source": "é"}'.encode("latin-1")), "not-utf-8")
    assert "position 12" in body["detail"]


@pytest.mark.parametrize("kind", [None, "text/plain", "application/x-www-form-urlencoded"])
def test_a_wrong_content_type(refusing: Service, kind: str | None) -> None:
    answer = send(refusing, json.dumps({"source": SOURCE}), kind)
    problem(answer, "media-type")
    assert answer.headers["Accept-Post"] == "application/json"


@pytest.mark.parametrize(
    ("body", "pointer", "message"),
    [
        ({}, "#/source", "required"),
        ({"source": None}, "#/source", "string"),
        ({"source": 1}, "#/source", "string"),
        ({"source": "", "sauce": 1}, "#/sauce", "nothing of this name"),
        ({"source": "", "a/b~c é": 1}, "#/a~1b~0c%20%C3%A9", "nothing of this name"),
        ({"source": "", "student": "x" * 201}, "#/student", "200"),
        ({"source": "", "student": "a\nb"}, "#/student", "control characters"),
        ({"source": "", "course": "a\0"}, "#/course", "control characters"),
        ({"source": "\ud800"}, "#/source", "surrogate"),
        ({"source": "", "student": "\udfff"}, "#/student", "surrogate"),
        ({"source": "", "\ud800": 1}, "#", "surrogate"),
        ([], "#", "object"),
        ("a string", "#", "object"),
        (json.dumps({"source": ""}), "#", "object"),
        (None, "#", "object"),
    ],
)
def test_a_field_that_does_not_fit(
    refusing: Service, body: object, pointer: str, message: str
) -> None:
    (error,) = problem(send(refusing, json.dumps(body)), "invalid")["errors"]
    assert error["pointer"] == pointer
    assert message in error["message"]


def test_thousands_of_unknown_fields_are_not_all_listed(refusing: Service) -> None:
    body = {"source": SOURCE} | {f"x{number}": 1 for number in range(3_000)}
    found = problem(send(refusing, json.dumps(body)), "invalid")
    assert "3000" in found["detail"]
    assert len(found["errors"]) == 20


def test_the_longest_source_is_accepted_however_it_is_escaped(service: Service) -> None:
    data = '{"source": "' + "\\u0061" * SOURCE_BYTES + '"}'
    assert send(service, data).status_code == 202


@pytest.mark.parametrize("source", ["a" * (SOURCE_BYTES + 1), "é" * 32_769])
def test_a_source_that_is_too_long(refusing: Service, source: str) -> None:
    body = problem(refusing.post({"source": source}), "source-too-long")
    assert "65,536" in body["detail"]
    assert body["errors"][0]["pointer"] == "#/source"
    assert refusing.desk.submissions.latest() == []


def test_a_body_that_is_too_large(refusing: Service) -> None:
    problem(send(refusing, b" " * (BODY_LIMIT_BYTES + 1)), "body-too-large")


def test_a_body_in_chunks_is_not_cut_at_the_limit_but_refused(refusing: Service) -> None:
    # Cut at the limit this would be valid JSON, and something else than what was sent.
    body = b'{"source": ""}' + b" " * BODY_LIMIT_BYTES + b"x"
    answer = refusing.client.post(
        ADDRESS,
        input_stream=io.BytesIO(body),
        content_type="application/json",
        headers={"Transfer-Encoding": "chunked"},
        environ_overrides={"wsgi.input_terminated": True},
    )
    problem(answer, "body-too-large")
    assert refusing.desk.submissions.latest() == []


@pytest.mark.parametrize("slug", ["nix", "", "../affine", "\0", "Affine"])
def test_an_unknown_exercise(refusing: Service, slug: str) -> None:
    body = problem(refusing.post({"source": SOURCE, "exercise": slug}), "unknown-exercise")
    assert "affine" in body["detail"]
    assert body["errors"][0]["pointer"] == "#/exercise"


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/submissions/01aaaaaaaaaaaaaaaaaaaaaaaa",
        "/api/v1/submissions/%00",
        "/api/v1/submissions/é",
        "/api/v1/submissions/" + "a" * 5_000,
        "/api/v1/submissions/nix/source",
        "/api/v1/submissions/nix/figures/density.png",
        "/api/v1/exercises/nix",
        "/api/v1/nix",
        "/nix",
        "/problems/nix",
        "/submissions/nix",
    ],
)
def test_nothing_is_there(refusing: Service, path: str) -> None:
    problem(refusing.client.get(path), "not-found")


def test_a_method_that_is_not_taken(refusing: Service) -> None:
    answer = refusing.client.delete(ADDRESS)
    body = problem(answer, "method-not-allowed")
    assert "POST" in answer.headers["Allow"]
    assert "DELETE" in body["detail"]


@pytest.mark.parametrize("cursor", ["%00", "a b", "é", "a" * 65])
def test_a_bad_cursor(refusing: Service, cursor: str) -> None:
    body = problem(refusing.client.get(f"{ADDRESS}?before={cursor}"), "bad-cursor")
    assert body["errors"][0]["parameter"] == "before"


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("limit=0", "limit"),
        ("limit=201", "limit"),
        ("limit=x", "limit"),
        ("color=red", "color"),
        ("student=%00", "student"),
    ],
)
def test_a_bad_query(refusing: Service, query: str, parameter: str) -> None:
    (error,) = problem(refusing.client.get(f"{ADDRESS}?{query}"), "invalid")["errors"]
    assert error["parameter"] == parameter


def test_what_is_accepted_survives_a_queue_that_is_down(settings: Settings, tmp_path: Path) -> None:
    app = create_app(replace(settings, broker_url=f"unix://{tmp_path}/nothing.sock"))
    client = app.test_client()
    answer = client.post(ADDRESS, json={"source": SOURCE}, headers={"Prefer": "wait=1"})
    assert answer.status_code == 202
    assert client.get(answer.headers["Location"]).get_json()["state"] == "accepted"
    health = client.get("/api/v1/health")
    assert (health.status_code, health.get_json()["status"]) == (200, "degraded")
    parts = {part["name"]: part["ok"] for part in health.get_json()["parts"]}
    assert [parts[name] for name in ("database", "queue", "dispatch", "workers")] == [
        True,
        False,
        False,
        False,
    ]
    app.extensions["desk"].engine.dispose()


def test_a_database_that_is_down(
    settings: Settings, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    app = create_app(replace(settings, database_url=f"sqlite:///{tmp_path}/no/folder.db"))
    client = app.test_client()
    answer = client.post(ADDRESS, json={"source": SOURCE})
    problem(answer, "store-unavailable")
    assert int(answer.headers["Retry-After"]) > 0
    health = client.get("/api/v1/health")
    assert (health.status_code, health.get_json()["status"]) == (503, "down")
    page = client.get("/submissions", headers={"Accept": "text/html"})
    assert page.status_code == 503
    assert page.mimetype == "text/html"
    assert "the database fails" in caplog.text


def test_a_failing_statement_puts_no_student_into_the_log(
    service: Service, caplog: pytest.LogCaptureFixture
) -> None:
    with service.desk.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE submissions RENAME TO gone")
    answer = service.post({"source": "SECRET = 1", "student": "SECRET"})
    problem(answer, "store-unavailable")
    assert "the database fails" in caplog.text
    assert "SECRET" not in caplog.text + answer.text


def test_a_failure_of_ours_shows_nothing_of_its_inside(
    refusing: Service, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("the password is hunter2")

    monkeypatch.setattr(type(refusing.desk.submissions), "latest", fail)
    with caplog.at_level(logging.ERROR):
        answer = refusing.client.get(ADDRESS)
        page = refusing.client.get("/submissions", headers={"Accept": "text/html"})
    body = problem(answer, "internal-error")
    assert "hunter2" not in answer.text + page.text
    assert "Traceback" not in answer.text + page.text
    assert page.status_code == 500
    assert body["request_id"] in caplog.text
    assert "hunter2" in caplog.text


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://localhost:9999"},
    ],
)
@pytest.mark.parametrize("path", [ADDRESS, "/submissions"])
def test_another_site_may_not_submit(refusing: Service, headers: dict[str, str], path: str) -> None:
    if path == ADDRESS:
        answer = refusing.client.post(path, json={"source": SOURCE}, headers=headers)
    else:
        answer = refusing.client.post(path, data={"source": SOURCE}, headers=headers)
    problem(answer, "cross-site")
    assert refusing.desk.submissions.latest() == []


@pytest.mark.parametrize(
    "headers",
    [{}, {"Sec-Fetch-Site": "same-origin"}, {"Origin": "http://localhost"}],
)
def test_our_own_pages_and_programs_may_submit(service: Service, headers: dict[str, str]) -> None:
    assert service.post({"source": SOURCE}, **headers).status_code == 202


@pytest.mark.parametrize(
    "host", ["evil.example", "localhost.evil.example", "evil.example:80", "a b"]
)
def test_a_rebound_host_name_is_refused(refusing: Service, host: str) -> None:
    for path in (ADDRESS, "/", "/submissions"):
        problem(
            refusing.client.get(path, headers={"Host": host, "Accept": "text/html"}), "unknown-host"
        )
    answer = refusing.client.post(ADDRESS, json={"source": SOURCE}, headers={"Host": host})
    problem(answer, "unknown-host")
    assert refusing.desk.submissions.latest() == []


@pytest.mark.parametrize("host", ["localhost:8000", "127.0.0.1:1", "[::1]:8000"])
def test_loopback_names_are_served_on_any_port(refusing: Service, host: str) -> None:
    assert refusing.client.get("/", headers={"Host": host}).status_code == 200


def test_further_host_names_are_a_setting(settings: Settings) -> None:
    app = create_app(replace(settings, demo=False, allowed_hosts=("grader.example",)))
    assert app.test_client().get("/help", headers={"Host": "grader.example"}).status_code == 200
    app.extensions["desk"].engine.dispose()


def test_people_get_a_page_and_programs_a_document(refusing: Service) -> None:
    page = refusing.client.get("/nix", headers={"Accept": "text/html,*/*;q=0.8"})
    assert (page.status_code, page.mimetype) == (404, "text/html")
    assert "There is nothing at this address" in page.text
    browser_on_the_api = refusing.client.get("/api/v1/nix", headers={"Accept": "text/html"})
    assert browser_on_the_api.mimetype == "application/problem+json"


@pytest.mark.parametrize("slug", PROBLEM_TYPES)
def test_every_problem_type_has_its_page(refusing: Service, slug: str) -> None:
    answer = refusing.client.get(f"/problems/{slug}")
    assert answer.status_code == 200
    assert PROBLEM_TYPES[slug].title.partition("'")[0] in answer.text
    assert f"/problems/{slug}" in refusing.client.get("/problems").text


def test_every_answer_carries_the_security_headers(refusing: Service) -> None:
    for path in ("/", "/api/v1/exercises", "/nix", "/static/style.css", "/schemas/report-v1.json"):
        answer = refusing.client.get(path)
        answer.close()
        headers = answer.headers
        assert headers["X-Content-Type-Options"] == "nosniff", path
        assert headers["X-Frame-Options"] == "DENY"
        assert headers["Referrer-Policy"] == "same-origin"
        policy = headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'none'")
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert len(headers["X-Request-Id"]) == 16
