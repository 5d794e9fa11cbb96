"""What the store promises of people, sessions and invitations, on SQLite and on PostgreSQL."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, select

from grader.dispatch.housekeeping import Housekeeping
from grader.store.course.courses import CourseExists, Courses
from grader.store.course.invitations import Invitations, InvitationSpent
from grader.store.course.memberships import Memberships
from grader.store.course.roles import Role
from grader.store.identity.people import People, Person, UsernameTaken
from grader.store.identity.sessions import LIFETIME, Sessions
from grader.store.models import InvitationRow, SessionRow

NOW = datetime(2026, 12, 1, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)


class Watch:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def people(engine: Engine, watch: Watch) -> People:
    return People(engine, clock=watch)


@pytest.fixture
def sessions(engine: Engine, watch: Watch) -> Sessions:
    return Sessions(engine, clock=watch)


@pytest.fixture
def invitations(engine: Engine, watch: Watch) -> Invitations:
    Courses(engine, clock=watch).create("flows", "Flows")
    Courses(engine, clock=watch).create("other", "Other")
    return Invitations(engine, clock=watch)


@pytest.fixture
def kim(people: People) -> Person:
    return people.create("Kim Doe", "kim", "hash-1")


def test_a_person_is_found_as_he_or_she_was_made(people: People, kim: Person) -> None:
    assert people.get(kim.id) == kim
    assert people.by_username("  KIM ") == kim
    assert (kim.name, kim.username, kim.created_at) == ("Kim Doe", "kim", NOW)
    assert people.password_of(kim.id) == "hash-1"
    assert people.get("nobody") is None
    assert people.by_username("no body\0") is None
    assert people.password_of("nobody") is None


def test_a_user_name_is_one_persons_whatever_its_case(people: People, kim: Person) -> None:
    with pytest.raises(UsernameTaken):
        people.create("Other", " Kim", "x")
    without = [people.create("Anonymous", None) for _ in range(2)]
    everybody = sorted([kim, *without], key=lambda one: one.id)
    assert people.all() == everybody
    assert people.all(limit=1, after=everybody[0].id) == [everybody[1]]


@pytest.mark.parametrize("username", ["", "k", "-kim", "kim doe", "kím", "k" * 65, "ki\nm", "a\0b"])
def test_what_can_not_be_a_user_name_is_refused(people: People, username: str) -> None:
    with pytest.raises(ValueError, match="A user name has 2 to 64"):
        people.create("Kim", username)


@pytest.mark.parametrize("name", ["", "  ", "a\0b", "two\nlines", "k" * 101, "\ud800"])
def test_what_can_not_be_a_name_is_refused(people: People, kim: Person, name: str) -> None:
    with pytest.raises(ValueError, match="A name has 1 to 100"):
        people.create(name, "lee")
    with pytest.raises(ValueError, match="A name has 1 to 100"):
        people.rename(kim.id, name)
    assert people.by_username("lee") is None


def test_operators_are_those_who_can_sign_in(people: People, kim: Person) -> None:
    assert people.operators() == []
    people.make_operator(kim.id)
    assert [one.id for one in people.operators()] == [kim.id]
    people.disable(kim.id)
    assert people.operators() == []


def test_a_session_is_its_persons_until_it_ends(sessions: Sessions, kim: Person) -> None:
    first, second = sessions.begin(kim.id), sessions.begin(kim.id)
    assert sessions.person_of(first) == kim
    assert sessions.person_of("") is None
    assert sessions.person_of("\ud800") is None
    sessions.end(first)
    assert sessions.person_of(first) is None
    assert sessions.person_of(second) == kim


def test_no_token_is_in_the_database(engine: Engine, sessions: Sessions, kim: Person) -> None:
    token = sessions.begin(kim.id)
    with engine.connect() as connection:
        kept = connection.execute(select(SessionRow)).one()
    assert token not in str(kept)
    assert sessions.person_of(kept.digest) is None


def test_a_session_that_is_used_goes_on_and_one_that_is_not_ends(
    engine: Engine, sessions: Sessions, kim: Person, watch: Watch
) -> None:
    used, unused = sessions.begin(kim.id), sessions.begin(kim.id)
    for _ in range(20):
        watch.now += DAY
        assert sessions.person_of(used) == kim
    assert sessions.person_of(unused) is None
    assert len(sessions.of(kim.id)) == 1
    assert sessions.sweep(watch.now) == 1
    watch.now += LIFETIME
    assert sessions.person_of(used) is None
    assert sessions.sweep(watch.now) == 1
    with engine.connect() as connection:
        assert connection.execute(select(SessionRow)).all() == []


def test_a_session_is_written_at_most_once_an_hour(
    engine: Engine, sessions: Sessions, kim: Person, watch: Watch
) -> None:
    token = sessions.begin(kim.id)

    def ends() -> datetime:
        sessions.person_of(token)
        return sessions.of(kim.id)[0].expires_at

    watch.now += timedelta(minutes=59)
    assert ends() == NOW + LIFETIME
    watch.now += timedelta(minutes=2)
    assert ends() == watch.now + LIFETIME


@pytest.mark.parametrize("act", ["disable", "set_password", "end_all"])
def test_what_shuts_somebody_out_ends_every_session(
    people: People, sessions: Sessions, kim: Person, act: str
) -> None:
    other = people.create("Lee", "lee")
    tokens, kept = [sessions.begin(kim.id) for _ in range(3)], sessions.begin(other.id)
    if act == "disable":
        people.disable(kim.id)
    elif act == "set_password":
        people.set_password(kim.id, "hash-2")
        assert people.password_of(kim.id) == "hash-2"
    else:
        sessions.end_all(kim.id)
    assert [sessions.person_of(token) for token in tokens] == [None, None, None]
    assert sessions.person_of(kept) == other


def test_signing_out_everywhere_else_keeps_this_browser(sessions: Sessions, kim: Person) -> None:
    here, there = sessions.begin(kim.id), sessions.begin(kim.id)
    sessions.end_all(kim.id, but=here)
    assert (sessions.person_of(here), sessions.person_of(there)) == (kim, None)


def test_a_disabled_person_has_no_session_even_where_one_was_begun(
    people: People, sessions: Sessions, kim: Person
) -> None:
    people.disable(kim.id)
    token = sessions.begin(kim.id)
    assert sessions.person_of(token) is None
    people.enable(kim.id)
    assert sessions.person_of(token) is not None


def test_an_invitation_says_what_it_lets_into_and_lets_in(
    people: People, invitations: Invitations, kim: Person
) -> None:
    token = invitations.invite("flows", Role.ASSISTANT, expires_at=NOW + DAY, uses=2)
    seen = invitations.look(token)
    assert seen is not None
    assert (seen.course, seen.course_title, seen.role) == ("flows", "Flows", Role.ASSISTANT)
    assert (seen.person, seen.uses_left, seen.expires_at) == (None, 2, NOW + DAY)
    invitations.accept(token, kim.id)
    assert people.roles(kim.id) == {"flows": Role.ASSISTANT}
    lee = invitations.join(token, name="Lee", username="lee", password_hash="h")
    assert people.roles(lee.id) == {"flows": Role.ASSISTANT}
    assert people.password_of(lee.id) == "h"
    assert invitations.look(token) is None
    assert invitations.of_course("flows") == []


def test_a_link_that_is_over_or_unknown_lets_nobody_in(
    people: People, invitations: Invitations, kim: Person, watch: Watch
) -> None:
    token = invitations.invite("flows", Role.STUDENT, expires_at=NOW + DAY)
    watch.now += DAY
    for dead in (token, "unknown", ""):
        assert invitations.look(dead) is None
        with pytest.raises(InvitationSpent):
            invitations.accept(dead, kim.id)
        with pytest.raises(InvitationSpent):
            invitations.join(dead, name="Lee", username="lee", password_hash="h")
    assert people.roles(kim.id) == {}
    assert people.by_username("lee") is None


def test_nobody_joins_a_course_that_is_over(
    engine: Engine, invitations: Invitations, kim: Person
) -> None:
    token = invitations.invite("flows", Role.STUDENT, expires_at=NOW + DAY, uses=1)
    Courses(engine).archive("flows")
    assert invitations.look(token) is None
    with pytest.raises(InvitationSpent):
        invitations.accept(token, kim.id)
    Courses(engine).archive("flows", archived=False)
    invitations.accept(token, kim.id)  # the refusal used nothing up


def test_a_taken_user_name_uses_nothing_up(invitations: Invitations, kim: Person) -> None:
    token = invitations.invite("flows", Role.STUDENT, expires_at=NOW + DAY, uses=1)
    with pytest.raises(UsernameTaken):
        invitations.join(token, name="Kim", username="kim", password_hash="h")
    assert invitations.look(token) is not None


def test_who_is_in_already_keeps_the_higher_role_and_uses_nothing_up(
    people: People, invitations: Invitations, kim: Person
) -> None:
    student = invitations.invite("flows", Role.STUDENT, expires_at=NOW + DAY, uses=1)
    teacher = invitations.invite("flows", Role.INSTRUCTOR, expires_at=NOW + DAY, uses=1)
    invitations.accept(teacher, kim.id)
    invitations.accept(student, kim.id)
    assert people.roles(kim.id) == {"flows": Role.INSTRUCTOR}
    assert invitations.look(student) is not None


def test_a_link_for_one_is_used_once_however_many_try(
    engine: Engine, people: People, invitations: Invitations
) -> None:
    token = invitations.invite("flows", Role.STUDENT, expires_at=NOW + DAY, uses=1)
    crowd = [people.create(f"P{n}", f"p{n}").id for n in range(12)]
    refused: list[str] = []
    start = threading.Barrier(len(crowd))

    def join(person: str) -> None:
        start.wait()
        try:
            invitations.accept(token, person)
        except InvitationSpent:
            refused.append(person)

    threads = [threading.Thread(target=join, args=(person,)) for person in crowd]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == len(crowd) - 1
    assert len(Memberships(engine).of("flows")) == 1


def test_one_who_joins_twice_at_once_is_a_member_once(
    engine: Engine, invitations: Invitations, kim: Person
) -> None:
    tokens = [invitations.invite("flows", Role.STUDENT, expires_at=NOW + DAY) for _ in range(8)]
    failures: list[BaseException] = []

    def join(token: str) -> None:
        try:
            invitations.accept(token, kim.id)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=join, args=(token,)) for token in tokens]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert [one.person.id for one in Memberships(engine).of("flows")] == [kim.id]


def test_a_link_of_ones_own_gives_a_new_password_once_and_lets_nobody_else_in(
    engine: Engine, people: People, sessions: Sessions, invitations: Invitations, kim: Person
) -> None:
    other = people.create("Lee", "lee")
    first, second = invitations.let_back_in(kim.id), invitations.let_back_in(kim.id)
    browser = sessions.begin(kim.id)
    seen = invitations.look(first)
    assert seen is not None
    assert (seen.person, seen.person_name, seen.username) == (kim.id, "Kim Doe", "kim")
    with pytest.raises(InvitationSpent):
        invitations.accept(first, other.id)
    with pytest.raises(InvitationSpent):
        invitations.join(first, name="Eve", username="eve", password_hash="h")
    assert invitations.choose_password(first, "hash-2") == kim.id
    assert people.password_of(kim.id) == "hash-2"
    assert sessions.person_of(browser) is None
    for dead in (first, second):
        with pytest.raises(InvitationSpent):
            invitations.choose_password(dead, "hash-3")
    with engine.connect() as connection:
        assert connection.execute(select(InvitationRow)).all() == []


def test_a_link_into_a_course_changes_nobodys_password(
    people: People, invitations: Invitations, kim: Person
) -> None:
    token = invitations.invite("flows", Role.STUDENT, expires_at=NOW + DAY)
    with pytest.raises(InvitationSpent):
        invitations.choose_password(token, "hash-2")
    assert people.password_of(kim.id) == "hash-1"


def test_a_disabled_person_gets_no_password(
    people: People, invitations: Invitations, kim: Person
) -> None:
    token = invitations.let_back_in(kim.id)
    people.disable(kim.id)
    assert invitations.look(token) is None
    with pytest.raises(InvitationSpent):
        invitations.choose_password(token, "hash-2")
    assert people.password_of(kim.id) == "hash-1"


def test_links_can_be_withdrawn_and_those_that_ran_out_are_forgotten(
    invitations: Invitations, watch: Watch
) -> None:
    gone = invitations.invite("flows", Role.STUDENT, expires_at=NOW + DAY)
    kept = invitations.invite("other", Role.STUDENT, expires_at=NOW + DAY)
    assert invitations.withdraw("flows") == 1
    assert (invitations.look(gone), invitations.look(kept) is None) == (None, False)
    watch.now += DAY
    assert invitations.sweep(watch.now) == 1


def test_housekeeping_forgets_what_has_run_out_and_nothing_else(
    engine: Engine, sessions: Sessions, invitations: Invitations, kim: Person
) -> None:
    sessions.begin(kim.id)
    invitations.invite("flows", Role.STUDENT, expires_at=NOW + 30 * DAY)
    tidy = Housekeeping(engine).tidy
    assert [tidy(NOW + days * DAY) for days in (0, 13, 14, 29, 30, 31)] == [0, 0, 1, 0, 1, 0]


@pytest.mark.parametrize("invited", [{"course": None}, {"role": None}, {"uses": 0}])
def test_an_invitation_into_nothing_is_refused(
    invitations: Invitations, invited: dict[str, object]
) -> None:
    said: dict[str, object] = {"course": "flows", "role": Role.STUDENT, **invited}
    with pytest.raises(ValueError, match="invitation"):
        invitations.invite(said.pop("course"), said.pop("role"), expires_at=NOW, **said)


def test_members_are_listed_page_by_page_with_their_roles(engine: Engine, people: People) -> None:
    Courses(engine).create("flows", "Flows")
    Courses(engine).create("other", "Other")
    members = Memberships(engine)
    ids = sorted(people.create(f"P{n}", f"p{n}").id for n in range(5))
    for person in ids:
        members.put("flows", person, Role.STUDENT)
    members.put("flows", ids[0], Role.INSTRUCTOR)
    members.put("other", ids[1], Role.ASSISTANT)
    first = members.of("flows", limit=3)
    assert [one.person.id for one in first] == ids[:3]
    assert [one.person.id for one in members.of("flows", after=ids[2])] == ids[3:]
    assert first[0].role is Role.INSTRUCTOR
    members.put("flows", ids[0], Role.STUDENT)
    assert members.role("flows", ids[0]) is Role.STUDENT
    assert members.remove("flows", ids[1])
    assert not members.remove("flows", ids[1])
    assert people.roles(ids[1]) == {"other": Role.ASSISTANT}


def test_courses_are_made_changed_and_ended(engine: Engine, kim: Person, watch: Watch) -> None:
    courses = Courses(engine, clock=watch)
    made = courses.create("flows-2026", " Flows ", "Europe/Amsterdam")
    assert courses.get("flows-2026") == made
    assert (made.title, made.archived_at) == ("Flows", None)
    with pytest.raises(CourseExists):
        courses.create("flows-2026", "Again")
    for bad in ("", "Flows", "a--b", "-a", "a" * 65, "a\n"):
        with pytest.raises(ValueError, match="The id of a course"):
            courses.create(bad, "Title")
    with pytest.raises(ValueError, match="time zone"):
        courses.change("flows-2026", time_zone="Mars")
    changed = courses.change("flows-2026", title="New")
    assert changed is not None
    assert (changed.title, changed.time_zone) == ("New", "Europe/Amsterdam")
    ended = courses.archive("flows-2026")
    assert ended is not None
    assert ended.archived_at == NOW
    watch.now += SECOND
    courses.create("newer", "Newer")
    Memberships(engine).put("flows-2026", kim.id, Role.STUDENT)
    assert [course.id for course in courses.all()] == ["newer", "flows-2026"]
    assert courses.of(kim.id) == [(ended, Role.STUDENT)]
    assert courses.archive("unknown") is None
