"""The demo student: let in without a password, on this machine only, until he or she leaves."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from grader.app import create_app
from grader.embedded.failure import StartFailure
from grader.embedded.service import _demo
from grader.settings import SettingError, Settings, read_settings
from grader.store.course.demo import DEMO_PERSON
from tests.unit.grader.conftest import SOURCE, Service
from tests.unit.grader.town import send_form

ADDRESS = "/api/v1/submissions"


def test_whoever_sits_here_is_the_demo_student(service: Service) -> None:
    page = service.client.get("/account").text
    assert "You are the demo student" in page
    assert 'name="current"' not in page
    stored = service.stored(service.submit())
    assert (stored.person, stored.student, stored.course) == (DEMO_PERSON, DEMO_PERSON, "")
    assert service.get(stored.id).status_code == 200


def test_free_labels_make_a_submission_nobodys_which_the_demo_student_reads(
    service: Service,
) -> None:
    stored = service.stored(service.submit(student="Kim", course="ML"))
    assert (stored.person, stored.student, stored.course) == (None, "Kim", "ML")
    assert service.get(stored.id).status_code == 200
    assert stored.id in service.client.get(ADDRESS).text


@pytest.mark.parametrize("address", ["127.0.0.1", "127.8.8.8", "::1", "::ffff:127.0.0.1"])
def test_every_loopback_address_is_here(service: Service, address: str) -> None:
    here = {"REMOTE_ADDR": address}
    assert service.client.get("/account", environ_overrides=here).status_code == 200


@pytest.mark.parametrize(
    "elsewhere",
    [
        {"REMOTE_ADDR": "192.0.2.1"},
        {"REMOTE_ADDR": "10.0.0.1"},
        {"REMOTE_ADDR": "::ffff:192.0.2.1"},
        {"REMOTE_ADDR": "2001:db8::1"},
        {"REMOTE_ADDR": ""},
        {"HTTP_X_FORWARDED_FOR": "127.0.0.1"},
        {"HTTP_X_FORWARDED_HOST": "localhost"},
        {"HTTP_X_REAL_IP": "127.0.0.1"},
        {"HTTP_FORWARDED": "for=127.0.0.1"},
        {"HTTP_VIA": "1.1 proxy"},
    ],
    ids=str,
)
def test_who_comes_from_elsewhere_is_nobody(service: Service, elsewhere: dict[str, str]) -> None:
    id_ = service.submit()
    for address in (ADDRESS, f"{ADDRESS}/{id_}", "/api/v1/exercises"):
        assert service.client.get(address, environ_overrides=elsewhere).status_code == 401
    assert service.client.get("/", environ_overrides=elsewhere).status_code == 302
    sent = service.client.post(ADDRESS, json={"source": SOURCE}, environ_overrides=elsewhere)
    assert sent.status_code == 401
    page = service.client.get("/sign-in", environ_overrides=elsewhere).text
    assert "demo" not in page
    back = send_form(service.client, "/demo", {}, environ_overrides=elsewhere)
    assert back.headers["Location"] == "/sign-in"


def test_the_demo_student_leaves_and_comes_back(service: Service) -> None:
    left = send_form(service.client, "/sign-out", {}, page="/account")
    assert left.headers["Location"] == "/sign-in"
    assert service.client.get(ADDRESS).status_code == 401
    page = service.client.get("/sign-in?next=/exercises").text
    assert "Go on as the demo student" in page
    back = send_form(service.client, "/demo", {"next": "/exercises"}, page="/sign-in")
    assert back.headers["Location"] == "/exercises"
    assert service.client.get(ADDRESS).status_code == 200


def test_a_session_counts_before_the_demo(service: Service) -> None:
    door = service.app.extensions["door"]
    ada = door.people.create("Ada", "ada")
    labelled, own = service.submit(student="Kim"), service.submit()
    service.client.set_cookie("pushforward_session", door.sessions.begin(ada.id))
    assert "Demo student" not in service.client.get("/account").text
    for id_ in (labelled, own):
        assert service.get(id_).status_code == 404
    send_form(service.client, "/sign-out", {}, page="/account")
    assert service.client.get(ADDRESS).status_code == 401, "signing out makes one the demo student"


def test_a_cookie_of_another_program_on_this_machine_does_no_harm(service: Service) -> None:
    service.client.set_cookie("pushforward_session", "eyJfcGVybWFuZW50Ijp0cnVlfQ.Z0")
    assert service.client.get(ADDRESS).status_code == 200


def test_the_demo_student_has_no_account_to_change(service: Service) -> None:
    for what, fields in (
        ("name", {"name": "Eve"}),
        ("password", {"current": "", "password": "a new password"}),
        ("sessions", {}),
    ):
        answer = send_form(service.client, f"/account/{what}", fields, page="/account")
        assert answer.status_code == 403
    assert "Demo student" in service.client.get("/account").text


def test_no_foreign_page_submits_as_the_demo_student(service: Service) -> None:
    body = {"source": SOURCE}
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}):
        assert service.post(body, **headers).status_code == 403
    assert service.client.post("/submissions", data=body).status_code == 403
    assert service.desk.submissions.latest() == []


def test_without_the_setting_there_is_no_demo(settings: Settings) -> None:
    for demo in (None, False):
        app = create_app(replace(settings, demo=demo))
        client = app.test_client()
        assert client.get(ADDRESS).status_code == 401
        assert "demo" not in client.get("/sign-in").text
        app.extensions["desk"].engine.dispose()
        app.extensions["desk"].broker.close()


def test_the_pages_need_no_person_where_they_say_nothing_of_one(settings: Settings) -> None:
    app = create_app(replace(settings, demo=False))
    client = app.test_client()
    for address in ("/help", "/problems", "/schemas", "/sign-in", "/api/v1/health"):
        answer = client.get(address)
        assert answer.status_code == 200
        assert not re.search("Sign out|data-person|csrf-token", answer.text)
    app.extensions["desk"].engine.dispose()
    app.extensions["desk"].broker.close()


@pytest.mark.parametrize(
    ("host", "chosen", "expected"),
    [
        ("127.0.0.1", {}, True),
        ("localhost", {}, True),
        ("::1", {}, True),
        ("127.0.0.1", {"demo": False}, False),
        ("127.0.0.1", {"allowed_hosts": ("grader.example",)}, False),
        ("127.0.0.1", {"trusted_proxies": 1}, False),
        ("0.0.0.0", {}, False),
        ("192.0.2.1", {}, False),
        ("0.0.0.0", {"demo": False}, False),
    ],
)
def test_serve_has_a_demo_where_nobody_else_can_reach_it(
    host: str, chosen: dict[str, object], expected: bool
) -> None:
    assert _demo(Settings(**chosen), host) is expected  # type: ignore[arg-type]


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "grader.example"])
def test_serve_refuses_a_demo_that_others_could_reach(host: str) -> None:
    with pytest.raises(StartFailure, match="this machine alone"):
        _demo(Settings(demo=True), host)


@pytest.mark.parametrize("other", ["GRADER_ALLOWED_HOSTS", "GRADER_TRUSTED_PROXIES"])
def test_a_demo_and_others_do_not_go_together(other: str) -> None:
    with pytest.raises(SettingError, match="GRADER_DEMO"):
        read_settings({"GRADER_DEMO": "true", other: "1"})
