"""What the store promises of access tokens and rosters, on SQLite and on PostgreSQL."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine

from grader.store.course.courses import Courses
from grader.store.course.memberships import Memberships
from grader.store.course.roles import Role
from grader.store.course.roster import Newcomer, Roster, TwoPeople
from grader.store.identity.access_tokens import PREFIX, AccessTokens, Wanted
from grader.store.identity.people import People
from grader.store.identity.scopes import Scope

NOW = datetime(2026, 12, 1, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def tokens(engine: Engine, clock: Clock) -> AccessTokens:
    Courses(engine).create("flows", "Flows")
    Courses(engine).create("other", "Other")
    return AccessTokens(engine, clock=clock)


def test_a_token_works_until_its_end(engine: Engine, tokens: AccessTokens, clock: Clock) -> None:
    kim = People(engine).create("Kim", "kim")
    made, secret = tokens.make(kim.id, Wanted("x", Scope.STUDENT, lifetime=DAY))
    assert secret.startswith(PREFIX)
    found = tokens.find(secret)
    assert found == (made, kim)
    assert tokens.is_good(*found)
    clock.now += DAY - timedelta(seconds=1)
    assert tokens.is_good(*found)
    assert tokens.of_person(kim.id) == [made]
    clock.now += timedelta(seconds=1)
    assert not tokens.is_good(*found)
    assert tokens.of_person(kim.id) == []
    for wrong in (secret[:-1], secret + "x", secret[3:], secret.upper(), "", "\0", "pf_é"):
        assert tokens.find(wrong) is None


def test_a_token_does_not_outlive_the_one_that_made_it(
    engine: Engine, tokens: AccessTokens, clock: Clock
) -> None:
    kim = People(engine).create("Kim", "kim")
    parent, _ = tokens.make(kim.id, Wanted("parent", Scope.TA, lifetime=DAY))
    child, secret = tokens.make(kim.id, Wanted("child", Scope.STUDENT, parent=parent))
    assert child.expires_at == parent.expires_at
    _, other = tokens.make(kim.id, Wanted("other", Scope.STUDENT))
    tokens.revoke(parent.id)
    for known, good in ((secret, False), (other, True)):
        found = tokens.find(known)
        assert found is not None
        assert tokens.is_good(*found) is good
    # Once revoked, for good; and what is not there is nobody's concern.
    clock.now += timedelta(hours=1)
    tokens.revoke(parent.id)
    tokens.revoke("nothing")
    ended = tokens.get(parent.id)
    assert ended is not None
    assert ended.revoked_at == NOW


@pytest.mark.parametrize("days", [0, -1, 367])
def test_a_token_has_an_end(engine: Engine, tokens: AccessTokens, days: int) -> None:
    kim = People(engine).create("Kim", "kim")
    with pytest.raises(ValueError, match="at most 366 days"):
        tokens.make(kim.id, Wanted("x", Scope.STUDENT, lifetime=days * DAY))


def test_a_platform_is_a_member_until_its_token_is_revoked(
    engine: Engine, tokens: AccessTokens
) -> None:
    made, secret = tokens.make_for_platform(Wanted("Canvas", Scope.PLATFORM, "flows"))
    members = Memberships(engine)
    assert members.role("flows", made.person) is Role.INSTRUCTOR
    found = tokens.find(secret)
    assert found is not None
    assert (found[1].name, found[1].username) == ("Canvas", None)
    assert tokens.of_course("flows") == [made]
    assert tokens.of_course("other") == []
    tokens.revoke(made.id)
    assert members.role("flows", made.person) is None
    assert tokens.of_course("flows") == []


def test_what_ran_out_long_ago_is_forgotten(
    engine: Engine, tokens: AccessTokens, clock: Clock
) -> None:
    kim = People(engine).create("Kim", "kim")
    old, _ = tokens.make(kim.id, Wanted("old", Scope.STUDENT, lifetime=DAY))
    new, _ = tokens.make(kim.id, Wanted("new", Scope.STUDENT, lifetime=2 * DAY))
    assert tokens.sweep(NOW + 90 * DAY) == 0
    assert tokens.sweep(NOW + 91 * DAY) == 1
    assert (tokens.get(old.id), tokens.get(new.id)) == (None, new)


def test_of_several_at_once_one_person_is_made(engine: Engine, tokens: AccessTokens) -> None:
    roster, found = Roster(engine), []
    start = threading.Barrier(4)

    def put() -> None:
        start.wait()
        found.append(roster.put("flows", Newcomer("Kim", {"canvas_id": "1", "section": "A"})))

    threads = [threading.Thread(target=put) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({person for person, _ in found}) == 1
    assert [fresh for _, fresh in found].count(True) == 1
    assert len(Memberships(engine).of("flows")) == 1


def test_an_id_tells_people_of_one_course_apart(engine: Engine, tokens: AccessTokens) -> None:
    roster = Roster(engine)
    kim, _ = roster.put("flows", Newcomer("Kim", {"email": "k@x", "section": "A"}))
    bo, _ = roster.put("flows", Newcomer("Bo", {"email": "b@x", "section": "A"}))
    abroad, _ = roster.put("other", Newcomer("Kim", {"email": "k@x"}))
    assert len({kim, bo, abroad}) == 3
    assert roster.find("flows", "email", "k@x") == kim
    for kind, value in (("section", "A"), ("email", "\0"), ("\0", "k@x"), ("email", "")):
        assert roster.find("flows", kind, value) is None
    with pytest.raises(TwoPeople):
        roster.set_ids("flows", bo, {"email": "k@x"})
    assert roster.ids_of("flows", [kim, bo]) == {
        kim: {"email": "k@x", "section": "A"},
        bo: {"email": "b@x", "section": "A"},
    }
    # Who has left is found no more, and comes back as the same person.
    Memberships(engine).remove("flows", kim)
    assert roster.find("flows", "email", "k@x") is None
    assert roster.put("flows", Newcomer("Kim", {"email": "k@x"})) == (kim, False)


def test_a_name_is_taken_over_only_of_who_has_no_account_and_no_other_course(
    engine: Engine, tokens: AccessTokens
) -> None:
    roster, people, members = Roster(engine), People(engine), Memberships(engine)

    def renamed(person: str) -> str:
        roster.put("flows", Newcomer("Another", {"canvas_id": person}))
        found = people.get(person)
        assert found is not None
        return found.name

    ada = people.create("Ada", "ada").id
    two, one = people.create("Two", None).id, people.create("One", None).id
    members.put("other", two, Role.STUDENT)
    for person in (ada, two, one):
        members.put("flows", person, Role.STUDENT)
        roster.set_ids("flows", person, {"canvas_id": person})
    assert [renamed(person) for person in (ada, two, one)] == ["Ada", "Two", "Another"]
