"""Webhooks over the API: made, seen, tried, sent again; and what is sent fits its schema."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import jsonschema
import pytest
from werkzeug.test import TestResponse

from grader.store.webhook.outbox import Outbox
from grader.webhooks.event import SUBSCRIBABLE
from grader.webhooks.tried import Tried
from tests.unit.grader.town import Town

HOOKS = "/api/v1/courses/blue/webhooks"
URL = "https://lms.example.org/hook"
SAME_SITE = {"Sec-Fetch-Site": "same-origin"}


def make(town: Town, **fields: Any) -> dict[str, Any]:
    answer = town.post("ivo", HOOKS, {"url": URL} | fields)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.get_json()
    return made


def patch(town: Town, path: str, body: object) -> TestResponse:
    return town.client("ivo").patch(path, json=body, headers=SAME_SITE)


def bare(town: Town, path: str) -> TestResponse:
    return town.client("ivo").post(path, headers=SAME_SITE)


def try_all(town: Town, webhook: str, tried: Tried, *, later: timedelta = timedelta(0)) -> None:
    """Do what the courier does."""
    outbox, now = Outbox(town.desk.engine), datetime.now(UTC) + later
    for claim in outbox.take(webhook, 100, now=now, lease=timedelta(minutes=1)):
        assert outbox.settle(claim, tried, now=now)


def test_a_webhook_is_made_with_a_secret_that_is_shown_once(town: Town) -> None:
    answer = town.post("ivo", HOOKS, {"url": " HTTPS://LMS.example.org/hook"})
    made = answer.get_json()
    assert answer.status_code == 201
    assert answer.headers["Location"] == made["links"]["self"] == f"{HOOKS}/{made['id']}"
    assert answer.headers["Cache-Control"] == "no-store"
    secret = made.pop("secret")
    assert secret.startswith("whsec_")
    assert (made["url"], made["events"], made["active"]) == (URL, list(SUBSCRIBABLE), True)
    shown = town.get("ivo", made["links"]["self"])
    assert shown.get_json() == made
    listed = town.get("ivo", HOOKS)
    assert made in listed.get_json()["items"]
    assert secret not in shown.text + listed.text


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "#/url"),
        ({"url": "http://lms.example.org/"}, "#/url"),
        ({"url": "https://127.0.0.1/"}, "#/url"),
        ({"url": "https://0x7f.1/"}, "#/url"),
        ({"url": "https://[::ffff:10.0.0.1]/"}, "#/url"),
        ({"url": "https://me:secret@lms.example.org/"}, "#/url"),
        ({"url": "\ud800"}, "#/url"),
        ({"url": URL, "events": []}, "#/events"),
        ({"url": URL, "events": ["ping"]}, "#/events/0"),
        ({"url": URL, "events": ["nix"]}, "#/events/0"),
        ({"url": URL, "secret": "mine"}, "#/secret"),
    ],
)
def test_what_is_no_webhook_is_refused_and_the_field_is_named(
    town: Town, body: dict[str, Any], pointer: str
) -> None:
    before = town.get("ivo", HOOKS).get_json()
    answer = town.post("ivo", HOOKS, body)
    assert answer.status_code == 422
    assert [one["pointer"] for one in answer.get_json()["errors"]] == [pointer]
    assert town.get("ivo", HOOKS).get_json() == before


def test_a_webhook_is_changed_paused_and_let_go_on(town: Town) -> None:
    made = make(town)
    path = made["links"]["self"]
    changed = patch(town, path, {"events": ["review.asked", "submission.graded"]}).get_json()
    assert changed["events"] == ["submission.graded", "review.asked"]
    assert changed["url"] == URL
    paused = patch(town, path, {"active": False}).get_json()
    assert (paused["active"], paused["paused"]) == (False, "by_hand")
    assert patch(town, path, {"active": True}).get_json() == changed
    moved = patch(town, path, {"url": "https://other.example.org:8443"}).get_json()
    assert moved["url"] == "https://other.example.org:8443/"
    assert patch(town, path, {"url": "https://localhost/"}).status_code == 422
    assert patch(town, path, {"url": ""}).status_code == 422
    assert town.get("ivo", path).get_json() == moved


def test_a_new_secret_is_shown_once_and_the_old_one_signs_for_a_day(town: Town) -> None:
    made = make(town)
    answer = bare(town, f"{made['links']['self']}/secret")
    rotated = answer.get_json()
    assert answer.status_code == 201
    assert answer.headers["Cache-Control"] == "no-store"
    assert rotated["secret"] != made["secret"]
    until = datetime.fromisoformat(rotated["old_secret_until"])
    assert timedelta(hours=23) < until - datetime.now(UTC) <= timedelta(hours=24)
    (claim, *_) = _claims(town, made["id"])
    assert claim.secrets == (rotated["secret"], made["secret"])


def _claims(town: Town, webhook: str) -> list[Any]:
    assert bare(town, f"{HOOKS}/{webhook}/ping").status_code == 202
    outbox = Outbox(town.desk.engine)
    return outbox.take(webhook, 9, now=datetime.now(UTC), lease=timedelta(minutes=1))


def test_a_removed_webhook_is_gone_with_its_deliveries(town: Town) -> None:
    made = make(town)
    ping = bare(town, f"{made['links']['self']}/ping").get_json()
    answer = town.client("ivo").delete(made["links"]["self"], headers=SAME_SITE)
    assert answer.status_code == 204
    for path in ("", "/deliveries", f"/deliveries/{ping['id']}"):
        assert town.get("ivo", made["links"]["self"] + path).status_code == 404


def test_a_ping_is_seen_with_what_came_of_it_and_can_be_sent_again(town: Town) -> None:
    made = make(town)
    answer = bare(town, f"{made['links']['self']}/ping")
    ping = answer.get_json()
    assert answer.status_code == 202
    assert (ping["type"], ping["state"], ping["tries"]) == ("ping", "pending", 0)
    assert ping["payload"]["id"] == ping["event"]
    try_all(town, made["id"], Tried(500, "oh no", seconds=0.25))
    path = f"{made['links']['deliveries']}/{ping['id']}"
    found = town.get("ivo", path).get_json()
    assert (found["state"], found["status"], found["answer"]) == ("dead", 500, "oh no")
    assert (found["seconds"], found["next_try_at"]) == (0.25, None)
    again = bare(town, f"{path}/replay")
    assert again.status_code == 202
    assert again.get_json()["state"] == "pending"
    assert again.get_json()["event"] == ping["event"]


def test_what_was_sent_comes_in_pages_the_newest_first(town: Town) -> None:
    made = make(town)
    pings = [bare(town, f"{made['links']['self']}/ping").get_json()["id"] for _ in range(3)]
    try_all(town, made["id"], Tried(200))
    bare(town, f"{made['links']['self']}/ping")
    seen, following = [], f"{made['links']['deliveries']}?limit=2&state=delivered"
    while following:
        answer = town.get("ivo", following)
        page = answer.get_json()
        assert all("payload" not in item for item in page["items"])
        seen += [item["id"] for item in page["items"]]
        following = page["next"]
        assert (f"<{following}>" in answer.headers.get("Link", "")) is bool(following)
    assert seen == sorted(pings, reverse=True)
    bad = town.get("ivo", f"{made['links']['deliveries']}?before=%00")
    assert (bad.status_code, bad.get_json()["type"]) == (400, "/problems/bad-cursor")


def test_of_another_course_there_is_no_webhook(town: Town) -> None:
    made = make(town)
    ping = bare(town, f"{made['links']['self']}/ping").get_json()["id"]
    elsewhere = f"/api/v1/courses/red/webhooks/{made['id']}"
    for method, path in (
        *(("GET", ""), ("PATCH", ""), ("DELETE", ""), ("POST", "/secret"), ("POST", "/ping")),
        *(("GET", "/deliveries"), ("GET", f"/deliveries/{ping}")),
        ("POST", f"/deliveries/{ping}/replay"),
    ):
        # An operator may ask in every course, and so is stopped by the query alone.
        answer = town.client("op").open(
            elsewhere + path, method=method, json={"active": False}, headers=SAME_SITE
        )
        assert answer.status_code == 404, (method, path)
    assert town.get("ivo", made["links"]["self"]).get_json()["active"]


def test_what_is_no_id_is_not_found(town: Town) -> None:
    made = make(town)
    for id_ in ("%00", "ä", "x" * 100, "nix"):
        assert town.get("ivo", f"{HOOKS}/{id_}").status_code == 404
        assert town.get("ivo", f"{made['links']['deliveries']}/{id_}").status_code == 404


def test_what_is_sent_fits_the_served_schema_and_its_links_lead_somewhere(town: Town) -> None:
    made = make(town)
    schema = town.get("nobody", "/schemas/webhook-v1.json")
    assert schema.mimetype == "application/schema+json"
    present = town.get("nobody", "/api/v1/schemas/webhook")
    assert present.get_json() == schema.get_json()
    assert present.headers["Content-Location"] == "/schemas/webhook-v1.json"
    jsonschema.Draft202012Validator.check_schema(schema.get_json())
    _announce(town)
    bare(town, f"{made['links']['self']}/ping")
    for item in town.get("ivo", made["links"]["deliveries"]).get_json()["items"]:
        found = town.get("ivo", f"{made['links']['deliveries']}/{item['id']}").get_json()
        jsonschema.validate(found["payload"], schema.get_json())
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(found["payload"] | {"source": "def f(z)"}, schema.get_json())
        if item["submission"]:
            assert "def f" not in json.dumps(found)
            for link in found["payload"]["data"]["links"].values():
                assert town.get("cas", link).status_code == 200
    assert {"ping", "grade.changed"} <= {
        item["type"] for item in town.get("ivo", made["links"]["deliveries"]).get_json()["items"]
    }


def _announce(town: Town) -> None:
    from grader.store.database import writing
    from grader.store.webhook.announcements import announce
    from grader.webhooks.event import Event

    with writing(town.desk.engine) as connection:
        now = datetime.now(UTC)
        assert announce(connection, Event.GRADE_CHANGED, town.work["cas"], now=now)
