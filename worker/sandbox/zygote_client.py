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
from dataclasses import asdict, dataclass
from typing import Any

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
class Child:
    """A child that was forked for one submission."""

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

    def fork(self, limits: Limits, *, purpose: str = "submission") -> Child:
        """Have a child forked; it confines itself and then waits on its socket.

        One for a self-test tries the layers instead, and never sees a submission.

        Raises:
            SandboxBroken: the zygote does not answer.
        """
        self.wait_until_ready()
        self._count += 1
        ours, theirs = socket.socketpair()
        order = {
            "spawn": self._count,
            "purpose": purpose,
            "without": sorted(self._without),
            **asdict(limits),
        }
        try:
            with theirs:
                socket.send_fds(self._control, [json.dumps(order).encode()], [theirs.fileno()])
            while True:
                message, descriptors = self._hear(_ANSWER_SECONDS)
                if message.get("spawned") == self._count:
                    return Child(self._count, ours, descriptors[0])
                self._note(message)
        except OSError as error:
            ours.close()
            raise SandboxBroken(f"the zygote is gone: {error}") from error
        except SandboxBroken:
            ours.close()
            raise

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
            message, _ = self._hear(_ANSWER_SECONDS)
            self._note(message)
        return self._ended.pop(child.number)

    def alive(self) -> bool:
        """Whether the zygote still runs."""
        return self._process.poll() is None

    def close(self) -> None:
        """End the zygote and all its children, and reap it."""
        self._control.close()
        try:
            self._process.wait(timeout=2)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _note(self, message: dict[str, Any]) -> None:
        number = message["ended"]
        self._ended[number] = Ended(
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
        "LC_ALL": "C.UTF-8",
    }
