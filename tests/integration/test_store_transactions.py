"""What the store promises of one transaction around several calls, and of the audit log."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine

from grader.store.assignment.versions import Versions
from grader.store.audit import Actor, Audit, Deed, note
from grader.store.course.courses import CourseExists, Courses
from grader.store.database import one_transaction, when_committed, writing

NOW = datetime(2026, 12, 1, 12, 0, tzinfo=UTC)


class Undone(Exception):
    """Something went wrong on the way."""


def test_what_several_calls_write_is_kept_together_or_not_at_all(engine: Engine) -> None:
    courses = Courses(engine)

    def create_and_fail() -> None:
        with one_transaction(engine):
            courses.create("red", "Red")
            assert courses.get("red") is not None, "its own writing is seen"
            raise Undone

    with pytest.raises(Undone):
        create_and_fail()
    assert courses.get("red") is None
    with one_transaction(engine):
        courses.create("red", "Red")
        courses.create("blue", "Blue")
    assert {one.id for one in courses.all()} == {"red", "blue"}


def test_a_part_that_fails_takes_back_that_part_alone(engine: Engine) -> None:
    courses = Courses(engine)
    courses.create("red", "Red")
    with one_transaction(engine):
        courses.create("blue", "Blue")
        with pytest.raises(CourseExists):
            courses.create("red", "Red again")
        courses.create("green", "Green")
    assert {one.id: one.title for one in courses.all()} == {
        "red": "Red",
        "blue": "Blue",
        "green": "Green",
    }


def test_messages_go_out_once_what_they_tell_of_is_there(engine: Engine) -> None:
    told: list[bool] = []

    def tell() -> None:
        told.append(Courses(engine).get("red") is not None)

    with one_transaction(engine):
        when_committed(tell)
        Courses(engine).create("red", "Red")
        assert told == []
    assert told == [True]
    when_committed(tell)
    assert told == [True, True]

    def tell_and_fail() -> None:
        with one_transaction(engine):
            when_committed(tell)
            raise Undone

    with pytest.raises(Undone):
        tell_and_fail()
    assert told == [True, True]


def test_a_version_whose_keeping_was_taken_back_is_kept_the_next_time(engine: Engine) -> None:
    versions = Versions(engine)

    def keep_and_fail() -> None:
        with one_transaction(engine):
            versions.keep("affine", "v1", lambda: b"files")
            raise Undone

    with pytest.raises(Undone):
        keep_and_fail()
    assert versions.archive("affine", "v1") is None
    assert versions.keep("affine", "v1", lambda: b"files")
    assert versions.archive("affine", "v1") == b"files"


def test_a_transaction_within_another_is_a_part_of_it(engine: Engine) -> None:
    courses, told = Courses(engine), list[str]()

    def create(id_: str) -> None:
        with one_transaction(engine):
            courses.create(id_, id_)
            when_committed(lambda: told.append(id_))

    def create_and_fail(id_: str) -> None:
        with one_transaction(engine):
            create(id_)
            raise Undone

    with one_transaction(engine):
        create("red")
        with pytest.raises(Undone):
            create_and_fail("blue")
        create("green")
        assert told == []
    assert {one.id for one in courses.all()} == {"red", "green"}
    assert told == ["red", "green"], "nobody is told of what was taken back"
    with pytest.raises(Undone):
        create_and_fail("blue")
    assert told == ["red", "green"]


def test_a_deed_is_in_the_log_if_it_was_done(engine: Engine) -> None:
    actor = Actor("01h0000000000000000000000a", token="01h0000000000000000000000b")

    def note_and_fail() -> None:
        with writing(engine) as connection:
            note(connection, actor, Deed.EXTENDED, now=NOW, course="red")
            raise Undone

    with pytest.raises(Undone):
        note_and_fail()
    audit = Audit(engine)
    assert audit.of_course("red") == []
    with writing(engine) as connection:
        note(
            connection,
            actor,
            Deed.EXTENDED,
            now=NOW,
            course="red",
            about="01h0000000000000000000000c",
            reason="ill",
            before={"due_at": None},
            after={"due_at": NOW},
        )
        note(connection, actor, Deed.ASSIGNED, now=NOW, course="blue")
    (entry,) = audit.of_course("red")
    assert (entry.actor, entry.deed, entry.reason) == (actor, Deed.EXTENDED, "ill")
    assert (entry.before, entry.after) == ({"due_at": None}, {"due_at": NOW.isoformat()})
    assert audit.of_course("red", deed=Deed.ASSIGNED) == []
    assert audit.of_course("red", before=entry.id) == []
