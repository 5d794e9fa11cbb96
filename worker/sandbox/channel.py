"""The worker's end of a child's socket: exact reads and writes that give up on a sleeper."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from worker.sandbox.clock import ProcessClock
from worker.sandbox.submission import ASK_SECONDS, Account
from worker.sandbox.zygote_client import Child, SandboxBroken

#: How often a child's clocks are read while we wait for it, whether bytes trickle or none come;
#: more often where its answers may become unwanted meanwhile.
_LOOK_SECONDS = 0.25
#: How long a child may sleep while it confines itself: for locks of the kernel, on a busy machine.
_CONFINING_SECONDS = 30.0
#: A machine so busy that a child waits this many times its wall limit for a processor is ours.
_OVERLOAD = 10


class Gone(Exception):
    """The child closed its socket: it has ended, or is about to."""


class Idle(Exception):
    """The child has slept for longer than it may."""


class Channel:
    """Talks with one child.

    The wall limit counts the time in which we wait for the child and it neither computes (that is
    the processor limit's business) nor waits for a processor that others hold (that is ours).
    """

    def __init__(self, child: Child, account: Account) -> None:
        """Talk with `child`, on the account of its submission."""
        self._socket = child.socket
        self._clock = ProcessClock(child.pidfd)
        self._account = account
        # The submission's own limit is no measure of what our code does before it.
        self._wall_seconds = max(_CONFINING_SECONDS, account.limits.wall_seconds)
        self._look_seconds = _LOOK_SECONDS if account.is_unwanted is None else ASK_SECONDS
        self._waited_seconds = 0.0
        self._since: float | None = None
        self._looked = time.monotonic()
        self._socket.settimeout(self._look_seconds)

    def begin(self) -> None:
        """From now on count what the child uses and how long we wait for it, by its limit."""
        self._wall_seconds = self._account.limits.wall_seconds
        self._clock.begin()
        self._waited_seconds = 0.0

    @property
    def cpu_seconds(self) -> float:
        """Processor time that the child has used so far."""
        return self._clock.cpu_seconds()

    @property
    def cpu_seconds_before(self) -> float:
        """Processor time that it had used before it was counted."""
        return self._clock.cpu_seconds_before

    @property
    def waited_seconds(self) -> float:
        """Time that we have waited for the child so far."""
        running = time.monotonic() - self._since if self._since is not None else 0.0
        return self._waited_seconds + running

    @contextmanager
    def waiting(self) -> Iterator[None]:
        """Counts the time of one question and its answer."""
        self._since = time.monotonic()
        try:
            yield
        finally:
            self._waited_seconds = self.waited_seconds
            self._since = None

    def send(self, piece: bytes | memoryview) -> None:
        """Send all of `piece`.

        Raises:
            Gone: the child does not listen any more.
            Idle: the child does not read.
            Cancelled: its answers are not wanted any more.
        """
        view = memoryview(piece)
        while view:
            view = view[self._step(self._socket.send, view) :]

    def receive(self, count: int) -> bytearray:
        """Read exactly `count` bytes.

        Raises:
            Gone: the child closed its end before that.
            Idle: the child does not answer.
            Cancelled: its answers are not wanted any more.
        """
        data = bytearray(count)
        view = memoryview(data)
        while view:
            view = view[self._step(self._receive_some, view) :]
        return data

    def _receive_some(self, view: memoryview) -> int:
        got = self._socket.recv_into(view)
        if not got:
            raise Gone
        return got

    def _step(self, step: Callable[[memoryview], int], view: memoryview) -> int:
        """How many bytes one call moved; now and then, a look at the clocks."""
        # By our own clock, not only when a call times out: a child that moves one byte each tenth
        # of a second never lets one.
        if time.monotonic() - self._looked >= self._look_seconds:
            self._look()
        try:
            return step(view)
        except TimeoutError:
            return 0
        except (BrokenPipeError, ConnectionResetError):
            raise Gone from None

    def _look(self) -> None:
        self._looked = time.monotonic()
        self._account.require_wanted()
        # Our own clock first: should we lose the processor here, what the child's accounts say is
        # of later, and counts as too much rather than too little.
        waited = self.waited_seconds
        waited -= self._clock.cpu_seconds()
        idle = waited - self._clock.queued_seconds()
        # What would run if it had a processor does not sleep, whatever its accounts lack as yet;
        # and what has ended has no accounts any more, while the news of its end is on the way.
        if idle > self._wall_seconds and self._clock.is_asleep():
            raise Idle
        # What it computes counts for nothing here: a busy loop must end by its own limit.
        if waited > _OVERLOAD * self._wall_seconds:
            raise SandboxBroken(f"a submission got too little of the processor in {waited:.0f} s")
