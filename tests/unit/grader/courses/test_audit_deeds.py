"""What is done in a course is in its log: by whom, to what, as it was and as it is."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError
from werkzeug.test import TestResponse

from grader.store.assignment.assignments import Assignments, Extension
from grader.store.audit import NOBODY_IN_PARTICULAR, Actor, Audit, Deed, Entry
from grader.store.course.courses import Courses
from grader.store.course.invitations import Invitations
from grader.store.course.roles import Role
from grader.store.identity.access_tokens import Wanted
from grader.store.identity.scopes import Scope
from tests.unit.grader.town import Town


def ask(town: Town, who: str, method: str, address: str, body: object = None) -> TestResponse:
    sent: dict[str, Any] = {} if body is None else {"json": body}
    answer = town.client(who).open(
        f"/api/v1{address}", method=method, headers={"Sec-Fetch-Site": "same-origin"}, **sent
    )
    assert answer.status_code < 300, answer.text
    return answer


def last(town: Town, course: str, deed: Deed) -> Entry:
    return Audit(town.desk.engine).of_course(course, deed=deed, limit=1)[0]


def count(town: Town, course: str) -> int:
    return len(Audit(town.desk.engine).of_course(course, limit=10_000))


def told(entry: Entry, *fields: str) -> tuple[Any, Any]:
    return (
        {name: entry.before.get(name) for name in fields},
        {name: entry.after.get(name) for name in fields},
    )


def test_a_course_is_begun_renamed_and_ended(town: Town) -> None:
    op = Actor(town.people["op"].id)
    ask(town, "op", "POST", "/courses", {"id": "green", "title": "Green"})
    begun = last(town, "green", Deed.COURSE_CREATED)
    assert (begun.actor, begun.before, begun.after["title"]) == (op, {}, "Green")
    ask(town, "op", "PATCH", "/courses/green", {"title": "Greener", "time_zone": "UTC"})
    changed = last(town, "green", Deed.COURSE_CHANGED)
    assert (changed.before, changed.after) == ({"title": "Green"}, {"title": "Greener"})
    known = count(town, "green")
    ask(town, "op", "PATCH", "/courses/green", {"title": "Greener"})
    assert count(town, "green") == known  # nothing changed
    ask(town, "op", "PATCH", "/courses/green", {"archived": True})
    ended = last(town, "green", Deed.COURSE_CHANGED)
    assert ended.before == {"archived_at": None}
    assert datetime.fromisoformat(ended.after["archived_at"]) <= datetime.now(UTC)


def test_roles_are_given_and_members_removed(town: Town) -> None:
    kim = town.door.people.create("Kim", None)
    path = f"/courses/blue/members/{kim.id}"
    ask(town, "op", "PUT", path, {"role": "student"})
    ask(town, "ivo", "PUT", path, {"role": "assistant"})
    given = last(town, "blue", Deed.ROLE_GIVEN)
    assert (given.actor, given.about) == (Actor(town.people["ivo"].id), kim.id)
    assert (given.before, given.after) == ({"role": "student"}, {"role": "assistant"})
    known = count(town, "blue")
    ask(town, "ivo", "PUT", path, {"role": "assistant"})
    assert count(town, "blue") == known
    ask(town, "ivo", "DELETE", path)
    gone = last(town, "blue", Deed.MEMBER_REMOVED)
    assert (gone.about, gone.before, gone.after) == (kim.id, {"role": "assistant"}, {})


def test_links_are_made_used_and_withdrawn(town: Town) -> None:
    ivo = Actor(town.people["ivo"].id)
    made = ask(town, "ivo", "POST", "/courses/blue/invitations", {"role": "assistant", "uses": 1})
    invited = last(town, "blue", Deed.INVITED)
    assert (invited.actor, invited.after["role"]) == (ivo, "assistant")
    secret = made.get_json()["link"].rpartition("/")[2]
    assert secret not in str(invited)
    lee = town.door.people.create("Lee", None)
    Invitations(town.desk.engine).accept(secret, lee.id)
    joined = last(town, "blue", Deed.ROLE_GIVEN)
    assert (joined.actor, joined.about) == (Actor(lee.id), lee.id)
    ask(town, "ivo", "DELETE", "/courses/blue/invitations")
    assert last(town, "blue", Deed.INVITATION_WITHDRAWN).actor == ivo
    cas = town.people["cas"].id
    ask(town, "ivo", "POST", f"/courses/blue/members/{cas}/password-link")
    let_in = last(town, "blue", Deed.INVITED)
    assert (let_in.actor, let_in.about) == (ivo, cas)


def test_assignments_are_made_changed_moved_and_removed(town: Town) -> None:
    made = ask(
        town, "ivo", "POST", "/courses/blue/assignments", {"exercise": "affine", "attempts": 3}
    )
    id_ = made.get_json()["id"]
    assigned = last(town, "blue", Deed.ASSIGNED)
    assert (assigned.assignment, assigned.actor) == (id_, Actor(town.people["ivo"].id))
    assert told(assigned, "exercise", "attempts")[1] == {"exercise": "affine", "attempts": 3}
    ask(town, "ivo", "PATCH", f"/assignments/{id_}", {"attempts": 4, "due_at": "2100-01-01"})
    changed = last(town, "blue", Deed.ASSIGNMENT_CHANGED)
    assert changed.before == {"attempts": 3, "due_at": None}
    assert changed.after == {"attempts": 4, "due_at": "2100-01-01T23:59:59+00:00"}
    ask(town, "ivo", "PATCH", f"/assignments/{id_}", {"position": 0})
    moved = last(town, "blue", Deed.ASSIGNMENT_CHANGED)
    assert (moved.before, moved.after) == ({"position": 2}, {"position": 0})
    known = count(town, "blue")
    ask(town, "ivo", "PATCH", f"/assignments/{id_}", {"position": 0, "attempts": 4})
    assert count(town, "blue") == known
    ask(town, "ivo", "DELETE", f"/assignments/{id_}")
    removed = last(town, "blue", Deed.ASSIGNMENT_REMOVED)
    assert (removed.assignment, removed.before["exercise"]) == (id_, "affine")


def test_extensions_are_given_with_their_reason_and_taken_back(town: Town) -> None:
    ann, id_ = town.people["ann"].id, town.opened["red"].id
    path = f"/assignments/{id_}/extensions/{ann}"
    body = {"due_at": "2100-01-01", "more_attempts": 2, "reason": "ill"}
    ask(town, "tess", "PUT", path, body)
    given = last(town, "red", Deed.EXTENDED)
    assert (given.actor, given.about, given.assignment, given.reason) == (
        Actor(town.people["tess"].id),
        ann,
        id_,
        "ill",
    )
    assert (given.before, given.after["more_attempts"]) == ({}, 2)
    known = count(town, "red")
    ask(town, "tess", "PUT", path, body)
    assert count(town, "red") == known
    ask(town, "tess", "DELETE", path)
    back = last(town, "red", Deed.EXTENSION_TAKEN_BACK)
    assert (back.before["due_at"], back.after) == ("2100-01-01T23:59:59+00:00", {})


def test_what_a_program_does_is_under_its_token_too(town: Town) -> None:
    token, secret = town.door.tokens.make_for_platform(Wanted("Moodle", Scope.PLATFORM, "blue"))
    answer = town.app.test_client().patch(
        "/api/v1/courses/blue",
        json={"title": "Bluer"},
        headers={"Authorization": f"Bearer {secret}"},
    )
    assert answer.status_code == 200
    assert last(town, "blue", Deed.COURSE_CHANGED).actor == Actor(token.person, token.id)


def test_the_command_line_is_nobody_in_particular(town: Town) -> None:
    Courses(town.desk.engine).change("red", title="Redder")
    assert last(town, "red", Deed.COURSE_CHANGED).actor == NOBODY_IN_PARTICULAR


def test_a_deed_that_fails_is_not_in_the_log(town: Town) -> None:
    known = count(town, "red")
    engine = town.desk.engine
    with pytest.raises(IntegrityError):  # there is nobody of this id
        town.desk.courses.memberships.put("red", "nobody", Role.STUDENT)
    with pytest.raises(IntegrityError):
        Assignments(engine).extend(town.opened["red"].id, "nobody", Extension(more_attempts=1))
    assert count(town, "red") == known
