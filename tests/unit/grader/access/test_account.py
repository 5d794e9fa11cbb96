"""One's own account: name, password, the browsers that are signed in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from grader.access.passwords import Passwords
from grader.app import create_app
from grader.settings import Settings
from tests.unit.grader.town import Town, send_form

PASSWORD = "correct horse battery"
FRESH = "staple and more words"
HASHED = Passwords().hash(PASSWORD)


@pytest.fixture
def door(settings: Settings) -> Iterator[Town]:
    """A service and Ada, who is signed in in two browsers."""
    made = Town(create_app(replace(settings, demo=False)))
    made.desk.broker.flushdb()
    made.people["ada"] = made.door.people.create("Ada", "ada", HASHED)
    for browser in ("here", "there"):
        made.clients[browser] = made.app.test_client()
        made.clients[browser].set_cookie(
            "pushforward_session", made.door.sessions.begin(made.people["ada"].id)
        )
    yield made
    made.desk.engine.dispose()
    made.desk.broker.close()


def send(client: FlaskClient, what: str, fields: dict[str, str]) -> TestResponse:
    return send_form(client, f"/account/{what}", fields, page="/account")


def is_known(client: FlaskClient) -> bool:
    return client.get("/account").status_code == 200


def test_a_name_is_changed_and_shown(door: Town) -> None:
    answer = send(door.clients["here"], "name", {"name": " Ada <King> "})
    assert answer.status_code == 303
    page = door.clients["here"].get(answer.headers["Location"]).text
    assert "Your name is changed." in page
    assert "<bdi>Ada &lt;King&gt;</bdi>" in page
    answer = send(door.clients["here"], "name", {"name": ""})
    assert answer.status_code == 422
    assert 'id="name-wrong"' in answer.text


def test_a_new_password_needs_the_old_one_and_ends_every_other_session(door: Town) -> None:
    here, there = door.clients["here"], door.clients["there"]
    wrong = send(here, "password", {"current": "wrong", "password": FRESH})
    assert wrong.status_code == 422
    assert "This is not your password." in wrong.text
    weak = send(here, "password", {"current": PASSWORD, "password": "short"})
    assert weak.status_code == 422
    assert is_known(there)
    assert Passwords().is_right(PASSWORD, door.door.people.password_of(door.people["ada"].id))
    before = here.get_cookie("pushforward_session")
    answer = send(here, "password", {"current": PASSWORD, "password": FRESH})
    assert answer.status_code == 303
    after = here.get_cookie("pushforward_session")
    assert before is not None
    assert after is not None
    assert after.value != before.value
    assert is_known(here)
    assert not is_known(there)
    assert Passwords().is_right(FRESH, door.door.people.password_of(door.people["ada"].id))


def test_who_sits_at_an_open_browser_can_not_guess_on(
    door: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Passwords, "is_right", lambda _, password, kept: password == PASSWORD)
    for _ in range(10):
        fields = {"current": "wrong", "password": FRESH}
        assert send(door.clients["here"], "password", fields).status_code == 422
    answer = send(door.clients["here"], "password", {"current": PASSWORD, "password": FRESH})
    assert answer.status_code == 429


def test_all_other_browsers_are_signed_out(door: Town) -> None:
    here, there = door.clients["here"], door.clients["there"]
    assert "In 2 browsers" in here.get("/account").text
    assert send(here, "sessions", {}).status_code == 303
    assert "In this browser only." in here.get("/account").text
    assert is_known(here)
    assert not is_known(there)


def test_who_has_no_password_is_not_asked_for_one(door: Town) -> None:
    guest = door.door.people.create("Guest", None)
    client = door.app.test_client()
    client.set_cookie("pushforward_session", door.door.sessions.begin(guest.id))
    assert 'name="current"' not in client.get("/account").text
    answer = send(client, "password", {"current": "", "password": FRESH})
    assert answer.status_code == 422
    assert door.door.people.password_of(guest.id) is None
