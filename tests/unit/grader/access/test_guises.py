"""Seeing a course as one of its students does: what they see, nothing else, and nothing is sent."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from werkzeug.test import TestResponse

from grader.access import guise
from grader.access.principal import in_guise
from grader.store.assignment.assignments import Assignments, Extension, Rules
from grader.store.assignment.disclosure import Release
from grader.store.audit import Actor, Audit, Deed
from grader.store.course.memberships import Memberships
from grader.store.course.roles import Role
from grader.store.identity.access_tokens import AccessTokens, Wanted
from grader.store.identity.guises import Guise, Guises
from grader.store.identity.scopes import Scope
from tests.unit.grader.courses.test_release import hand_in_graded
from tests.unit.grader.town import Town

BANNER = "You see this course as Ann does. Nothing can be sent."


def begin(town: Town, who: str, person: str, course: str = "red", **fields: str) -> TestResponse:
    """Begin as the button on the student's page does."""
    record = f"/courses/{course}/students/{town.people[person].id}"
    return town.form(who, f"{record}/see", fields, page="/help")


def end(town: Town, who: str) -> TestResponse:
    return town.form(who, "/guise/end", {}, page="/help")


@pytest.fixture
def tess_as_ann(town: Town) -> Iterator[Town]:
    assert begin(town, "tess", "ann").status_code == 303
    yield town
    end(town, "tess")


def seen_as(town: Town, course: str = "red") -> list[tuple[str | None, str | None]]:
    log = Audit(town.desk.engine).of_course(course, deed=Deed.SEEN_AS)
    return [(one.actor.person, one.about) for one in log]


def test_staff_begin_on_the_page_of_a_student_and_come_back_to_it(town: Town) -> None:
    ann, tess = town.people["ann"].id, town.people["tess"].id
    record = f"/courses/red/students/{ann}"
    assert f'action="{record}/see"' in town.get("tess", record).text
    own = town.get("tess", f"/submissions/{town.work['ann']}").text
    assert f'action="{record}/see"' in own
    noted = seen_as(town)
    begun = begin(town, "tess", "ann", next=f"/submissions/{town.work['ann']}")
    assert begun.headers["Location"] == f"/submissions/{town.work['ann']}"
    page = town.get("tess", "/courses/red").text
    assert BANNER in page
    assert "<title>As Ann sees it · " in page
    # The first thing that a keyboard reaches after the way past the top is the way back.
    assert page.index(BANNER) < page.index('<main id="main"')
    assert "Overview" not in page
    assert seen_as(town) == [(tess, ann), *noted], "once, however many pages are opened"
    back = end(town, "tess")
    assert back.headers["Location"] == record
    page = town.get("tess", record).text
    assert BANNER not in page
    assert "Overview" in page


def test_no_other_place_than_ours_is_led_to(town: Town) -> None:
    begun = begin(town, "tess", "ann", next="//example.org/")
    assert begun.headers["Location"] == "/courses/red"
    end(town, "tess")


def test_a_student_is_seen_by_staff_of_the_course_only(town: Town) -> None:
    assert begin(town, "bob", "ann").status_code == 403
    assert begin(town, "ivo", "ann").status_code == 404
    assert begin(town, "tess", "cas").status_code == 404
    assert begin(town, "op", "tess").status_code == 403
    assert BANNER not in town.get("tess", "/courses/red").text


def test_no_address_tells_more_than_the_student_is_told(tess_as_ann: Town) -> None:
    town = tess_as_ann
    secret = hand_in_graded(town, Rules(hidden_criteria=("law",)))
    told = secret.told("ann")
    assert secret.told("tess") == {one: told[one] for one in told.keys() & guise.OF_A_COURSE}
    assert "submissions.show" in told, "the seed is a secret that the student sees"


def test_what_is_withheld_is_withheld(tess_as_ann: Town) -> None:
    town = tess_as_ann
    own = f"/api/v1/submissions/{hand_in_graded(town, Rules(release=Release.BY_HAND)).submission}"
    shown, known = (town.get(who, own).get_json() for who in ("tess", "ann"))
    assert shown == known
    assert shown["report"] is None
    end(town, "tess")
    assert town.get("tess", own).get_json()["report"]["score"] == 7.25


def test_how_the_student_stands_is_shown_and_not_how_staff_do(tess_as_ann: Town) -> None:
    town = tess_as_ann
    rules = Rules(attempts=3, due_at=datetime(2031, 5, 4, 12, tzinfo=UTC), cooldown_seconds=3600)
    assignment = town.assign("red", "affine", rules)
    later = Extension(due_at=datetime(2031, 6, 5, 12, tzinfo=UTC), more_attempts=2)
    Assignments(town.desk.engine).extend(assignment.id, town.people["ann"].id, later)
    town.hand_in("ann", assignment.id)
    path = f"/api/v1/assignments/{assignment.id}"
    standing = town.get("tess", path).get_json()["standing"]
    assert (standing["attempts_left"], standing["extended"]) == (4, True)
    assert standing == town.get("ann", path).get_json()["standing"]
    page = town.get("tess", f"/courses/red/assignments/{assignment.id}").text
    assert "2031-06-05T12:00" in page
    not_open = town.unopened["red"].id
    assert town.get("tess", f"/courses/red/assignments/{not_open}").status_code == 404


def test_pages_offer_nothing_to_send_and_run_nothing(tess_as_ann: Town) -> None:
    town = tess_as_ann
    page = town.get("tess", f"/courses/red/assignments/{town.opened['red'].id}").text
    assert re.search(r'<button type="submit" class="primary" id="submit" disabled>', page)
    assert "exercise.js" not in page
    assert "Nothing is run while you look." in page
    assert "data-api" not in page.partition('id="live"')[2]
    for who in ("ann", "op"):
        plain = town.get(who, f"/courses/red/assignments/{town.opened['red'].id}").text
        assert "exercise.js" in plain


@pytest.mark.parametrize(
    ("address", "fields"),
    [
        ("/submissions", {"source": "def f(z): return z", "assignment": "ASSIGNMENT"}),
        ("/submissions/WORK/comments", {"text": "x"}),
        ("/submissions/WORK/reviews", {"text": "x"}),
        ("/account/name", {"name": "x"}),
        ("/account/sessions", {}),
        ("/courses/red/students/ANN/extensions", {"assignment": "ASSIGNMENT"}),
        ("/courses/red/students/ANN/see", {}),
        ("/join/x", {"join": "yes"}),
        ("/sign-in", {"username": "op", "password": "x"}),
    ],
)
def test_no_form_is_taken(tess_as_ann: Town, address: str, fields: dict[str, str]) -> None:
    town = tess_as_ann
    named = {
        "ASSIGNMENT": town.opened["red"].id,
        "WORK": town.work["ann"],
        "ANN": town.people["ann"].id,
    }
    for name, value in named.items():
        address = address.replace(name, value)
        fields = {key: text.replace(name, value) for key, text in fields.items()}
    before = rows(town)
    html = {"Accept": "text/html"}
    answer = town.form("tess", address, fields, page="/help", headers=html)
    assert answer.status_code == 403, answer.text
    assert "You see this course as Ann does. Nothing was sent." in answer.text
    assert BANNER in answer.text, "with the way back"
    assert rows(town) == before


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "submissions", {"source": "def f(z): return z"}),
        ("POST", "previews", {"source": "def f(z): return z", "exercise": "affine"}),
        ("POST", "tokens", {"name": "x", "scope": "student"}),
        ("PUT", "courses/red/members/x", {"role": "student"}),
        ("PATCH", "courses/red", {"title": "x"}),
        ("DELETE", "tokens/x", None),
    ],
)
def test_nor_does_a_script_send_anything(
    tess_as_ann: Town, method: str, path: str, body: Any
) -> None:
    town = tess_as_ann
    same = {"Sec-Fetch-Site": "same-origin"}
    answer = town.client("tess").open(f"/api/v1/{path}", method=method, json=body, headers=same)
    assert answer.status_code == 403
    assert answer.get_json()["type"] == "/problems/in-guise"


def rows(town: Town) -> int:
    """How many submissions and deeds there are."""
    engine = town.desk.engine
    made = town.desk.submissions.latest(view=town.principal("op").view, limit=1000)
    return len(made) + len(Audit(engine).of_course("red", limit=1000))


def test_nothing_of_the_students_other_courses_or_own_account_is_seen(town: Town) -> None:
    Memberships(town.desk.engine).put("blue", town.people["bob"].id, Role.STUDENT)
    there = town.hand_in("bob", town.opened["blue"].id)
    practice = town.practise("bob")
    begin(town, "tess", "bob")
    assert town.get("tess", "/courses/blue").status_code == 404
    assert "The blue course" not in town.get("tess", "/courses").text
    for id_ in (there, practice):
        assert town.get("tess", f"/submissions/{id_}").status_code == 404
        assert id_ not in town.get("tess", "/submissions").text
        assert town.get("bob", f"/submissions/{id_}").status_code == 200
    listed = town.get("tess", "/api/v1/submissions").get_json()["items"]
    assert [one["id"] for one in listed] == [town.work["bob"]]
    for closed in ("/account", "/api/v1/me", "/api/v1/tokens", "/join/x", "/courses/red/overview"):
        answer = town.get("tess", closed)
        assert answer.status_code == 403, closed
        assert "You see" in answer.text
    assert town.get("tess", "/exercises/inverse").status_code == 404, "assigned in blue"
    end(town, "tess")


def test_it_ends_with_the_session_the_role_and_the_hour(town: Town) -> None:
    def is_on() -> bool:
        return BANNER in town.get("tess", "/help").text

    engine, tess, ann = town.desk.engine, town.people["tess"].id, town.people["ann"].id
    memberships = Memberships(engine)
    begin(town, "tess", "ann")
    assert is_on()
    memberships.put("blue", tess, Role.ASSISTANT)
    memberships.put("red", tess, Role.STUDENT)
    assert not is_on(), "who teaches elsewhere does not teach here"
    memberships.remove("blue", tess)
    memberships.put("red", tess, Role.ASSISTANT)
    memberships.put("red", ann, Role.ASSISTANT)
    assert not is_on(), "who teaches too is not seen"
    memberships.put("red", ann, Role.STUDENT)
    assert is_on()
    secret = town.client("tess").get_cookie("pushforward_session")
    assert secret is not None
    now = datetime.now(UTC)
    hour = Guises(engine, clock=lambda: now + timedelta(hours=1, seconds=1))
    assert hour.of(secret.value) is None
    assert hour.sweep(now + timedelta(hours=1, seconds=1)) == 1
    assert not is_on()
    begin(town, "tess", "ann")
    town.form("tess", "/sign-out", {}, page="/help")
    assert Guises(engine).of(secret.value) is None
    town.client("tess").set_cookie("pushforward_session", town.door.sessions.begin(tess))
    assert not is_on()


def test_who_looks_is_counted_as_who_it_is(town: Town) -> None:
    """Quotas and the log go by the actor: looking takes nothing from the student."""
    seen = in_guise(town.principal("tess"), town.people["ann"], "red")
    assert (seen.id, seen.actor) == (town.people["ann"].id, Actor(town.people["tess"].id))


def test_two_browsers_of_one_person_are_two_things(town: Town) -> None:
    other = town.app.test_client()
    other.set_cookie("pushforward_session", town.door.sessions.begin(town.people["tess"].id))
    begin(town, "tess", "ann")
    assert BANNER in town.get("tess", "/courses/red").text
    assert BANNER not in other.get("/courses/red").text
    end(town, "tess")


def token(town: Town, who: str, scope: Scope, course: str | None = None) -> dict[str, str]:
    _, secret = AccessTokens(town.desk.engine).make(
        town.people[who].id, Wanted("a program", scope, course)
    )
    return {"Authorization": f"Bearer {secret}"}


def test_a_token_of_staff_asks_as_a_student_by_a_header(town: Town) -> None:
    secret = hand_in_graded(town, Rules(release=Release.BY_HAND))
    ann = town.people["ann"].id
    before = len(seen_as(town))
    by_token = token(town, "tess", Scope.TA)
    as_ann = by_token | {"See-As": f"red/{ann}"}
    client = town.app.test_client()
    path = f"/api/v1/submissions/{secret.submission}"
    assert client.get(path, headers=by_token).get_json()["report"]["score"] == 7.25
    seen = client.get(path, headers=as_ann)
    assert seen.get_json() == town.get("ann", path).get_json()
    assert "See-As" in seen.headers["Vary"]
    assert client.get("/api/v1/courses/red/overview", headers=as_ann).status_code == 403
    assert len(seen_as(town)) == before + 1, "once an hour"
    sent = client.post("/api/v1/submissions", json={"source": "x"}, headers=as_ann)
    assert (sent.status_code, sent.get_json()["type"]) == (403, "/problems/in-guise")
    town.desk.courses.roster.set_ids("red", ann, {"canvas_id": "4711"})
    named = by_token | {"See-As": "red/canvas_id:4711"}
    assert client.get(path, headers=named).get_json() == seen.get_json()


def test_an_hour_later_it_is_noted_again(town: Town) -> None:
    tokens = AccessTokens(town.desk.engine)
    made, _ = tokens.make(town.people["op"].id, Wanted("x", Scope.TA))
    bob = Guise(town.people["bob"], "red")
    actor = Actor(town.people["op"].id, made.id)
    now, before = datetime.now(UTC), len(seen_as(town))
    for minutes in (0, 1, 59, 62, 100):
        later = partial(now.__add__, timedelta(minutes=minutes))
        Guises(town.desk.engine, clock=later).note_of_token(bob, actor)
    assert len(seen_as(town)) == before + 2


@pytest.mark.parametrize(
    ("who", "scope", "said", "status"),
    [
        ("ann", Scope.STUDENT, "red/BOB", 403),
        ("tess", Scope.STUDENT, "red/ANN", 403),
        ("tess", Scope.TA, "red/TESS", 403),
        ("tess", Scope.TA, "red/CAS", 404),
        ("tess", Scope.TA, "blue/CAS", 404),
        ("tess", Scope.TA, "red", 404),
        ("tess", Scope.TA, "", 404),
        ("tess", Scope.TA, "nix/ANN", 404),
        ("ivo", Scope.TA, "red/ANN", 404),
    ],
)
def test_who_may_not_is_told_no_more_than_elsewhere(
    town: Town, who: str, scope: Scope, said: str, status: int
) -> None:
    for name in ("ANN", "BOB", "CAS", "TESS"):
        said = said.replace(name, town.people[name.lower()].id)
    headers = token(town, who, scope) | {"See-As": said}
    answer = town.app.test_client().get("/api/v1/courses", headers=headers)
    assert answer.status_code == status, answer.text


def test_a_browser_does_not_ask_by_the_header(town: Town) -> None:
    headers = {"See-As": f"red/{town.people['ann'].id}"}
    answer = town.get("tess", "/api/v1/courses/red", headers=headers)
    assert answer.status_code == 403
    assert town.app.test_client().get("/api/v1/courses/red", headers=headers).status_code == 401
