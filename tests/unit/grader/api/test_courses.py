"""Courses and assignments over HTTP: how one stands, what is taken, and who may change what."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from werkzeug.test import TestResponse

from exercises.catalog.reading import COURSE
from exercises.outcome import Verdict
from exercises.quiz.questions import drawn
from grader.app import create_app
from grader.store.course.roles import Role
from grader.store.grading.attempts import Attempts
from grader.store.grading.grades import Grades
from tests.unit.grader.conftest import LEASE, make_report
from tests.unit.grader.town import SOURCE, Town

if TYPE_CHECKING:
    from grader.settings import Settings

DAY = timedelta(days=1)


def ask(town: Town, who: str, method: str, address: str, body: object = None) -> TestResponse:
    headers = {"Sec-Fetch-Site": "same-origin"}
    sent = {} if body is None else {"json": body}
    return town.client(who).open(f"/api/v1{address}", method=method, headers=headers, **sent)


def made(town: Town, course: str = "red", **rules: Any) -> dict[str, Any]:
    """An assignment of the affine exercise that the operator makes over HTTP."""
    answer = ask(
        town, "op", "POST", f"/courses/{course}/assignments", {"exercise": "affine", **rules}
    )
    assert answer.status_code == 201, answer.text
    return dict(answer.get_json())


def send(town: Town, who: str, assignment: str, **more: object) -> TestResponse:
    return ask(
        town,
        who,
        "POST",
        "/submissions",
        {"source": SOURCE, "assignment": assignment, **more},
    )


def problem(answer: TestResponse) -> tuple[int, str]:
    return answer.status_code, str(answer.get_json()["type"]).removeprefix("/problems/")


def in_utc(text: str) -> datetime:
    return datetime.fromisoformat(text)


def test_one_sees_the_courses_that_one_is_in(town: Town) -> None:
    def seen(who: str) -> dict[str, str]:
        items = ask(town, who, "GET", "/courses").get_json()["items"]
        return {item["id"]: item["role"] for item in items}

    assert seen("ann") == {"red": "student"}
    assert seen("ivo") == {"blue": "instructor"}
    assert seen("stray") == {}
    assert {"red", "blue"} <= seen("op").keys()
    assert problem(ask(town, "nobody", "GET", "/courses"))[0] == 401
    shown = ask(town, "ann", "GET", "/courses/red").get_json()
    assert (shown["title"], shown["time_zone"], shown["archived_at"]) == (
        "The red course",
        "UTC",
        None,
    )
    assert problem(ask(town, "ann", "GET", "/courses/blue")) == (404, "not-found")
    assert problem(ask(town, "op", "GET", "/courses/nothing")) == (404, "not-found")


def test_a_student_sees_what_has_opened_and_staff_see_all(town: Town) -> None:
    def seen(who: str) -> set[str]:
        answer = ask(town, who, "GET", "/courses/red/assignments")
        return {item["id"] for item in answer.get_json()["items"]}

    opened, unopened = town.opened["red"].id, town.unopened["red"].id
    assert opened in seen("ann")
    assert unopened not in seen("ann")
    assert {opened, unopened} <= seen("tess") & seen("op")
    assert problem(ask(town, "ann", "GET", f"/assignments/{unopened}")) == (404, "not-found")
    assert ask(town, "tess", "GET", f"/assignments/{unopened}").status_code == 200
    for foreign in (town.opened["blue"].id, "unknown", "%00"):
        assert problem(ask(town, "ann", "GET", f"/assignments/{foreign}")) == (404, "not-found")


def test_an_assignment_says_what_is_asked_and_by_which_rules(town: Town) -> None:
    assigned = made(
        town,
        due_at="2100-12-01",
        closes_at="2100-12-05T18:00+02:00",
        late_penalty=0.1,
        attempts=5,
        cooldown_seconds=60,
    )
    shown = ask(town, "ann", "GET", assigned["links"]["self"].removeprefix("/api/v1")).get_json()
    assert in_utc(shown["due_at"]) == datetime(2100, 12, 1, 23, 59, 59, tzinfo=UTC)
    assert in_utc(shown["closes_at"]) == datetime(2100, 12, 5, 16, 0, tzinfo=UTC)
    assert (shown["late_penalty"], shown["attempts"], shown["cooldown_seconds"]) == (0.1, 5, 60)
    assert shown["asked"]["slug"] == shown["exercise"] == "affine"
    assert shown["asked"]["statement"]
    assert shown["exercise_version"] == town.desk.catalog["affine"].version
    assert (shown["title"], shown["max_score"]) == (shown["asked"]["title"], 10.0)
    assert shown["standing"] == {
        "phase": "open",
        "due_at": shown["due_at"],
        "closes_at": shown["closes_at"],
        "extended": False,
        "attempts_used": 0,
        "attempts_left": 5,
        "next_attempt_at": None,
        "pending": 0,
        "passed": False,
        "best": None,
        "shown": "whole",
    }


def test_times_without_an_offset_are_those_of_the_course(town: Town) -> None:
    body = {"id": "berlin", "title": "Berlin", "time_zone": "Europe/Berlin"}
    assert ask(town, "op", "POST", "/courses", body).status_code == 201
    assigned = made(town, "berlin", due_at="2100-07-01T18:00")
    assert in_utc(assigned["due_at"]) == datetime(2100, 7, 1, 16, 0, tzinfo=UTC)
    refused = ask(
        town,
        "op",
        "POST",
        "/courses/berlin/assignments",
        {"exercise": "affine", "due_at": "2027-03-28T02:30"},
    )
    assert problem(refused) == (422, "invalid")
    (error,) = refused.get_json()["errors"]
    assert error["pointer"] == "#/due_at"
    assert "clocks go forward" in error["message"]


def test_a_quiz_asks_the_person_and_the_answers_are_marked_for_the_person(town: Town) -> None:
    quiz = ask(town, "ivo", "POST", "/courses/blue/assignments", {"exercise": "true-or-false-gans"})
    assert quiz.status_code == 201
    id_ = quiz.get_json()["id"]
    asked = ask(town, "cas", "GET", f"/assignments/{id_}").get_json()["asked"]["questions"]
    answers = {one["id"]: one["options"][0]["id"] == "true" for one in asked}
    sent = ask(town, "cas", "POST", "/submissions", {"assignment": id_, "answers": answers})
    assert sent.status_code == 202
    given = Attempts(town.desk.engine).hand_out(100, now=datetime.now(UTC), lease=LEASE)
    (mine,) = (one for one in given if one.submission == sent.get_json()["id"])
    exercise = town.desk.catalog["true-or-false-gans"]
    marked = drawn(exercise.questions, exercise.quiz, mine.variant)
    assert [one.id for one in marked] == [one["id"] for one in asked]


def test_what_is_handed_in_is_the_persons_and_follows_the_assignment(town: Town) -> None:
    assigned = made(town)
    sent = send(town, "ann", assigned["id"]).get_json()
    assert (sent["assignment"], sent["course"]) == (assigned["id"], "red")
    assert (sent["exercise"], sent["student"]) == ("affine", town.people["ann"].id)
    assert sent["counted"] == {"score": None, "given": None, "days_late": 0, "kept": 1.0}
    named = send(
        town, "ann", assigned["id"], exercise="affine", exercise_version=sent["exercise_version"]
    )
    assert named.status_code == 202
    listed = ask(town, "ann", "GET", f"/submissions?assignment={assigned['id']}").get_json()
    assert {item["id"] for item in listed["items"]} == {sent["id"], named.get_json()["id"]}


def test_what_does_not_fit_the_assignment_is_refused(town: Town) -> None:
    assigned = made(town)
    other = send(town, "ann", assigned["id"], exercise="inverse")
    assert problem(other) == (422, "invalid")
    assert other.get_json()["errors"][0]["pointer"] == "#/exercise"
    labelled = send(town, "ann", assigned["id"], student="Ann", course="red")
    assert [error["pointer"] for error in labelled.get_json()["errors"]] == [
        "#/course",
        "#/student",
    ]
    assert problem(send(town, "ann", assigned["id"], exercise_version="old")) == (
        409,
        "exercise-changed",
    )
    for unknown in ("unknown", "\0", town.opened["blue"].id, "x" * 64):
        assert problem(send(town, "ann", unknown)) == (422, "unknown-assignment")
    assert (
        ask(town, "ann", "GET", f"/assignments/{assigned['id']}").get_json()["standing"][
            "attempts_used"
        ]
        == 0
    )


def test_each_rule_that_stands_in_the_way_has_a_problem_of_its_own(town: Town) -> None:
    past = (datetime.now(UTC) - DAY).isoformat()
    future = (datetime.now(UTC) + DAY).isoformat()
    unopened = made(town, opens_at=future)["id"]
    assert problem(send(town, "ann", unopened)) == (409, "not-open")
    closed = made(town, due_at=past)["id"]
    assert problem(send(town, "ann", closed)) == (409, "closed")
    once = made(town, attempts=1)["id"]
    assert send(town, "ann", once).status_code == 202
    refused = send(town, "ann", once)
    assert problem(refused) == (409, "no-attempts-left")
    assert "1 of 1" in refused.get_json()["detail"]
    slow = made(town, cooldown_seconds=3600)["id"]
    assert send(town, "ann", slow).status_code == 202
    refused = send(town, "ann", slow)
    assert problem(refused) == (429, "cooling-down")
    assert 3500 < int(refused.headers["Retry-After"]) <= 3600
    standing = ask(town, "ann", "GET", f"/assignments/{slow}").get_json()["standing"]
    assert in_utc(standing["next_attempt_at"]) > datetime.now(UTC)
    # Nothing of that was stored.
    for id_, stored in ((unopened, 0), (closed, 0), (once, 1), (slow, 1)):
        listed = ask(town, "ann", "GET", f"/submissions?assignment={id_}").get_json()["items"]
        assert len(listed) == stored


def test_late_work_counts_less_and_an_extension_takes_that_back(town: Town) -> None:
    now = datetime.now(UTC)
    due, closes = (now - timedelta(hours=30)).isoformat(), (now + 9 * DAY).isoformat()
    assigned = made(town, due_at=due, closes_at=closes, late_penalty=0.25)["id"]
    sent = send(town, "bob", assigned).get_json()
    attempts = Attempts(town.desk.engine)
    attempts.hand_out(1000, now=now + DAY, lease=LEASE)
    report = make_report(score=8.0, max_score=10.0, verdict=Verdict.PARTIAL)
    assert Grades(town.desk.engine).record(sent["id"], 1, report, [], now=now)
    shown = ask(town, "bob", "GET", f"/submissions/{sent['id']}").get_json()
    assert shown["counted"] == {"score": 4.0, "given": None, "days_late": 2, "kept": 0.5}
    assert shown["report"]["score"] == 8.0
    best = ask(town, "bob", "GET", f"/assignments/{assigned}").get_json()["standing"]["best"]
    assert best == {
        "submission": sent["id"],
        "score": 4.0,
        "earned": 8.0,
        "max_score": 10.0,
        "days_late": 2,
    }
    bob = town.people["bob"].id
    address = f"/assignments/{assigned}/extensions/{bob}"
    body = {"due_at": (now + DAY).isoformat(), "more_attempts": 1, "reason": "ill"}
    assert ask(town, "tess", "PUT", address, body).status_code == 200
    (given,) = ask(town, "tess", "GET", f"/assignments/{assigned}/extensions").get_json()["items"]
    assert (given["person"], given["reason"], given["more_attempts"]) == (bob, "ill", 1)
    shown = ask(town, "bob", "GET", f"/assignments/{assigned}").get_json()
    assert (shown["standing"]["best"]["score"], shown["standing"]["extended"]) == (8.0, True)
    assert "ill" not in str(shown)
    assert ask(town, "tess", "DELETE", address).status_code == 204
    shown = ask(town, "bob", "GET", f"/submissions/{sent['id']}").get_json()
    assert shown["counted"]["score"] == 4.0
    stranger = f"/assignments/{assigned}/extensions/{town.people['cas'].id}"
    assert problem(ask(town, "tess", "PUT", stranger, {})) == (404, "not-found")


def test_instructors_change_what_they_name_and_nothing_else(town: Town) -> None:
    body = {"exercise": "affine", "due_at": "2100-01-01", "attempts": 3}
    assigned = ask(town, "ivo", "POST", "/courses/blue/assignments", body).get_json()
    address = f"/assignments/{assigned['id']}"
    changed = ask(town, "ivo", "PATCH", address, {"attempts": None}).get_json()
    assert (changed["attempts"], changed["due_at"]) == (None, assigned["due_at"])
    changed = ask(town, "ivo", "PATCH", address, {"due_at": None, "position": 0}).get_json()
    assert (changed["due_at"], changed["position"]) == (None, 0)
    refused = ask(town, "ivo", "PATCH", address, {"late_penalty": 0.1})
    assert problem(refused) == (422, "invalid")
    assert "late penalty needs a deadline" in refused.get_json()["detail"]
    assert problem(ask(town, "ivo", "PATCH", address, {"attempts": 0})) == (422, "invalid")
    assert problem(ask(town, "ivo", "PATCH", address, {"nothing": 0})) == (422, "invalid")
    unknown = ask(town, "ivo", "POST", "/courses/blue/assignments", {"exercise": "nothing"})
    assert problem(unknown) == (422, "unknown-exercise")
    assert ask(town, "ivo", "DELETE", address).status_code == 204
    assert problem(ask(town, "ivo", "GET", address)) == (404, "not-found")
    answered = f"/assignments/{town.opened['blue'].id}"
    assert problem(ask(town, "ivo", "DELETE", answered)) == (409, "answered")


CHANGES = [
    ("POST", "/courses", {"id": "mine", "title": "Mine"}),
    ("PATCH", "/courses/red", {"title": "Mine"}),
    ("POST", "/courses/red/assignments", {"exercise": "affine"}),
    ("PATCH", "/assignments/{open}", {"attempts": 99}),
    ("DELETE", "/assignments/{later}", None),
    ("PUT", "/assignments/{open}/extensions/{ann}", {"more_attempts": 99}),
    ("PUT", "/courses/red/members/{ann}", {"role": "instructor"}),
    ("DELETE", "/courses/red/members/{bob}", None),
    ("POST", "/courses/red/members/{bob}/password-link", None),
    ("POST", "/courses/red/invitations", {"role": "instructor"}),
    ("DELETE", "/courses/red/invitations", None),
]


@pytest.mark.parametrize(("method", "address", "body"), CHANGES)
@pytest.mark.parametrize("who", ["ann", "cas", "ivo", "stray", "nobody"])
def test_no_student_and_nobody_of_another_course_changes_anything(
    town: Town, who: str, method: str, address: str, body: object
) -> None:
    named = address.format(
        open=town.opened["red"].id,
        later=town.unopened["red"].id,
        ann=town.people["ann"].id,
        bob=town.people["bob"].id,
    )
    status = ask(town, who, method, named, body).status_code
    outsider = who in {"cas", "ivo", "stray"} and address != "/courses"
    assert status == (401 if who == "nobody" else 404 if outsider else 403)
    assert town.desk.courses.memberships.role("red", town.people["ann"].id) == "student"


def test_courses_are_begun_by_operators_and_ended_by_their_instructors(town: Town) -> None:
    body = {"id": "green", "title": "Green", "time_zone": "Asia/Tokyo"}
    begun = ask(town, "op", "POST", "/courses", body)
    assert (begun.status_code, begun.headers["Location"]) == (201, "/api/v1/courses/green")
    assert problem(ask(town, "op", "POST", "/courses", body)) == (409, "taken")
    for bad in ({"id": "Green", "title": "x"}, {"id": "x", "title": " "}):
        assert problem(ask(town, "op", "POST", "/courses", bad)) == (422, "invalid")
    person = town.people["stray"].id
    put = ask(town, "op", "PUT", f"/courses/green/members/{person}", {"role": "instructor"})
    assert put.get_json()["role"] == "instructor"
    assigned = ask(
        town, "stray", "POST", "/courses/green/assignments", {"exercise": "affine"}
    ).get_json()["id"]
    ended = ask(town, "stray", "PATCH", "/courses/green", {"archived": True}).get_json()
    assert ended["archived_at"] is not None
    assert (ended["title"], ended["time_zone"]) == ("Green", "Asia/Tokyo")
    assert problem(send(town, "stray", assigned)) == (409, "archived")
    assert problem(ask(town, "stray", "POST", "/courses/green/invitations", {})) == (
        409,
        "archived",
    )
    again = ask(town, "stray", "PATCH", "/courses/green", {"archived": False, "title": "G"})
    assert (again.get_json()["archived_at"], again.get_json()["title"]) == (None, "G")
    assert send(town, "stray", assigned).status_code == 202
    assert ask(town, "op", "DELETE", f"/courses/green/members/{person}").status_code == 204
    assert problem(ask(town, "stray", "GET", "/courses/green")) == (404, "not-found")


def test_an_invitation_leads_to_the_page_and_is_shown_once(town: Town) -> None:
    body = {"role": "student", "days": 3, "uses": 1}
    answer = ask(town, "ivo", "POST", "/courses/blue/invitations", body)
    made_ = answer.get_json()
    assert answer.headers["Cache-Control"] == "no-store"
    assert made_["link"].startswith("http://localhost/join/")
    token = made_["link"].rpartition("/")[2]
    listed = ask(town, "ivo", "GET", "/courses/blue/invitations")
    assert token not in listed.text
    assert {"role": "student", "uses_left": 1}.items() <= listed.get_json()["items"][0].items()
    assert town.client("nobody").get(f"/join/{token}").status_code == 200
    assert ask(town, "ivo", "DELETE", "/courses/blue/invitations").status_code == 204
    assert ask(town, "ivo", "GET", "/courses/blue/invitations").get_json()["items"] == []


def test_a_password_link_is_only_for_a_student_of_this_course_alone(town: Town) -> None:
    cas = town.people["cas"]
    answer = ask(town, "ivo", "POST", f"/courses/blue/members/{cas.id}/password-link")
    assert answer.status_code == 201
    token = answer.get_json()["link"].rpartition("/")[2]
    seen = town.desk.courses.invitations.look(token)
    assert seen is not None
    assert seen.person == cas.id
    for who in ("ivo", "op"):
        person = town.people[who].id
        answer = ask(town, "ivo", "POST", f"/courses/blue/members/{person}/password-link")
        assert answer.status_code in {403, 404}
    town.desk.courses.courses.create("second", "Second")
    town.desk.courses.memberships.put("second", cas.id, Role.STUDENT)
    refused = ask(town, "ivo", "POST", f"/courses/blue/members/{cas.id}/password-link")
    assert problem(refused) == (403, "not-allowed")


def test_members_are_paged(town: Town) -> None:
    first = ask(town, "tess", "GET", "/courses/red/members?limit=2").get_json()
    assert len(first["items"]) == 2
    rest = town.client("tess").get(first["next"]).get_json()
    everybody = [item["username"] for item in first["items"] + rest["items"]]
    assert sorted(everybody) == ["ann", "bob", "tess"]
    assert rest["next"] is None
    assert problem(ask(town, "tess", "GET", "/courses/red/members?after=%00")) == (
        400,
        "bad-cursor",
    )


def test_practice_is_for_what_no_course_has_assigned(town: Town) -> None:
    assert ask(town, "ann", "POST", "/submissions", {"source": SOURCE}).status_code == 202
    labelled = ask(town, "ann", "POST", "/submissions", {"source": SOURCE, "student": "Zoe"})
    assert problem(labelled) == (422, "invalid")
    town.desk.courses.courses.create("pool", "Pool")
    town.desk.courses.memberships.put("pool", town.people["ann"].id, Role.STUDENT)
    asked = ask(town, "op", "POST", "/courses/pool/assignments", {"exercise": "playground"})
    refused = ask(town, "ann", "POST", "/submissions", {"source": SOURCE})
    assert problem(refused) == (422, "invalid")
    assert refused.get_json()["errors"][0]["pointer"] == "#/assignment"
    assert ask(town, "cas", "POST", "/submissions", {"source": SOURCE}).status_code == 202
    assert send(town, "ann", asked.get_json()["id"]).status_code == 202
    town.desk.courses.courses.archive("pool")
    assert ask(town, "ann", "POST", "/submissions", {"source": SOURCE}).status_code == 202
    answer = ask(town, "ann", "POST", "/submissions", {"source": SOURCE, "exercise": "inverse"})
    assert problem(answer) == (422, "unknown-exercise")


@pytest.fixture
def changed_folder(tmp_path: Path) -> Path:
    folder = tmp_path / "course"
    folder.mkdir()
    for slug in ("affine", "playground", "which-a"):
        shutil.copytree(COURSE / slug, folder / slug)
    return folder


@pytest.fixture
def changed_town(settings: Settings, changed_folder: Path) -> Iterator[Town]:
    """A service that was started again after the exercises of a course had changed."""
    before = Town(create_app(replace(settings, demo=False, exercises_dir=changed_folder)))
    before.let_in("ann")
    before.desk.courses.courses.create("red", "Red")
    before.desk.courses.memberships.put("red", before.people["ann"].id, Role.STUDENT)
    for slug in ("affine", "which-a"):
        before.opened[slug] = before.assign("red", slug)
    for slug in ("affine", "which-a"):
        statement = changed_folder / slug / "statement.md"
        statement.write_text("Something else altogether.\n")
    after = Town(create_app(replace(settings, demo=False, exercises_dir=changed_folder)))
    after.opened, after.people = before.opened, before.people
    after.clients["ann"] = client = after.app.test_client()
    client.set_cookie("pushforward_session", after.door.sessions.begin(after.people["ann"].id))
    yield after
    for one in (before, after):
        one.desk.engine.dispose()
        one.desk.broker.close()


def test_an_assignment_asks_for_its_own_version_when_the_exercise_has_changed(
    changed_town: Town,
) -> None:
    for slug in ("affine", "which-a"):
        assigned = changed_town.opened[slug]
        assert changed_town.desk.catalog[slug].version != assigned.exercise_version
        shown = ask(changed_town, "ann", "GET", f"/assignments/{assigned.id}").get_json()
        assert shown["exercise_version"] == assigned.exercise_version
        assert shown["asked"]["version"] == assigned.exercise_version
        assert "Something else altogether" not in shown["asked"]["statement"]
    sent = send(changed_town, "ann", changed_town.opened["affine"].id).get_json()
    assert sent["exercise_version"] == changed_town.opened["affine"].exercise_version


def test_the_figures_of_a_pinned_quiz_are_those_of_its_version(changed_town: Town) -> None:
    quiz = changed_town.opened["which-a"].id
    asked = ask(changed_town, "ann", "GET", f"/assignments/{quiz}").get_json()["asked"]
    figures = [one["figure"] for one in asked["questions"] if one["figure"]]
    assert figures
    for figure in figures:
        address = figure["links"]["image/png"]
        assert changed_town.get("ann", address).status_code == 200
    wrong = figures[0]["links"]["image/png"].rpartition("=")[0] + "=0000000000000000"
    assert changed_town.get("ann", wrong).status_code == 404
