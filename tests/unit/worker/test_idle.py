"""When a child counts as asleep: not while it computes, nor while others hold its processor."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator

import pytest

from worker.sandbox.channel import Channel, Gone, Idle
from worker.sandbox.limits import Limits
from worker.sandbox.submission import Account
from worker.sandbox.zygote_client import Child


class Clock:
    """The accounts of a child that never computes, as a test says what else it does."""

    def __init__(self) -> None:
        self.began = time.monotonic()
        #: How many looks find it awake, though its accounts do not say so yet.
        self.awake_for = 0
        #: Whether it computes all the time.
        self.busy = False
        #: For how long we lose the processor ourselves while we read its accounts.
        self.away = 0.0
        self.looks = 0
        self._answering: socket.socket | None = None

    def answer_at_the_third_look(self, its: socket.socket) -> None:
        """Have the child answer with an x, from its end, while we look for the third time."""
        self._answering = its

    def begin(self) -> None:
        self.began = time.monotonic()

    def cpu_seconds(self) -> float:
        return time.monotonic() - self.began if self.busy else 0.0

    def queued_seconds(self) -> float:
        if self._answering is not None and self.looks == 2:
            self._answering.send(b"x")
        time.sleep(self.away)
        self.looks += 1
        return 0.0

    def is_asleep(self) -> bool:
        self.awake_for -= 1
        return self.awake_for < 0


@pytest.fixture
def ends() -> Iterator[tuple[socket.socket, socket.socket]]:
    ours, its = socket.socketpair()
    with ours, its:
        yield ours, its


def channel(ours: socket.socket, clock: Clock, wall_seconds: float) -> Channel:
    """A channel to a child that is about to get the submission."""
    pidfd = os.pidfd_open(os.getpid())
    try:
        made = Channel(
            Child(1, ours, pidfd), Account(Limits(cpu_seconds=5, wall_seconds=wall_seconds))
        )
    finally:
        os.close(pidfd)
    made._clock = clock
    return made


def begun(ours: socket.socket, clock: Clock, wall_seconds: float) -> Channel:
    """A channel to a child that has it."""
    made = channel(ours, clock, wall_seconds)
    made.begin()
    return made


def test_a_child_that_sleeps_past_its_limit_is_given_up(
    ends: tuple[socket.socket, socket.socket],
) -> None:
    clock = Clock()
    talk = begun(ends[0], clock, 0.1)
    with pytest.raises(Idle), talk.waiting():
        talk.receive(1)
    assert clock.looks == 1


def test_a_child_that_waits_for_a_processor_is_not_asleep(
    ends: tuple[socket.socket, socket.socket],
) -> None:
    clock = Clock()
    clock.awake_for = 3
    talk = begun(ends[0], clock, 0.1)
    with pytest.raises(Idle), talk.waiting():
        talk.receive(1)
    assert clock.looks == 4


def test_a_child_that_has_ended_is_not_taken_for_asleep(
    ends: tuple[socket.socket, socket.socket],
) -> None:
    ours, its = ends
    waits = [sys.executable, "-c", "import sys; sys.stdin.read()"]
    with subprocess.Popen(waits, stdin=subprocess.PIPE) as process:
        pidfd = os.pidfd_open(process.pid)
        talk = Channel(Child(1, ours, pidfd), Account(Limits(cpu_seconds=5, wall_seconds=0.1)))
        talk.begin()
    # It has ended, its accounts are gone, and we are told so only now, after the limit.
    os.close(pidfd)
    news = threading.Timer(0.8, its.close)
    news.start()
    with pytest.raises(Gone), talk.waiting():
        talk.receive(1)
    news.join()


def test_time_in_which_we_lose_the_processor_is_no_sleep_of_the_childs(
    ends: tuple[socket.socket, socket.socket],
) -> None:
    ours, its = ends
    clock = Clock()
    clock.busy, clock.away = True, 0.5
    talk = begun(ours, clock, 0.4)
    clock.answer_at_the_third_look(its)
    with talk.waiting():
        assert talk.receive(1) == b"x"
    assert clock.looks == 3


def test_a_child_that_confines_itself_may_sleep_for_longer_than_the_submission_may(
    ends: tuple[socket.socket, socket.socket],
) -> None:
    ours, its = ends
    clock = Clock()
    talk = channel(ours, clock, 0.1)
    clock.answer_at_the_third_look(its)
    with talk.waiting():
        assert talk.receive(1) == b"x"
    assert clock.looks == 3
