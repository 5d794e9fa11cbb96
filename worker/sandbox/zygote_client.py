"""The worker's hold on its zygote: starts it, asks it for children, hears how they ended."""

from __future__ import annotations

import json
import os
import select
import signal
import socket
import subprocess
import sys
import time
from collections import deque
from dataclasses import dataclass
from typing import Any

from worker import heap
from worker.sandbox import wire
from worker.sandbox.layers import Layer
from worker.sandbox.limits import Limits

#: How long the zygote may take to import numpy and scipy, on a slow and busy machine.
_START_SECONDS = 120.0
#: How long it may take to fork, or to tell of a child that has ended.
_ANSWER_SECONDS = 30.0
_MESSAGE_BYTES = 4096


class SandboxBroken(Exception):
    """The sandbox itself failed: ours to mend, and never a student's grade."""


@dataclass(frozen=True, slots=True)
class Ended:
    """What the kernel told of a child that has ended."""

    #: As os.wait4 returns it.
    status: int
    cpu_seconds: float
    #: The largest resident set, the pages shared with the zygote among it.
    memory_bytes: int


@dataclass(frozen=True, slots=True)
class _Ordered:
    """A child that the zygote was told to fork; it may not have done so yet."""

    number: int
    #: Our end of its socket.
    socket: socket.socket


@dataclass(frozen=True, slots=True)
class Child:
    """A child for one submission, that confines itself now."""

    number: int
    #: Our end of the child's socket.
    socket: socket.socket
    #: Names the process for signals, also from outside its namespace.
    pidfd: int

    def kill(self) -> None:
        """End the process now, whatever it does."""
        try:
            signal.pidfd_send_signal(self.pidfd, signal.SIGKILL)
        except ProcessLookupError:  # it has ended by itself
            return

    def close(self) -> None:
        """Give back both descriptors."""
        self.socket.close()
        os.close(self.pidfd)


class ZygoteClient:
    """One running zygote. Not for use from several threads."""

    def __init__(self, *, without: frozenset[Layer]) -> None:
        """Start the zygote; it gets ready while the caller goes on."""
        self._without = without
        self._count = 0
        #: Children that wait for a submission, the oldest first.
        self._waiting: deque[_Ordered] = deque()
        #: The pidfds of those that the zygote has told of.
        self._spawned: dict[int, int] = {}
        self._ended: dict[int, Ended] = {}
        self._layers: dict[Layer, str] | None = None
        #: What each child must say of itself before it sees a source: what the self-test showed.
        self.expected: frozenset[Layer] = frozenset()
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self._process = subprocess.Popen(
                [
                    *(sys.executable, "-I", "-m", "worker.sandbox.zygote"),
                    *(str(theirs.fileno()), *sorted(without)),
                ],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                env=_environment(),
                start_new_session=True,
            )

    def wait_until_ready(self) -> dict[Layer, str]:
        """Wait for the zygote's first word: its own layers, "" or why one does not hold.

        Raises:
            SandboxBroken: it did not start.
        """
        if self._layers is None:
            ready, _ = self._hear(_START_SECONDS)
            self._layers = {Layer(name): why for name, why in ready["layers"].items()}
        return self._layers

    def prepare(self, count: int) -> None:
        """Have `count` children forked ahead for the next submission; returns at once.

        They hold nothing of any submission, and each is used for one only.

        Raises:
            SandboxBroken: the zygote is gone.
        """
        while len(self._waiting) < count:
            self._waiting.append(self._order("submission"))

    def fork(self, limits: Limits, *, purpose: str = "submission") -> Child:
        """A child that waited, or a new one; it puts the last layers in force and says so.

        One for a self-test tries the layers instead, and never sees a submission.

        Raises:
            SandboxBroken: the zygote does not answer.
        """
        self.wait_until_ready()
        while purpose == "submission" and self._waiting:
            child = self._heard_of(self._waiting.popleft())
            # One that has ended since (the machine ran out of memory) is passed over.
            if child.number not in self._ended and self._tell(child, limits):
                return child
            self._ended.pop(child.number, None)
            child.close()
        child = self._heard_of(self._order(purpose))
        if not self._tell(child, limits):
            child.close()
            raise SandboxBroken("a child ended before it was told anything")
        return child

    def _order(self, purpose: str) -> _Ordered:
        self._count += 1
        ours, theirs = socket.socketpair()
        order = {"spawn": self._count, "purpose": purpose, "without": sorted(self._without)}
        try:
            with theirs:
                socket.send_fds(self._control, [json.dumps(order).encode()], [theirs.fileno()])
        except OSError as error:
            ours.close()
            raise SandboxBroken(f"the zygote is gone: {error}") from error
        return _Ordered(self._count, ours)

    def _heard_of(self, ordered: _Ordered) -> Child:
        """The child itself, once the zygote has told of it."""
        try:
            while ordered.number not in self._spawned:
                self._hear_more()
        except SandboxBroken:
            ordered.socket.close()
            raise
        return Child(ordered.number, ordered.socket, self._spawned.pop(ordered.number))

    def _tell(self, child: Child, limits: Limits) -> bool:
        """Tell the child its limits, which count from now on; False where it has ended."""
        try:
            child.socket.sendall(wire.pack_limits(limits))
        except (BrokenPipeError, ConnectionResetError):
            return False
        return True

    def wait(self, child: Child, seconds: float) -> Ended | None:
        """How the child ended, or None when it has not ended after `seconds`.

        Raises:
            SandboxBroken: the zygote does not answer.
        """
        deadline = time.monotonic() + seconds
        while child.number not in self._ended:
            left = deadline - time.monotonic()
            if not select.select([child.pidfd], [], [], max(left, 0))[0]:
                return None
            self._hear_more()
        return self._ended.pop(child.number)

    def alive(self) -> bool:
        """Whether the zygote still runs."""
        return self._process.poll() is None

    def close(self) -> None:
        """End the zygote and all its children, and reap it."""
        self._control.close()
        for ordered in self._waiting:
            ordered.socket.close()
        for pidfd in self._spawned.values():
            os.close(pidfd)
        self._waiting.clear()
        self._spawned.clear()
        try:
            self._process.wait(timeout=2)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _hear_more(self) -> None:
        """Hear one message of the zygote, of whatever child."""
        message, descriptors = self._hear(_ANSWER_SECONDS)
        if "spawned" in message:
            (self._spawned[message["spawned"]],) = descriptors
            return
        self._ended[message["ended"]] = Ended(
            message["status"], message["cpu_seconds"], message["memory_bytes"]
        )

    def _hear(self, seconds: float) -> tuple[dict[str, Any], list[int]]:
        self._control.settimeout(seconds)
        try:
            data, descriptors, _, _ = socket.recv_fds(self._control, _MESSAGE_BYTES, 1)
        except TimeoutError as error:
            raise SandboxBroken(f"the zygote said nothing for {seconds:g} s") from error
        except OSError as error:
            raise SandboxBroken(f"the zygote is gone: {error}") from error
        if not data:
            raise SandboxBroken(f"the zygote ended with status {self._process.wait()}")
        return json.loads(data), descriptors


def _environment() -> dict[str, str]:
    """Nothing of ours: no broker, no database, no path. Threads are off, hashes are repeatable."""
    return {
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
        "MKL_NUM_THREADS": "1",
        "PYTHONHASHSEED": "0",
        # As in worker/heap.py, for the children; and what a rehearsal touched is there already.
        "MALLOC_TRIM_THRESHOLD_": str(heap.KEPT_BYTES),
        "MALLOC_MMAP_THRESHOLD_": str(heap.LARGE_BYTES),
        "LC_ALL": "C.UTF-8",
    }
