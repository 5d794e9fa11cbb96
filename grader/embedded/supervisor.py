"""The supervisor: keeps processes running, passes on what they say, and ends them in order."""

from __future__ import annotations

import logging
import os
import selectors
import signal
import sys
import time
from collections.abc import Callable
from types import FrameType
from typing import IO

from grader.embedded.failure import StartFailure
from grader.embedded.process import Process, Program

log = logging.getLogger(__name__)

_TICK_SECONDS = 0.1
#: While the service starts, a program that fails so often has no chance.
_START_DEATHS = 2
#: Lines that would only worry: Valkey's on a setting of the machine that a private queue need not
#: have, and what Valkey and Celery say when they end as they were told to.
_NOT_SAID = (
    b"overcommit_memory",
    b"Received SIGTERM",
    b"ready to exit, bye bye",
    b"Warm shutdown (MainProcess)",
)


class Supervisor:
    """Runs programs. Everything happens in the thread that calls it, which must be the main one."""

    def __init__(self) -> None:
        self._processes: list[Process] = []
        self._selector = selectors.DefaultSelector()
        self._rest: dict[str, bytes] = {}
        self.stopping = False
        self._in_a_hurry = False

    def listen_to_signals(self) -> None:
        """From now on SIGTERM and SIGINT stop the service; a second one does so at once."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._on_signal)

    def add(self, program: Program) -> None:
        """Start a program."""
        process = Process(program)
        self._processes.append(process)
        self._start(process)

    def wait_until(self, holds: Callable[[], bool], *, seconds: float, what: str) -> None:
        """Supervise until `holds()`, or until the service is told to stop.

        Raises:
            StartFailure: the time is over, or a program dies again and again.
        """
        deadline = time.monotonic() + seconds
        while not self.stopping and not holds():
            self._tick(_TICK_SECONDS / 4)
            for process in self._processes:
                if process.deaths >= _START_DEATHS:
                    raise StartFailure(
                        f"the {process.program.name} does not start; what it says is above"
                    )
            if time.monotonic() > deadline:
                raise StartFailure(f"{what} did not get ready in {seconds:.0f} seconds")

    def run(self) -> None:
        """Supervise until the service is told to stop."""
        while not self.stopping:
            self._tick(_TICK_SECONDS)

    def stop(self) -> None:
        """End all programs: those of a stage together, when those of later stages have ended."""
        self.stopping = True
        for stage in sorted({process.program.stage for process in self._processes}, reverse=True):
            members = [each for each in self._processes if each.program.stage == stage]
            for process in members:
                process.ask_to_end()
            asked_at = time.monotonic()
            for process in members:
                self._await_end(process, asked_at)
        self._listen(0)
        self._selector.close()

    def _await_end(self, process: Process, asked_at: float) -> None:
        """Wait until a process has ended; kill it when it was asked too long ago."""
        deadline = asked_at + process.program.stop_seconds
        while process.runs() and not self._in_a_hurry and time.monotonic() < deadline:
            self._listen(_TICK_SECONDS)
        if process.runs():
            log.warning("the %s did not end when asked to and is killed", process.program.name)
        process.kill()

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        self._in_a_hurry = self.stopping
        self.stopping = True

    def _tick(self, seconds: float) -> None:
        self._listen(seconds)
        for process in self._processes:
            name = process.program.name
            how = process.ended()
            if how is not None:
                log.warning("the %s ended (%s) and is started again", name, how)
            if process.is_due() and not self.stopping:
                self._start(process)

    def _start(self, process: Process) -> None:
        output = process.start()
        self._selector.register(output, selectors.EVENT_READ, process.program.name)

    def _listen(self, seconds: float) -> None:
        if not self._selector.get_map():
            time.sleep(seconds)
            return
        for key, _ in self._selector.select(seconds):
            output: IO[bytes] = key.fileobj  # type: ignore[assignment]
            chunk = os.read(output.fileno(), 65_536)
            self._say(key.data, chunk)
            if not chunk:
                self._selector.unregister(output)
                output.close()

    def _say(self, name: str, chunk: bytes) -> None:
        """Pass on whole lines, each with the program's name."""
        *lines, rest = (self._rest.pop(name, b"") + chunk).split(b"\n")
        if not chunk and rest:
            lines, rest = [*lines, rest], b""
        if rest:
            self._rest[name] = rest
        for line in lines:
            if line.strip() and not any(word in line for word in _NOT_SAID):
                text = line.decode(errors="replace").rstrip()
                print(f"{name:<8} | {text}", file=sys.stderr, flush=True)
