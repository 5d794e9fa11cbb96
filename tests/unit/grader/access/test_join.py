"""Invitations: joining a course with an account or a new one, and choosing a new password."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient

from grader.access.passwords import Passwords
from grader.app import create_app
from grader.settings import Settings
from grader.store.course.courses import Courses
from grader.store.course.roles import Role
from grader.store.identity.people import People
from tests.unit.grader.town import Town, send_form

PASSWORD = "correct horse battery"
NEW = {"name": "Ada Lovelace", "username": "ada", "password": PASSWORD}


@pytest.fixture
def door(settings: Settings) -> Iterator[Town]:
    """A service with a course and nobody in it."""
    made = Town(create_app(replace(settings, demo=False)))
    Courses(made.desk.engine).create("flows", "Normalizing <flows>")
    yield made
    made.desk.engine.dispose()
    made.desk.broker.close()


def invited(door: Town, role: Role = Role.STUDENT, **rules: object) -> str:
    ends = rules.pop("expires_at", datetime.now(UTC) + timedelta(days=1))
    return "/join/" + door.door.invitations.invite("flows", role, expires_at=ends, **rules)


def people(door: Town) -> People:
    return door.door.people


def send(client: FlaskClient, link: str, fields: dict[str, str]):
    return send_form(client, link, fields, page=link)


@pytest.mark.parametrize(
    ("role", "words"),
    [
        (Role.STUDENT, "as a student"),
        (Role.ASSISTANT, "as a teaching assistant"),
        (Role.INSTRUCTOR, "as a teacher"),
    ],
)
def test_somebody_new_sees_course_and_role_and_joins(door: Town, role: Role, words: str) -> None:
    client, link = door.app.test_client(), invited(door, role)
    page = client.get(link).text
    assert "Normalizing &lt;flows&gt;" in page
    assert words in page
    answer = send(client, link, NEW)
    assert answer.status_code == 303
    assert answer.location == "/courses/flows"
    ada = people(door).by_username("ada")
    assert ada is not None
    assert ada.name == "Ada Lovelace"
    assert people(door).roles(ada.id) == {"flows": role}
    assert client.get("/api/v1/courses/flows").status_code == 200, "not signed in"
    kept = people(door).password_of(ada.id)
    assert kept is not None
    assert kept.startswith("scrypt:")
    assert Passwords().is_right(PASSWORD, kept)


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("name", " ", "A name has 1 to 100 characters."),
        ("name", "x" * 101, "A name has 1 to 100 characters."),
        ("name", "a\0b", "A name has 1 to 100 characters."),
        ("username", "a", "A user name has 2 to 64 characters"),
        ("username", "ada lovelace", "A user name has 2 to 64 characters"),
        ("username", "taken", "Somebody has this user name already."),
        ("password", "123456789", "A password has at least 10 characters."),
        ("password", "x" * 257, "A password has at most 256 characters."),
        ("password", "aaaaaaaaaaaa", "too easy to guess"),
        ("password", "ada lovelace", "too easy to guess"),
    ],
)
def test_what_does_not_fit_is_said_beside_its_field_and_nothing_is_made(
    door: Town, field: str, value: str, said: str
) -> None:
    people(door).create("Taken", "taken", "x")
    link = invited(door, uses=1)
    answer = send(door.app.test_client(), link, NEW | {field: value})
    assert answer.status_code == 422
    assert re.search(rf'id="{field}-wrong"[^>]*>[^<]*{re.escape(said)}', answer.text)
    described = re.search(rf'<input id="{field}"[^>]*aria-describedby="([^"]+)"', answer.text)
    assert described is not None
    assert f"{field}-wrong" in described[1]
    assert people(door).by_username("ada") is None
    assert PASSWORD not in answer.text, "the password is sent back"
    assert send(door.app.test_client(), link, NEW).status_code == 303, "the link is used up"


def test_who_has_signed_in_joins_by_one_button(door: Town) -> None:
    bob = people(door).create("Bob <b>", "bob", "x")
    client, link = door.app.test_client(), invited(door, Role.ASSISTANT)
    client.set_cookie("pushforward_session", door.door.sessions.begin(bob.id))
    page = client.get(link).text
    assert "Join as Bob &lt;b&gt;" in page
    assert 'name="password"' not in page
    assert send(client, link, {"join": "1"}).status_code == 303
    assert people(door).roles(bob.id) == {"flows": Role.ASSISTANT}


def test_who_has_an_account_signs_in_first_and_comes_back(door: Town) -> None:
    link = invited(door)
    page = door.app.test_client().get(link).text
    found = re.search(r'href="(/sign-in\?next=[^"]+)"', page)
    assert found is not None
    assert found[1] == f"/sign-in?next={link}"


@pytest.mark.parametrize("spoilt", ["unknown", "expired", "used", "archived", "withdrawn"])
def test_a_link_that_does_nothing_any_more_says_so_and_no_more(door: Town, spoilt: str) -> None:
    client, link = door.app.test_client(), invited(door, uses=1)
    if spoilt == "unknown":
        link += "x"
    elif spoilt == "expired":
        link = invited(door, expires_at=datetime.now(UTC) - timedelta(seconds=1))
    elif spoilt == "used":
        assert send(door.app.test_client(), link, NEW | {"username": "first"}).status_code == 303
    elif spoilt == "archived":
        Courses(door.desk.engine).archive("flows")
    else:
        door.door.invitations.withdraw("flows")
    for answer in (client.get(link), send_form(client, link, NEW)):
        assert answer.status_code == 404
        assert "This link does nothing any more" in answer.text
        assert "flows" not in answer.text
    assert people(door).by_username("ada") is None


def test_the_last_place_is_given_once(door: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody else joins between the looking and the joining."""
    link = invited(door, uses=1)
    hashed, token = Passwords.hash, link.removeprefix("/join/")

    def overtaken(self: Passwords, password: str) -> str:
        if people(door).by_username("bob") is None:
            door.door.invitations.join(token, name="Bob", username="bob", password_hash="x")
        return hashed(self, password)

    monkeypatch.setattr(Passwords, "hash", overtaken)
    answer = send(door.app.test_client(), link, NEW)
    assert answer.status_code == 404
    assert people(door).by_username("ada") is None


def test_ones_own_link_gives_a_new_password_once_and_ends_all_sessions(door: Town) -> None:
    ada = people(door).create("Ada", "ada", Passwords().hash("the old password"))
    old = door.app.test_client()
    old.set_cookie("pushforward_session", door.door.sessions.begin(ada.id))
    ends = datetime.now(UTC) + timedelta(days=1)
    link = "/join/" + door.door.invitations.invite(None, None, person=ada.id, expires_at=ends)
    client = door.app.test_client()
    page = client.get(link).text
    assert "for Ada alone" in page
    assert 'value="ada"' in page
    assert send(client, link, {"password": "short"}).status_code == 422
    assert send(client, link, {"password": PASSWORD}).status_code == 303
    assert client.get("/account").status_code == 200
    assert old.get("/account").status_code == 302
    assert client.get(link).status_code == 404
    assert Passwords().is_right(PASSWORD, people(door).password_of(ada.id))


def test_ones_own_link_lets_nobody_else_in(door: Town) -> None:
    ada = people(door).create("Ada", "ada", "x")
    eve = people(door).create("Eve", "eve", "x")
    ends = datetime.now(UTC) + timedelta(days=1)
    invite = door.door.invitations.invite
    link = "/join/" + invite("flows", Role.INSTRUCTOR, person=ada.id, expires_at=ends)
    client = door.app.test_client()
    client.set_cookie("pushforward_session", door.door.sessions.begin(eve.id))
    send(client, link, {"join": "1", "password": "short"})
    assert people(door).roles(eve.id) == {}
    assert people(door).password_of(ada.id) == "x"


def test_a_link_begins_with_the_address_that_people_type(settings: Settings) -> None:
    public = "https://grader.example.org"
    for url, begins in ((public, f"{public}/join/"), ("", "http://localhost/join/")):
        town = Town(create_app(replace(settings, demo=False, public_url=url)))
        with town.app.test_request_context():
            assert town.door.address_of("/join/x").startswith(begins)
        town.desk.engine.dispose()
        town.desk.broker.close()


def test_no_link_is_made_for_a_host_that_is_not_ours(door: Town) -> None:
    op = people(door).create("Op", "op", "x", is_operator=True)
    client = door.app.test_client()
    client.set_cookie("pushforward_session", door.door.sessions.begin(op.id))
    headers = {"Sec-Fetch-Site": "same-origin", "Host": "evil.example"}
    address = "/api/v1/courses/flows/invitations"
    answer = client.post(address, json={"role": "student"}, headers=headers)
    assert answer.status_code == 421
    headers |= {"Host": "localhost", "X-Forwarded-Host": "evil.example"}
    answer = client.post(address, json={"role": "student"}, headers=headers)
    assert "evil" not in answer.text
