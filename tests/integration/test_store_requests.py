"""What the store promises of requests with a key, whatever dies on the way, on both databases."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine, event

from grader.store import requests as requests_module
from grader.store.course.courses import Courses
from grader.store.database import one_transaction, reading
from grader.store.requests import Kept, KeyReused, Requests, UnderWay
from tests.patience import PATIENCE_SECONDS

OWNER = "01h0000000000000000000000a"
ANSWER = Kept(201, {"Location": "/red"}, b"{}")

#: Creates a course once, and dies before or after the commit: database, moment.
DYING = """
import os, signal, sys
from grader.store.course.courses import Courses
from grader.store.database import open_database
from grader.store.requests import Kept, Requests

url, moment = sys.argv[1:]
engine = open_database(url)

def die():
    os.kill(os.getpid(), signal.SIGKILL)

def act():
    Courses(engine).create("red", "Red")
    if moment == "before":
        die()
    return Kept(201, {"Location": "/red"}, b"{}")

Requests(engine).once("01h0000000000000000000000a", "k", "f", act)
die()
"""


def create(engine: Engine, id_: str = "red") -> Kept:
    Courses(engine).create(id_, "Red")
    return ANSWER


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_process_that_is_killed_leaves_the_deed_with_its_key_or_neither(
    engine: Engine, database_url: str, moment: str
) -> None:
    command = [sys.executable, "-c", DYING, database_url, moment]
    done = subprocess.run(command, check=False, timeout=PATIENCE_SECONDS)
    assert done.returncode == -signal.SIGKILL
    was_kept = moment == "after"
    assert (Courses(engine).get("red") is not None) is was_kept
    answer, replayed = Requests(engine).once(OWNER, "k", "f", lambda: create(engine))
    assert replayed is was_kept
    assert answer == ANSWER
    assert [course.id for course in Courses(engine).all()] == ["red"]


def test_of_eight_at_once_one_acts_and_the_others_wait_for_it(engine: Engine) -> None:
    start, acts, found = threading.Barrier(8), list[int](), list[tuple[Kept, bool]]()

    def act(number: int) -> Kept:
        acts.append(number)
        return create(engine)

    def ask(number: int) -> None:
        start.wait()
        found.append(Requests(engine).once(OWNER, "k", "f", lambda: act(number)))

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(acts) == 1
    assert [answer for answer, _ in found] == [ANSWER] * 8
    assert sorted(replayed for _, replayed in found) == [False] + [True] * 7


def test_the_second_acts_where_the_first_fails(engine: Engine) -> None:
    within, go_on = threading.Event(), threading.Event()

    class Failed(Exception):
        pass

    def fail() -> Kept:
        create(engine)
        within.set()
        go_on.wait()
        raise Failed

    def first() -> None:
        with pytest.raises(Failed):
            Requests(engine).once(OWNER, "k", "f", fail)

    thread = threading.Thread(target=first)
    thread.start()
    within.wait()
    timer = threading.Timer(0.05, go_on.set)
    timer.start()
    _, replayed = Requests(engine).once(OWNER, "k", "f", lambda: create(engine))
    thread.join()
    timer.join()
    assert not replayed
    assert [course.id for course in Courses(engine).all()] == ["red"]


def test_who_has_waited_long_enough_is_told_so(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(requests_module, "_PATIENCE_SECONDS", 0.05)
    within, go_on = threading.Event(), threading.Event()

    def slow() -> Kept:
        within.set()
        go_on.wait()
        return create(engine)

    thread = threading.Thread(target=Requests(engine).once, args=(OWNER, "k", "f", slow))
    thread.start()
    within.wait()
    if engine.dialect.name == "sqlite":
        # SQLite waits as its connection says.
        event.listen(
            engine,
            "checkout",
            lambda connection, *_: connection.execute("PRAGMA busy_timeout = 50"),
        )
    with pytest.raises(UnderWay):
        Requests(engine).once(OWNER, "k", "f", lambda: create(engine, "blue"))
    go_on.set()
    thread.join()
    assert [course.id for course in Courses(engine).all()] == ["red"]
    answer, replayed = Requests(engine).once(OWNER, "k", "f", lambda: create(engine, "blue"))
    assert (answer, replayed) == (ANSWER, True)


def test_patience_with_a_key_is_not_that_of_the_deed(engine: Engine) -> None:
    """On PostgreSQL the limit is for the key alone: a deed may wait for a row as ever."""

    def act() -> Kept:
        if engine.dialect.name == "postgresql":
            with reading(engine) as connection:
                shown = connection.exec_driver_sql("SHOW lock_timeout").scalar()
            assert shown == "0"
        return ANSWER

    assert Requests(engine).once(OWNER, "k", "f", act) == (ANSWER, False)


def test_a_key_is_of_one_owner_and_one_request(engine: Engine) -> None:
    requests = Requests(engine)
    requests.once(OWNER, "k", "f", lambda: create(engine))
    with pytest.raises(KeyReused):
        requests.once(OWNER, "k", "another", lambda: create(engine, "blue"))
    other = requests.once("01h0000000000000000000000b", "k", "f", lambda: create(engine, "blue"))
    assert other == (ANSWER, False)


def test_the_deed_may_need_a_transaction_of_its_own(engine: Engine) -> None:
    def nested() -> Kept:
        with one_transaction(engine):
            return create(engine)

    assert Requests(engine).once(OWNER, "k", "f", nested) == (ANSWER, False)
    assert Requests(engine).once(OWNER, "k", "f", nested) == (ANSWER, True)


def test_keys_are_forgotten_when_they_are_old(engine: Engine) -> None:
    requests = Requests(engine)
    requests.once(OWNER, "k", "f", lambda: create(engine))
    now = datetime.now(UTC)
    assert requests.sweep(now) == 0
    assert requests.sweep(now + requests_module.LIFETIME) == 1
    assert requests.once(OWNER, "k", "f", lambda: ANSWER) == (ANSWER, False)
