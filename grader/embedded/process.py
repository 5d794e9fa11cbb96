"""One supervised process: starts a program, starts it again when it dies, and stops it."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from worker.kinship import die_with_parent

_FIRST_PAUSE_SECONDS = 0.1
_LONGEST_PAUSE_SECONDS = 5.0
#: A process that ran for so long was well: its next death is a first one again.
_WELL_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Program:
    """What is to run."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    folder: Path
    #: How long it may take to end when it is asked to; then it is killed.
    stop_seconds: float
    #: What has the highest stage ends first; programs of one stage end together.
    stage: int
    #: Descriptors that it inherits.
    descriptors: tuple[int, ...] = ()


class Process:
    """A program and the process that runs it now. Its output is one stream, to be read."""

    def __init__(self, program: Program) -> None:
        self.program = program
        #: How often it died in a row without having been well.
        self.deaths = 0
        self._process: subprocess.Popen[bytes] | None = None
        self._started_at = 0.0
        self._start_again_at = 0.0

    def start(self) -> IO[bytes]:
        """Start it. Call this from the main thread, to which the child's life is tied.

        Returns:
            Its output, without blocking.
        """
        parent = os.getpid()
        self._process = subprocess.Popen(
            self.program.command,
            env=dict(self.program.environment),
            cwd=self.program.folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            pass_fds=self.program.descriptors,
            # A group of its own: Ctrl-C in the terminal reaches the supervisor alone, which
            # stops all in order.
            process_group=0,
            preexec_fn=lambda: die_with_parent(parent, signal.SIGKILL),
        )
        self._started_at = time.monotonic()
        output = self._process.stdout
        assert output is not None
        os.set_blocking(output.fileno(), False)
        return output

    @property
    def pid(self) -> int | None:
        """The process's id while it runs."""
        return None if self._process is None else self._process.pid

    def runs(self) -> bool:
        """Whether it runs now."""
        return self._process is not None and self._process.poll() is None

    def ended(self) -> str | None:
        """How it ended, once, if it has since the last time; then it is due to start again."""
        if self._process is None or self._process.poll() is None:
            return None
        code = self._process.returncode
        self._process = None
        now = time.monotonic()
        self.deaths = 1 if now - self._started_at > _WELL_SECONDS else self.deaths + 1
        pause = min(_FIRST_PAUSE_SECONDS * 2 ** (self.deaths - 1), _LONGEST_PAUSE_SECONDS)
        self._start_again_at = now + pause
        return f"signal {-code}" if code < 0 else f"exit code {code}"

    def is_due(self) -> bool:
        """Whether it is to be started now."""
        return self._process is None and time.monotonic() >= self._start_again_at

    def ask_to_end(self) -> None:
        """Ask it to finish what it does and end."""
        if self._process is not None:
            self._process.terminate()

    def kill(self) -> None:
        """End it at once, with all that it started in its group."""
        if self._process is not None and self._process.poll() is None:
            try:
                os.killpg(self._process.pid, signal.SIGKILL)
            except ProcessLookupError:
                self._process.kill()
            self._process.wait()
