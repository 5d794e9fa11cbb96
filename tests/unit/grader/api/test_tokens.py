"""Access tokens over HTTP: made, shown once, capped, listed and revoked; and what platforms do."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from grader.store.audit import Actor, Audit, Deed, Entry
from grader.store.course.roles import Role
from grader.store.database import reading
from grader.store.identity.access_tokens import AccessTokens, Wanted
from grader.store.identity.scopes import Scope
from grader.store.models import AccessTokenRow, SubmissionRow
from tests.unit.grader.town import SOURCE, Town

SECRET = re.compile(r"pf_[0-9A-Za-z_-]{43}")


class Program:
    """A client without cookies that sends a token."""

    def __init__(self, town: Town, secret: str) -> None:
        self._client = town.app.test_client()
        self._headers = {"Authorization": f"Bearer {secret}"}

    def ask(self, method: str, address: str, body: object = None) -> TestResponse:
        sent: dict[str, Any] = {} if body is None else {"json": body}
        path = address if address.startswith("/api/") else f"/api/v1{address}"
        return self._client.open(path, method=method, headers=self._headers, **sent)

    def get(self, address: str) -> Any:
        answer = self.ask("GET", address)
        assert answer.status_code == 200, answer.text
        return answer.get_json()

    def ids(self, address: str) -> set[str]:
        return {item["id"] for item in self.get(address)["items"]}


def platform(town: Town, course: str = "red") -> Program:
    _, secret = town.door.tokens.make_for_platform(Wanted("Canvas", Scope.PLATFORM, course))
    return Program(town, secret)


def program(town: Town, who: str, scope: Scope, course: str | None = None) -> Program:
    _, secret = town.door.tokens.make(town.people[who].id, Wanted("mine", scope, course))
    return Program(town, secret)


def problem(answer: TestResponse) -> tuple[int, str]:
    return answer.status_code, str(answer.get_json()["type"]).removeprefix("/problems/")


def log_of(town: Town, course: str, deed: Deed) -> list[Entry]:
    return Audit(town.desk.engine).of_course(course, deed=deed, limit=200)


def test_a_token_is_made_shown_once_and_acts_as_its_person(town: Town) -> None:
    made = town.post("ann", "/api/v1/tokens", {"name": "My laptop", "days": 10})
    assert made.status_code == 201
    assert made.headers["Cache-Control"] == "no-store"
    body = made.get_json()
    assert SECRET.fullmatch(body["token"])
    assert (body["scope"], body["course"], body["person"]) == (
        "student",
        None,
        town.people["ann"].id,
    )
    ends = datetime.fromisoformat(body["expires_at"])
    assert timedelta(days=9, hours=23) < ends - datetime.now(UTC) <= timedelta(days=10)

    mine = Program(town, body["token"])
    me = mine.get("/me")
    assert (me["name"], me["roles"], me["token"]["id"]) == ("Ann", {"red": "student"}, body["id"])
    assert mine.get("/tokens")["items"] == []  # it sees what is below it, and nothing is
    listed = town.get("ann", "/api/v1/tokens").get_json()["items"]
    assert body["id"] in {one["id"] for one in listed}
    assert body["token"] not in town.get("ann", "/api/v1/tokens").text


def test_the_database_keeps_no_token(town: Town) -> None:
    token, secret = town.door.tokens.make(town.people["bob"].id, Wanted("x", Scope.STUDENT))
    with reading(town.desk.engine) as connection:
        row = connection.execute(select(AccessTokenRow).where(AccessTokenRow.id == token.id)).one()
    assert not any(secret in str(value) or secret[3:] in str(value) for value in row)


def test_a_program_submits_as_its_person_and_the_row_keeps_the_token(town: Town) -> None:
    mine = program(town, "bob", Scope.STUDENT)
    body = {"source": SOURCE, "assignment": town.opened["red"].id}
    sent = mine.ask("POST", "/submissions", body)
    assert sent.status_code == 202, sent.text
    token = mine.get("/me")["token"]["id"]
    assert (sent.get_json()["student"], sent.get_json()["sent_by_token"]) == (
        town.people["bob"].id,
        token,
    )
    assert mine.get(sent.headers["Location"])["state"] == "accepted"
    by_hand = town.get("ann", f"/api/v1/submissions/{town.work['ann']}").get_json()
    assert by_hand["sent_by_token"] is None


def test_a_scope_is_a_ceiling_whatever_the_person_is(town: Town) -> None:
    low, high = program(town, "tess", Scope.STUDENT), program(town, "tess", Scope.TA)
    assert town.work["ann"] in high.ids("/submissions?limit=200")
    assert town.work["ann"] not in low.ids("/submissions?limit=200")
    assert problem(low.ask("GET", f"/submissions/{town.work['ann']}")) == (404, "not-found")
    assert low.get("/me")["roles"] == low_roles(low) == {"red": "student"}
    # What is not open yet is hidden from students, and from a teacher's student token.
    unopened = town.unopened["red"].id
    assert problem(low.ask("GET", f"/assignments/{unopened}")) == (404, "not-found")
    assert high.get(f"/assignments/{unopened}")["id"] == unopened
    body = {"source": SOURCE, "assignment": unopened}
    assert problem(low.ask("POST", "/submissions", body)) == (409, "not-open")
    assert high.ask("POST", "/submissions", body).status_code == 202
    # An operator's token has the operator's roles, and there are none.
    assert program(town, "op", Scope.TA).ids("/courses") == set()


def low_roles(who: Program) -> dict[str, str]:
    return {item["id"]: item["role"] for item in who.get("/courses")["items"]}


def test_a_token_of_one_course_sees_no_work_of_its_person_elsewhere(town: Town) -> None:
    put = town.desk.courses.memberships.put
    both = town.door.people.create("Both", None)
    town.people["both"] = both
    put("red", both.id, Role.STUDENT)
    put("blue", both.id, Role.STUDENT)
    everywhere = program(town, "both", Scope.STUDENT)
    sent = {
        course: everywhere.ask(
            "POST", "/submissions", {"source": SOURCE, "assignment": town.opened[course].id}
        ).get_json()["id"]
        for course in ("red", "blue")
    }
    practised = everywhere.ask("POST", "/submissions", {"source": SOURCE}).get_json()["id"]
    assert everywhere.ids("/submissions") == {*sent.values(), practised}

    bound = program(town, "both", Scope.STUDENT, "red")
    assert bound.ids("/submissions") == {sent["red"]}
    assert bound.ids("/courses") == {"red"}
    assert problem(bound.ask("GET", f"/submissions/{sent['blue']}")) == (404, "not-found")
    assert problem(bound.ask("GET", f"/submissions/{practised}")) == (404, "not-found")
    slugs = {item["slug"] for item in bound.get("/exercises")["items"]}
    assert town.opened["red"].exercise in slugs
    assert town.opened["blue"].exercise not in slugs
    blue = {"source": SOURCE, "assignment": town.opened["blue"].id}
    assert problem(bound.ask("POST", "/submissions", blue)) == (422, "unknown-assignment")
    assert problem(bound.ask("POST", "/submissions", {"source": SOURCE})) == (422, "invalid")


def test_a_token_makes_and_revokes_only_what_is_below_it(town: Town) -> None:
    high = program(town, "tess", Scope.TA, "red")
    for scope in ("ta", "platform"):
        refused = high.ask("POST", "/tokens", {"name": "x", "scope": scope})
        assert refused.status_code in {403, 422}, scope
    answer = high.ask("POST", "/tokens", {"name": "ta", "scope": "ta"})
    assert answer.headers["WWW-Authenticate"].endswith('scope="platform"')
    made = high.ask("POST", "/tokens", {"name": "below", "days": 366})
    assert made.status_code == 201
    child = made.get_json()
    # Bound as the one that made it, and over with it.
    assert child["course"] == "red"
    assert child["expires_at"] == high.get("/me")["token"]["expires_at"]
    assert child["made_by_token"] == high.get("/me")["token"]["id"]
    low = Program(town, child["token"])
    assert problem(low.ask("POST", "/tokens", {"name": "x"}))[1] == "insufficient-scope"
    other, _ = town.door.tokens.make(town.people["tess"].id, Wanted("other", Scope.TA))
    for id_ in (other.id, high.get("/me")["token"]["id"], "nothing", "%00"):
        assert problem(low.ask("DELETE", f"/tokens/{id_}")) == (404, "not-found")
    own = high.get("/me")["token"]["id"]
    assert high.ask("DELETE", f"/tokens/{own}").status_code == 204
    for dead in (high, low):
        assert problem(dead.ask("GET", "/me")) == (401, "invalid-token")


def test_nobody_revokes_the_tokens_of_others(town: Town) -> None:
    token, secret = town.door.tokens.make(town.people["ann"].id, Wanted("x", Scope.STUDENT))
    path = f"/api/v1/tokens/{token.id}"
    for who in ("bob", "tess", "op"):
        answer = town.client(who).delete(path, headers={"Sec-Fetch-Site": "same-origin"})
        assert answer.status_code == 404
    assert Program(town, secret).get("/me")
    answer = town.client("ann").delete(path, headers={"Sec-Fetch-Site": "same-origin"})
    assert answer.status_code == 204
    assert problem(Program(town, secret).ask("GET", "/me")) == (401, "invalid-token")


def test_what_is_no_token_is_refused_in_words(town: Town) -> None:
    for body, pointer in (
        ({"name": ""}, "#"),
        ({"name": "x", "days": 367}, "#/days"),
        ({"name": "x", "days": 0}, "#/days"),
        ({"name": "x", "scope": "operator"}, "#/scope"),
        ({"name": "x", "scope": "platform"}, "#/scope"),
        ({"name": "x", "course": "blue"}, "#/course"),
    ):
        refused = town.post("ann", "/api/v1/tokens", body)
        assert problem(refused) == (422, "invalid"), body
        assert refused.get_json()["errors"][0]["pointer"] == pointer


def test_lists_of_tokens_go_on_by_their_cursor(town: Town) -> None:
    bob = town.people["bob"].id
    ids = {town.door.tokens.make(bob, Wanted(f"{n}", Scope.STUDENT))[0].id for n in range(5)}
    seen, address = [], "/api/v1/tokens?limit=2"
    while address:
        answer = town.get("bob", address)
        page = answer.get_json()
        assert len(page["items"]) <= 2
        seen += [item["id"] for item in page["items"]]
        address = page["next"]
        assert ("Link" in answer.headers) == bool(address)
    assert ids <= set(seen)
    assert len(seen) == len(set(seen))
    assert problem(town.get("bob", "/api/v1/tokens?before=!")) == (400, "bad-cursor")


def test_the_last_use_is_kept_to_the_minute(town: Town) -> None:
    start = datetime(2026, 12, 1, 12, tzinfo=UTC)
    now = [start]
    tokens = AccessTokens(town.desk.engine, clock=lambda: now[0])
    token, _ = tokens.make(town.people["ann"].id, Wanted("x", Scope.STUDENT))

    def used() -> datetime | None:
        found = tokens.get(token.id)
        assert found is not None
        tokens.note_use(found)
        again = tokens.get(token.id)
        assert again is not None
        return again.last_used_at

    assert used() == start
    now[0] += timedelta(seconds=59)
    assert used() == start
    now[0] += timedelta(seconds=1)
    assert used() == start + timedelta(minutes=1)


def test_an_instructor_makes_and_ends_the_platforms_of_the_course(town: Town) -> None:
    made = town.post("ivo", "/api/v1/courses/blue/tokens", {"name": "Moodle"}).get_json()
    moodle = Program(town, made["token"])
    assert (moodle.get("/me")["name"], moodle.get("/me")["roles"]) == (
        "Moodle",
        {"blue": "instructor"},
    )
    listed = town.get("ivo", "/api/v1/courses/blue/tokens").get_json()["items"]
    assert made["id"] in {one["id"] for one in listed}
    assert made["id"] not in {
        one["id"] for one in town.get("op", "/api/v1/courses/red/tokens").get_json()["items"]
    }
    same = {"Sec-Fetch-Site": "same-origin"}
    wrong = town.client("op").delete(f"/api/v1/courses/red/tokens/{made['id']}", headers=same)
    assert problem(wrong) == (404, "not-found")
    path = f"/api/v1/courses/blue/tokens/{made['id']}"
    assert town.client("ivo").delete(path, headers=same).status_code == 204
    assert problem(moodle.ask("GET", "/me")) == (401, "invalid-token")
    # It has left the course, and the log says who made it and who ended it.
    assert town.desk.courses.memberships.role("blue", made["person"]) is None
    for deed in (Deed.TOKEN_MADE, Deed.TOKEN_REVOKED):
        entry = next(one for one in log_of(town, "blue", deed) if one.about == made["person"])
        assert entry.actor == Actor(town.people["ivo"].id)
        assert (entry.after or entry.before)["name"] == "Moodle"
        assert made["token"] not in str(entry)


def test_an_instructor_sees_the_tokens_of_the_staff_and_can_not_end_them(town: Town) -> None:
    unbound, _ = town.door.tokens.make(town.people["ivo"].id, Wanted("all", Scope.TA))
    town.door.tokens.make(town.people["cas"].id, Wanted("own", Scope.STUDENT))
    other = town.door.people.create("Other", None)
    town.desk.courses.memberships.put("blue", other.id, Role.INSTRUCTOR)
    listed = town.get("op", "/api/v1/courses/blue/tokens").get_json()["items"]
    assert unbound.id in {one["id"] for one in listed}
    assert town.people["cas"].id not in {one["person"] for one in listed}
    refused = town.client("op").delete(
        f"/api/v1/courses/blue/tokens/{unbound.id}", headers={"Sec-Fetch-Site": "same-origin"}
    )
    assert problem(refused) == (403, "not-allowed")


def test_a_platform_brings_members_in_by_its_own_ids(town: Town) -> None:
    canvas = platform(town)
    members = "/courses/red/members"
    ids = {"canvas_id": "17", "section": "Tue", "email": "k@x.nl"}
    kim = {"name": "Kim", "external_ids": ids}
    first = canvas.ask("POST", members, kim)
    assert first.status_code == 201, first.text
    person = first.get_json()["person"]
    assert first.get_json()["role"] == "student"
    assert canvas.get(first.headers["Location"])["external_ids"] == ids
    # Once more, by another of the ids, with another name and a further id: the same person.
    again = canvas.ask(
        "POST", members, {"name": "Kim N.", "external_ids": {"email": "k@x.nl", "idnumber": "9"}}
    )
    assert (again.status_code, again.get_json()["person"]) == (200, person)
    assert again.get_json()["name"] == "Kim N."
    assert again.get_json()["external_ids"] == {**ids, "idnumber": "9"}
    for named in ("canvas_id:17", "idnumber:9", "email:k@x.nl", person):
        assert canvas.get(f"{members}/{named}")["person"] == person
    # A section is shared, so it names nobody; and ids are those of one course.
    assert canvas.ask("GET", f"{members}/section:Tue").status_code == 404
    assert town.get("op", "/api/v1/courses/blue/members/canvas_id:17").status_code == 404
    lee = {"name": "Lee", "external_ids": {"canvas_id": "18", "section": "Tue"}}
    other = canvas.ask("POST", members, lee).get_json()["person"]
    assert other != person
    both = {"name": "Who", "external_ids": {"canvas_id": "18", "idnumber": "9"}}
    assert problem(canvas.ask("POST", members, both)) == (409, "taken")
    for wrong in ({}, {"section": "Tue"}, {"Canvas": "1"}, {"canvas_id": " "}, {"x": "y" * 201}):
        refused = canvas.ask("POST", members, {"name": "X", "external_ids": wrong})
        assert problem(refused) == (422, "invalid"), wrong
    # Taken out and brought back, it is the same person with the same work.
    assert canvas.ask("DELETE", f"{members}/canvas_id:17").status_code == 204
    assert canvas.ask("GET", f"{members}/canvas_id:17").status_code == 404
    assert canvas.ask("POST", members, kim).get_json()["person"] == person


def test_nobody_with_an_account_is_renamed_by_a_platform(town: Town) -> None:
    canvas, ann = platform(town), town.people["ann"]
    members = f"/courses/red/members/{ann.id}"
    put = canvas.ask("PUT", members, {"role": "student", "external_ids": {"canvas_id": "ann"}})
    assert put.get_json()["external_ids"] == {"canvas_id": "ann"}
    sent = {"name": "Somebody else", "external_ids": {"canvas_id": "ann"}}
    known = canvas.ask("POST", "/courses/red/members", sent).get_json()
    assert (known["person"], known["name"]) == (ann.id, "Ann")
    taken = canvas.ask(
        "PUT",
        f"/courses/red/members/{town.people['bob'].id}",
        {"role": "student", "external_ids": {"canvas_id": "ann"}},
    )
    assert problem(taken) == (409, "taken")
    kept = canvas.ask("PUT", members, {"role": "student"}).get_json()
    assert kept["external_ids"] == {"canvas_id": "ann"}


def test_no_token_makes_or_unmakes_an_instructor(town: Town) -> None:
    moodle, ivo, cas = platform(town, "blue"), town.people["ivo"].id, town.people["cas"].id
    members = "/courses/blue/members"
    denied = (403, "insufficient-scope")
    assert problem(moodle.ask("PUT", f"{members}/{cas}", {"role": "instructor"})) == denied
    assert problem(moodle.ask("PUT", f"{members}/{ivo}", {"role": "student"})) == denied
    assert problem(moodle.ask("DELETE", f"{members}/{ivo}")) == denied
    new = {"name": "X", "external_ids": {"canvas_id": "x"}, "role": "instructor"}
    assert problem(moodle.ask("POST", members, new)) == denied
    link = {"role": "instructor"}
    assert problem(moodle.ask("POST", "/courses/blue/invitations", link)) == denied
    town.desk.courses.roster.set_ids("blue", ivo, {"canvas_id": "ivo"})
    demoted = {"name": "Ivo", "external_ids": {"canvas_id": "ivo"}, "role": "student"}
    assert moodle.ask("POST", members, demoted).get_json()["role"] == "instructor"
    assert town.desk.courses.memberships.role("blue", ivo) is Role.INSTRUCTOR
    assert moodle.ask("PUT", f"{members}/{cas}", {"role": "assistant"}).status_code == 200
    assert moodle.ask("PUT", f"{members}/{cas}", {"role": "student"}).status_code == 200


def test_a_platform_submits_for_its_students_under_their_rules(town: Town) -> None:
    canvas = platform(town)
    sam = {"name": "Sam", "external_ids": {"canvas_id": "sam"}}
    person = canvas.ask("POST", "/courses/red/members", sam).get_json()["person"]
    asked = canvas.ask("POST", "/courses/red/assignments", {"exercise": "affine", "attempts": 1})
    body = {"source": SOURCE, "assignment": asked.get_json()["id"]}
    sent = canvas.ask("POST", "/submissions", {**body, "on_behalf_of": "canvas_id:sam"})
    assert sent.status_code == 202, sent.text
    with reading(town.desk.engine) as connection:
        row = connection.execute(
            select(SubmissionRow.person, SubmissionRow.sent_by_token).where(
                SubmissionRow.id == sent.get_json()["id"]
            )
        ).one()
    assert tuple(row) == (person, canvas.get("/me")["token"]["id"])
    # The attempt was Sam's, and there is no other; the platform itself is staff.
    again = canvas.ask("POST", "/submissions", {**body, "on_behalf_of": person})
    assert problem(again) == (409, "no-attempts-left")
    assert canvas.ask("POST", "/submissions", body).status_code == 202
    for nobody in ("canvas_id:nobody", town.people["cas"].id, town.people["tess"].id, "x", "%00"):
        refused = canvas.ask("POST", "/submissions", {**body, "on_behalf_of": nobody})
        assert problem(refused) == (422, "invalid"), nobody
        assert refused.get_json()["errors"][0]["pointer"] == "#/on_behalf_of"
    blue = {"source": SOURCE, "assignment": town.opened["blue"].id}
    foreign = canvas.ask("POST", "/submissions", {**blue, "on_behalf_of": town.people["cas"].id})
    assert problem(foreign) == (422, "unknown-assignment")


@pytest.mark.parametrize("who", ["ann", "tess", "op"])
def test_nobody_but_a_platform_submits_for_others(town: Town, who: str) -> None:
    body = {
        "source": SOURCE,
        "assignment": town.opened["red"].id,
        "on_behalf_of": town.people["bob"].id,
    }
    assert problem(town.post(who, "/api/v1/submissions", body)) == (403, "insufficient-scope")
    if who == "tess":
        sent = program(town, who, Scope.TA).ask("POST", "/submissions", body)
        assert problem(sent) == (403, "insufficient-scope")
    practice = {"source": SOURCE, "on_behalf_of": town.people["bob"].id}
    assert problem(town.post(who, "/api/v1/submissions", practice)) == (422, "invalid")


def test_a_platform_lets_one_student_in_for_a_while(town: Town) -> None:
    canvas, bob = platform(town), town.people["bob"].id
    mint = f"/courses/red/members/{bob}/tokens"
    made = canvas.ask("POST", mint, {"minutes": 5})
    assert made.status_code == 201, made.text
    ends = datetime.fromisoformat(made.get_json()["expires_at"])
    assert ends - datetime.now(UTC) <= timedelta(minutes=5)
    student = Program(town, made.get_json()["token"])
    me = student.get("/me")
    assert (me["person"], me["roles"], me["token"]["scope"]) == (bob, {"red": "student"}, "student")
    assert town.work["bob"] in student.ids("/submissions?limit=200")
    assert town.work["ann"] not in student.ids("/submissions?limit=200")
    assert problem(canvas.ask("POST", mint, {"minutes": 1441})) == (422, "invalid")
    # Not for its staff, and not for another course's.
    for who, status in (("tess", 403), ("cas", 404)):
        path = f"/courses/red/members/{town.people[who].id}/tokens"
        assert canvas.ask("POST", path, {}).status_code == status
    # It ends with the platform's own.
    own = canvas.get("/me")["token"]["id"]
    assert canvas.ask("DELETE", f"/tokens/{own}").status_code == 204
    assert problem(student.ask("GET", "/me")) == (401, "invalid-token")


def test_wrong_tokens_from_one_address_are_slowed_down_and_right_ones_are_not(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong, right = Program(town, "pf_" + "x" * 43), program(town, "ann", Scope.STUDENT)
    counted: list[str] = []
    throttle = town.door.throttle
    left = {"seconds_left_for_tokens": lambda *_: 0 if len(counted) < 3 else 77}
    for name, stand_in in (left | {"note_wrong_token": lambda _, to: counted.append(to)}).items():
        monkeypatch.setattr(type(throttle), name, stand_in)
    for _ in range(3):
        assert problem(wrong.ask("GET", "/me")) == (401, "invalid-token")
    assert counted == ["127.0.0.1"] * 3
    slowed = wrong.ask("GET", "/me")
    assert problem(slowed) == (429, "too-many-tries")
    assert slowed.headers["Retry-After"] == "77"
    assert right.get("/me")["name"] == "Ann"


def test_wrong_tokens_are_counted_by_address(town: Town) -> None:
    throttle = town.door.throttle
    for _ in range(100):
        assert throttle.seconds_left_for_tokens("192.0.2.7") == 0
        throttle.note_wrong_token("192.0.2.7")
    assert 0 < throttle.seconds_left_for_tokens("192.0.2.7") <= 600
    assert throttle.seconds_left_for_tokens("192.0.2.8") == 0
    # Nor do they keep anybody from signing in.
    assert throttle.seconds_left("ann", "192.0.2.7") == 0
