"""Signing in and out: who gets a session, what its cookie is like, and what guessing leads to."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from grader.access.passwords import Passwords
from grader.app import create_app
from grader.settings import Settings
from tests.unit.grader.town import SOURCE, Town, send_form, token_in

PASSWORD = "correct horse battery"
SECURE = "https://localhost"
HASHED = Passwords().hash(PASSWORD)


@pytest.fixture
def door(settings: Settings) -> Iterator[Town]:
    """A service without a demo, and Ada, who has a password."""
    made = Town(create_app(replace(settings, demo=False)))
    made.desk.broker.flushdb()
    made.people["ada"] = made.door.people.create("Ada", "ada", HASHED)
    yield made
    made.desk.engine.dispose()
    made.desk.broker.close()


def sign_in(client: FlaskClient, username: str = "ada", password: str = PASSWORD, **kept: object):
    fields = {"username": username, "password": password, **kept.pop("fields", {})}
    return send_form(client, "/sign-in", fields, **kept)


def session_of(client: FlaskClient, name: str = "pushforward_session") -> str | None:
    cookie = client.get_cookie(name)
    return None if cookie is None else cookie.value


def cookie_line(answer: TestResponse, name: str) -> str:
    (line,) = (one for one in answer.headers.getlist("Set-Cookie") if one.startswith(f"{name}="))
    return line


def is_known(client: FlaskClient, **kept: str) -> bool:
    return client.get("/api/v1/courses", **kept).status_code == 200


def test_a_password_opens_a_session_and_signing_out_ends_it(door: Town) -> None:
    client = door.app.test_client()
    assert not is_known(client)
    answer = sign_in(client, " ADA ")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")
    assert is_known(client)
    page = client.get("/account").text
    assert "Ada" in page
    assert "Sign out" in page
    kept = session_of(client)
    assert send_form(client, "/sign-out", {}, page="/account").headers["Location"] == "/sign-in"
    assert session_of(client) is None
    assert not is_known(client)
    client.set_cookie("pushforward_session", kept or "")
    assert not is_known(client), "the session outlives the signing out"


@pytest.mark.parametrize(
    ("username", "password"),
    [
        ("ada", "wrong horse battery"),
        ("ada", ""),
        ("nobody", PASSWORD),
        ("", PASSWORD),
        ("a\0da", PASSWORD),
        ("ada" * 100, "x" * 5000),
        ("gone", PASSWORD),
        ("keyless", PASSWORD),
    ],
)
def test_every_failure_looks_alike(door: Town, username: str, password: str) -> None:
    people = door.door.people
    people.disable(people.create("Gone", "gone", HASHED).id)
    people.create("Keyless", "keyless")
    client = door.app.test_client()
    answer = sign_in(client, username, password)
    assert answer.status_code == 422
    assert "The user name or the password is wrong." in answer.text
    assert re.search(r'<input id="password"[^>]* autofocus', answer.text)
    assert session_of(client) is None
    assert "no-store" in answer.headers["Cache-Control"]


def test_a_failure_costs_as_much_for_a_name_that_nobody_has(
    door: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def noted(kept: str, password: str) -> bool:
        asked.append(kept.partition("$")[0])
        return False

    monkeypatch.setattr("grader.access.passwords.check_password_hash", noted)
    people = door.door.people
    people.disable(people.create("Gone", "gone", HASHED).id)
    for name in ("ada", "nobody", "gone", "not a name!"):
        sign_in(door.app.test_client(), name, "x")
    assert asked == [HASHED.partition("$")[0]] * 4, "some name is told without a hash of that cost"


def test_a_session_that_was_there_before_is_not_the_one_after(door: Town) -> None:
    eve = door.door.people.create("Eve", "eve", HASHED)
    planted = door.door.sessions.begin(eve.id)
    client = door.app.test_client()
    client.set_cookie("pushforward_session", planted)
    token = token_in(client.get("/account").text)
    fields = {"username": "ada", "password": PASSWORD, "csrf_token": token}
    assert client.post("/sign-in", data=fields).status_code == 303
    assert session_of(client) not in {planted, None}
    assert door.door.sessions.person_of(planted) is None
    other = door.app.test_client()
    other.set_cookie("pushforward_session", "chosen-by-somebody")
    sign_in(other)
    assert session_of(other) != "chosen-by-somebody"
    assert len(session_of(other) or "") >= 43


def test_a_cookie_is_kept_from_scripts_and_other_sites(door: Town) -> None:
    answer = sign_in(door.app.test_client())
    line = cookie_line(answer, "pushforward_session")
    for flag in ("HttpOnly", "SameSite=Lax", "Path=/"):
        assert flag in line
    assert "Domain" not in line
    assert "Secure" not in line


def test_over_https_the_cookie_is_secure_and_bound_to_the_host(door: Town) -> None:
    client = door.app.test_client()
    answer = sign_in(client, base_url=SECURE)
    line = cookie_line(answer, "__Host-pushforward_session")
    for flag in ("HttpOnly", "SameSite=Lax", "Path=/", "Secure"):
        assert flag in line
    assert "Domain" not in line
    assert is_known(client, base_url=SECURE)
    planted = door.app.test_client()
    planted.set_cookie(
        "pushforward_session", session_of(client, "__Host-pushforward_session") or ""
    )
    assert not is_known(planted, base_url=SECURE), "a cookie without the prefix counts"


@pytest.mark.parametrize(("count", "secure"), [(0, False), (1, True), (2, False)])
def test_a_proxy_is_believed_where_a_setting_says_so(
    settings: Settings, count: int, secure: bool
) -> None:
    town = Town(create_app(replace(settings, demo=None, trusted_proxies=count)))
    town.desk.broker.flushdb()
    town.door.people.create("Ada", "ada", HASHED)
    client = town.app.test_client()
    proxied = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.7"}
    token = token_in(client.get("/sign-in", headers=proxied).text)
    fields = {"username": "ada", "password": PASSWORD, "csrf_token": token}
    # The cookie for visitors is Secure too: the test client would not send it over HTTP.
    names = [cookie.key for cookie in client._cookies.values()]
    headers = dict(proxied)
    if names and names[0].startswith("__Host-"):
        headers["Cookie"] = f"{names[0]}={client.get_cookie(names[0]).value}"
    answer = client.post("/sign-in", data=fields, headers=headers)
    assert answer.status_code == 303
    cookie_line(answer, "__Host-pushforward_session" if secure else "pushforward_session")
    town.desk.engine.dispose()
    town.desk.broker.close()


@pytest.mark.parametrize(
    ("wanted", "led"),
    [
        ("/exercises?x=1", "/exercises?x=1"),
        ("//evil.example", "/"),
        ("/\\evil.example", "/"),
        ("/\t/evil.example", "/"),
        ("https://evil.example", "/"),
        ("javascript:alert(1)", "/"),
        ("\\\\evil.example", "/"),
        ("exercises", "/"),
        ("/a\r\nSet-Cookie: x=1", "/"),
        ("/" + "x" * 5000, "/"),
        ("", "/"),
    ],
)
def test_signing_in_leads_to_pages_of_ours_only(door: Town, wanted: str, led: str) -> None:
    client = door.app.test_client()
    assert sign_in(client, fields={"next": wanted}).headers["Location"] == led
    again = client.get("/sign-in", query_string={"next": wanted})
    assert (again.status_code, again.headers["Location"]) == (303, led)


def test_a_page_that_needs_a_person_comes_after_signing_in(door: Town) -> None:
    client = door.app.test_client()
    asked = client.get("/submissions?exercise=affine")
    assert asked.headers["Location"] == "/sign-in?next=/submissions?exercise%3Daffine"
    page = client.get(asked.headers["Location"]).text
    assert '<input type="hidden" name="next" value="/submissions?exercise=affine">' in page


def test_a_page_that_asks_to_sign_in_is_not_kept_nor_shared(door: Town) -> None:
    for address in ("/sign-in", "/join/x"):
        answer = door.app.test_client().get(address)
        assert answer.headers["Cache-Control"] == "private, no-store"
        assert "Cookie" in answer.headers["Vary"]
    client = door.app.test_client()
    sign_in(client)
    assert client.get("/account").headers["Cache-Control"] == "private, no-store"
    for address in ("/exercises", "/api/v1/exercises", "/api/v1/submissions", "/submissions"):
        answer = client.get(address)
        assert answer.headers["Cache-Control"].startswith("private"), address
        assert "Cookie" in answer.headers["Vary"], address


def test_after_ten_wrong_passwords_not_even_the_right_one_is_looked_at(
    door: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Passwords, "is_right", lambda _, password, kept: password == PASSWORD)
    client = door.app.test_client()
    for _ in range(10):
        assert sign_in(client, "ada", "wrong").status_code == 422
    answer = sign_in(client)
    assert answer.status_code == 429
    assert 0 < int(answer.headers["Retry-After"]) <= 600
    assert "Too many wrong passwords" in answer.text
    assert session_of(client) is None
    # Nobody locks somebody else out: from another address she gets in.
    elsewhere = {"environ_overrides": {"REMOTE_ADDR": "198.51.100.1"}}
    assert sign_in(door.app.test_client(), **elsewhere).status_code == 303
    # A name that nobody has is slowed down alike.
    for _ in range(10):
        assert sign_in(client, "nobody", "wrong").status_code == 422
    assert sign_in(client, "nobody", "wrong").status_code == 429


def test_the_right_password_begins_the_count_anew(
    door: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Passwords, "is_right", lambda _, password, kept: password == PASSWORD)
    for _ in range(3):
        for _ in range(9):
            assert sign_in(door.app.test_client(), "ada", "wrong").status_code == 422
        assert sign_in(door.app.test_client()).status_code == 303


@pytest.mark.parametrize("address", ["192.0.2.1", "2001:db8::{}", "::ffff:192.0.2.1"])
def test_one_address_can_not_try_one_name_after_the_other(
    door: Town, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.setattr(Passwords, "is_right", lambda *_: False)
    tried = []
    for number in range(101):
        with door.app.test_request_context(
            environ_overrides={"REMOTE_ADDR": address.format(number + 1)}
        ):
            try:
                tried.append(door.door.check(f"name{number}", "x"))
            except Exception as error:
                tried.append(type(error).__name__)
    assert tried == [None] * 100 + ["TooManyTries"]


def test_one_name_can_not_be_tried_from_many_addresses(
    door: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Passwords, "is_right", lambda *_: False)
    tried = []
    for number in range(61):
        with door.app.test_request_context(
            environ_overrides={"REMOTE_ADDR": f"198.51.100.{number}"}
        ):
            try:
                tried.append(door.door.check("ada", "x"))
            except Exception as error:
                tried.append(type(error).__name__)
    assert tried == [None] * 60 + ["TooManyTries"]


def test_while_the_queue_is_away_people_sign_in_and_guesses_are_counted_all_the_same(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Passwords, "is_right", lambda _, password, kept: password == PASSWORD)
    town = Town(create_app(replace(settings, demo=False, broker_url="unix:///nowhere/socket")))
    town.door.people.create("Ada", "ada", HASHED)
    client = town.app.test_client()
    assert sign_in(client).status_code == 303
    other = town.app.test_client()
    for _ in range(10):
        assert sign_in(other, "ada", "wrong").status_code == 422
    assert sign_in(other).status_code == 429
    town.desk.engine.dispose()


@pytest.mark.parametrize("limits", [{"waiting": 0}, {"waiting": 5, "patience_seconds": 0}])
def test_where_many_sign_in_at_once_the_last_is_told_to_come_again(
    door: Town, monkeypatch: pytest.MonkeyPatch, limits: dict[str, int]
) -> None:
    begun, may_end = threading.Semaphore(0), threading.Event()

    def slow(kept: str, password: str) -> bool:
        begun.release()
        assert may_end.wait(60)
        return True

    monkeypatch.setattr("grader.access.passwords.check_password_hash", slow)
    passwords = Passwords(at_once=1, **limits)
    door.app.extensions["door"] = replace(door.door, passwords=passwords)
    first = threading.Thread(target=passwords.is_right, args=("x", HASHED))
    first.start()
    assert begun.acquire(timeout=60)
    answer = sign_in(door.app.test_client())
    may_end.set()
    first.join()
    assert answer.status_code == 429
    assert answer.headers["Retry-After"] == "5"
    assert "Many people are signing in" in answer.text
    begun.release()
    assert passwords.is_right("x", HASHED), "a turn was not given back"


def test_who_is_disabled_is_out_at_once(door: Town) -> None:
    client = door.app.test_client()
    sign_in(client)
    assert is_known(client)
    door.door.people.disable(door.people["ada"].id)
    assert not is_known(client)


def test_a_password_is_the_same_however_its_letters_are_composed(door: Town) -> None:
    door.door.people.create("Zoë", "zoe", Passwords().hash("caf\u00e9 caf\u00e9 caf\u00e9"))
    answer = sign_in(door.app.test_client(), "zoe", "cafe\u0301 cafe\u0301 cafe\u0301")
    assert answer.status_code == 303


def test_a_form_without_the_token_of_its_browser_changes_nothing(door: Town) -> None:
    client, other = door.app.test_client(), door.app.test_client()
    fields = {"username": "ada", "password": PASSWORD}
    strange = token_in(other.get("/sign-in").text)
    client.get("/sign-in")
    for token in ({}, {"csrf_token": strange}, {"csrf_token": "é"}, {"csrf_token": ""}):
        answer = client.post("/sign-in", data=fields | token)
        assert answer.status_code == 403
        assert answer.get_json()["type"] == "/problems/stale-page"
    assert session_of(client) is None, "signed in by another site (login CSRF)"
    sign_in(client)
    for address in ("/sign-out", "/account/name", "/account/sessions", "/submissions", "/demo"):
        answer = client.post(address, data={"csrf_token": strange, "source": SOURCE, "name": "Eve"})
        assert answer.status_code == 403, address
    assert is_known(client)
    assert door.desk.submissions.latest() == []


def test_code_that_a_form_sends_in_vain_is_shown_again(door: Town) -> None:
    """Without scripts there is no draft, and browsers fill the editor's form no second time."""
    client = door.app.test_client()
    sign_in(client)
    token = token_in(client.get("/playground").text)
    written = "def f(z):\r\n    return z  # <mine>\r\n"
    accept = {"Accept": "text/html,*/*;q=0.8"}

    def sent(token: str, **headers: str) -> str:
        fields = {"csrf_token": token, "exercise": "playground", "source": written}
        answer = client.post("/submissions", data=fields, headers=accept | headers)
        assert answer.status_code in {401, 403}
        return answer.text

    assert "def f(z):\n    return z  # &lt;mine&gt;\n" in sent("0" * 64)
    door.door.sessions.end(session_of(client) or "")
    over = sent(token)
    assert "Sign in first" in over
    assert "return z  # &lt;mine&gt;" in over
    assert "mine" not in sent(token, **{"Sec-Fetch-Site": "cross-site"}), "words of another site"
    assert door.desk.submissions.latest() == []


def test_a_token_is_over_with_its_session(door: Town) -> None:
    client = door.app.test_client()
    before = token_in(client.get("/sign-in").text)
    sign_in(client)
    within = token_in(client.get("/account").text)
    assert within != before
    assert client.post("/account/name", data={"csrf_token": before, "name": "A"}).status_code == 403
    assert client.post("/account/name", data={"csrf_token": within, "name": "A"}).status_code == 303
    assert (session_of(client) or "") not in client.get("/account").text


def test_a_script_shows_that_a_page_of_ours_sent_it(door: Town) -> None:
    client = door.app.test_client()
    sign_in(client)
    token = token_in(client.get("/account").text)
    assert f'<meta name="csrf-token" content="{token}">' in client.get("/account").text

    def sent(**headers: str) -> int:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        body = {"source": SOURCE}
        return client.post("/api/v1/submissions", json=body, headers=named).status_code

    assert sent() == 403
    assert sent(Sec_Fetch_Site="none") == 403
    assert sent(Sec_Fetch_Site="cross-site", X_CSRF_Token=token) == 403
    assert sent(Sec_Fetch_Site="same-site", X_CSRF_Token=token) == 403
    assert sent(Origin="https://evil.example", X_CSRF_Token=token) == 403
    assert sent(X_CSRF_Token="0" * 64) == 403
    assert sent(X_CSRF_Token=token) == 202
    assert sent(Sec_Fetch_Site="same-origin") == 202
    assert sent(Sec_Fetch_Site="same-origin", X_CSRF_Token=token) == 202


def test_a_page_of_the_person_before_sends_nothing_as_the_one_who_came_after(door: Town) -> None:
    """Her page is still open in a tab; in another one he has signed in."""
    client = door.app.test_client()
    sign_in(client)
    hers = token_in(client.get("/account").text)
    client.post("/sign-out", data={"csrf_token": hers})
    door.door.people.create("Bob", "bob", Passwords().hash(PASSWORD))
    sign_in(client, "bob")
    headers = {"X-CSRF-Token": hers, "Sec-Fetch-Site": "same-origin"}
    for address in ("/api/v1/submissions", "/api/v1/previews"):
        answer = client.post(address, json={"source": SOURCE}, headers=headers)
        assert answer.status_code == 403
        assert answer.get_json()["type"] == "/problems/stale-page"
    assert door.desk.submissions.latest() == []


def test_the_language_can_be_chosen_by_whoever_is_there(door: Town) -> None:
    assert door.app.test_client().post("/language", data={"language": "de"}).status_code == 303
