"""What the sandbox knows of a child's time: computing, waiting for a processor, and sleeping."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from tests.patience import until
from worker.sandbox.clock import ProcessClock

_BUSY = "while True: pass"


@contextmanager
def running(program: str, cpu: int, *, idle: bool = False) -> Iterator[int]:
    """A process on one processor; an idle one gets what others leave. Gives its number."""

    def prepare() -> None:
        os.sched_setaffinity(0, {cpu})
        if idle:
            os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))

    with subprocess.Popen([sys.executable, "-c", program], preexec_fn=prepare) as process:
        try:
            yield process.pid
        finally:
            process.send_signal(signal.SIGKILL)


def neither(clock: ProcessClock, seconds: float) -> float:
    """How much of so long a time a process is said to have neither computed nor queued."""
    computed, queued, began = clock.cpu_seconds(), clock.queued_seconds(), time.monotonic()
    while time.monotonic() - began < seconds:
        time.sleep(0.05)
        clock.queued_seconds()
    passed = time.monotonic() - began
    return passed - (clock.cpu_seconds() - computed) - (clock.queued_seconds() - queued)


def test_a_loop_that_gets_no_processor_is_not_idle() -> None:
    cpu = min(os.sched_getaffinity(0))
    with running(_BUSY, cpu), running(_BUSY, cpu, idle=True) as starved:
        pidfd = os.pidfd_open(starved)
        try:
            clock = ProcessClock(pidfd)
            clock.begin()
            assert neither(clock, 2.0) < 0.5
        finally:
            os.close(pidfd)


def test_a_process_that_sleeps_is_idle() -> None:
    cpu = min(os.sched_getaffinity(0))
    with running("import time; time.sleep(1000)", cpu) as asleep:
        pidfd = os.pidfd_open(asleep)
        try:
            clock = ProcessClock(pidfd)
            # It may sleep for a moment while it starts, and compute again.
            until(lambda: clock.cpu_seconds() > 0 and _state(asleep) == "S")
            until(lambda: neither(clock, 0.5) > 0.4)
        finally:
            os.close(pidfd)


def _state(process: int) -> str:
    with open(f"/proc/{process}/stat", encoding="ascii") as file:
        return file.read().rpartition(")")[2].split()[0]
