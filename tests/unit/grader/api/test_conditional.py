"""What the API promises of conditional requests, of methods, and of requests' ids."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import Any

import pytest
from flask import Response
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from grader.app import create_app
from grader.settings import Settings
from tests.unit.grader.town import Town

METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
SAME = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def place(settings: Settings) -> Iterator[Town]:
    """A town of the test's own."""
    made = Town(create_app(replace(settings, demo=False)))
    made.build()
    yield made
    made.desk.engine.dispose()
    made.desk.broker.close()


def readable(town: Town) -> Iterator[str]:
    """What can be read of the API by what there is, by somebody who may do everything."""
    parts = {
        "course": "red",
        "slug": "affine",
        "person": town.people["ann"].id,
        "version": "v",
    }
    for rule in town.app.url_map.iter_rules():
        if not rule.rule.startswith("/api/v1/") or "GET" not in (rule.methods or ()):
            continue
        of = {"submissions": town.work["ann"], "assignments": town.opened["red"].id}
        known = parts | {"id": of.get(rule.rule.split("/")[3], "")}
        if rule.arguments <= {name for name, value in known.items() if value}:
            yield re.sub(r"<(?:[^<:]+:)?([^>]+)>", lambda part, own=known: own[part[1]], rule.rule)


def test_what_is_read_again_unchanged_is_not_sent_again(town: Town) -> None:
    seen = 0
    for address in readable(town):
        # What changes from one second to the next is not what this is about.
        answer = town.get("op", address)
        if answer.status_code != 200 or answer.cache_control.no_store:
            continue
        tag = answer.headers.get("ETag")
        assert tag is not None, address
        again = town.get("op", address, headers={"If-None-Match": tag})
        if address.endswith("/health"):
            continue
        assert again.status_code == 304, address
        assert again.data == b""
        assert again.headers["ETag"] == tag
        assert town.get("op", address, headers={"If-None-Match": '"x"'}).status_code == 200
        seen += 1
    assert seen >= 12


def test_a_view_need_not_think_of_it(place: Town) -> None:
    for kept in ("", "no-store"):
        headers = {"Cache-Control": kept} if kept else {}
        view = partial(Response, "{}", mimetype="application/json", headers=headers)
        place.app.view_functions["courses.index"] = view
        answer = place.get("op", "/api/v1/courses")
        assert ("ETag" in answer.headers) is (not kept)
        tag = answer.headers.get("ETag", '"x"')
        again = place.get("op", "/api/v1/courses", headers={"If-None-Match": tag})
        assert again.status_code == (200 if kept else 304)


def test_what_belongs_to_somebody_is_kept_by_no_cache_between(town: Town) -> None:
    for address in readable(town):
        answer = town.get("op", address)
        if answer.status_code == 200 and answer.mimetype == "application/json":
            kept = answer.cache_control
            assert kept.no_cache or kept.no_store or kept.max_age == 0, (address, str(kept))
            assert not kept.public or "/schemas/" in address or "openapi" in address, address


def test_another_etag_comes_with_another_state(place: Town) -> None:
    address = "/api/v1/courses/red"
    before = place.get("op", address).headers["ETag"]
    place.client("op").patch(address, json={"title": "Crimson"}, headers=SAME)
    after = place.get("op", address, headers={"If-None-Match": before})
    assert after.status_code == 200
    assert after.headers["ETag"] != before


@pytest.mark.parametrize(
    ("kind", "change"),
    [("course", {"title": "Crimson"}), ("assignment", {"attempts": 3})],
)
def test_a_change_is_made_only_to_what_was_seen(
    place: Town, kind: str, change: dict[str, Any]
) -> None:
    address = {
        "course": "/api/v1/courses/red",
        "assignment": f"/api/v1/assignments/{place.opened['red'].id}",
    }[kind]
    (name, value) = next(iter(change.items()))

    def patch(**headers: str) -> TestResponse:
        return place.client("op").patch(address, json=change, headers=SAME | headers)

    seen = place.get("op", address)
    stale = patch(**{"If-Match": '"stale"'})
    assert stale.status_code == 412
    assert stale.get_json()["type"] == "/problems/changed-meanwhile"
    assert place.get("op", address).data == seen.data
    assert patch(**{"If-Match": f'"other", {seen.headers["ETag"]}'}).status_code == 200
    assert place.get("op", address).get_json()[name] == value
    assert patch(**{"If-Match": seen.headers["ETag"]}).status_code == 412, "it has changed"
    assert patch(**{"If-Match": "*"}).status_code == 200
    weak = place.get("op", address).headers["ETag"]
    assert patch(**{"If-Match": f"W/{weak}"}).status_code == 412


def test_where_nothing_can_be_read_nothing_matches(place: Town) -> None:
    answer = place.client("op").delete(
        f"/api/v1/assignments/{place.opened['red'].id}/extensions/{place.people['ann'].id}",
        headers=SAME | {"If-Match": "*"},
    )
    assert answer.status_code == 412


def test_of_two_who_have_seen_the_same_one_changes_it(place: Town) -> None:
    address = "/api/v1/courses/red"
    tag = place.get("op", address).headers["ETag"]
    cookie = place.client("op").get_cookie("pushforward_session")
    assert cookie is not None
    start, answers = threading.Barrier(6), list[int]()

    def change(number: int) -> None:
        client = place.app.test_client()
        client.set_cookie("pushforward_session", cookie.value)
        start.wait()
        headers = SAME | {"If-Match": tag}
        answer = client.patch(address, json={"title": f"Red {number}"}, headers=headers)
        answers.append(answer.status_code)

    threads = [threading.Thread(target=change, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [200] + [412] * 5


def test_a_method_that_an_address_does_not_take_is_named_with_those_that_it_does(
    town: Town,
) -> None:
    rules = dict[str, set[str]]()
    for rule in town.app.url_map.iter_rules():
        if rule.rule.startswith("/api/"):
            rules.setdefault(_filled(rule), set()).update(rule.methods or ())
    assert len(rules) > 20
    for address, methods in rules.items():
        for method in METHODS - methods:
            answer = town.client("op").open(address, method=method, headers=SAME)
            assert answer.status_code == 405, (method, address)
            assert set(answer.headers["Allow"].split(", ")) == methods, address
            if method != "HEAD":
                assert answer.get_json()["type"] == "/problems/method-not-allowed"


def _filled(rule: Rule) -> str:
    return re.sub(r"<[^>]+>", "x", re.sub(r"<int:[^>]+>", "1", rule.rule))


@pytest.mark.parametrize("chosen", ["a-client_0.1", "x" * 64, "0123456789abcdef"])
def test_a_client_can_choose_the_id_of_its_request(
    town: Town, chosen: str, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> None:
        raise ValueError

    monkeypatch.setattr("grader.api.endpoints.courses.desk", fail)
    answer = town.get("op", "/api/v1/courses", headers={"X-Request-Id": chosen})
    assert answer.status_code == 500
    assert answer.headers["X-Request-Id"] == chosen
    assert answer.get_json()["request_id"] == chosen
    assert f"request {chosen} failed" in caplog.text


@pytest.mark.parametrize("chosen", ["short", "x" * 65, "a b c d e f", "<script>", "ümläutümläut"])
def test_what_could_be_misread_is_no_id(town: Town, chosen: str) -> None:
    answer = town.get("op", "/api/v1/courses", headers={"X-Request-Id": chosen})
    assert re.fullmatch(r"[0-9a-f]{16}", answer.headers["X-Request-Id"])
