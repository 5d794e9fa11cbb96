"""How long a child has computed, waited for a processor, and slept, as seen from outside."""

from __future__ import annotations

import time
from pathlib import Path

#: Asleep, waiting for a device, stopped.
_ASLEEP = frozenset({"S", "D", "T", "t"})


class ProcessClock:
    """Reads the kernel's accounts of the process behind a pidfd, from a moment on."""

    def __init__(self, pidfd: int) -> None:
        self._process = _process_number(pidfd)
        #: What the process had used, and queued, before the accounts began.
        self.cpu_seconds_before = self._queued_seconds_before = 0.0
        #: Both accounts as they were last seen, and since when they have been so.
        self._seen, self._seen_at = (0.0, 0.0), time.monotonic()

    def begin(self) -> None:
        """Count from now on: what the process used until now, it used for us."""
        self.cpu_seconds_before = self._cpu_seconds()
        self._queued_seconds_before = self._queued_seconds()

    def cpu_seconds(self) -> float:
        """Processor time used so far; 0 where the process has ended."""
        return max(self._cpu_seconds() - self.cpu_seconds_before, 0.0)

    def queued_seconds(self) -> float:
        """Time spent waiting for a processor that others held; 0 where the kernel does not tell.

        The kernel adds a wait to its account when it is over. A process of low priority may wait
        for seconds, so a wait that goes on is counted here: what could run, and neither ran nor
        queued by the accounts since they were last looked at, has waited since then.
        """
        seen, now = (self._queued_seconds(), self._cpu_seconds()), time.monotonic()
        if seen != self._seen:
            self._seen, self._seen_at = seen, now
        waiting = now - self._seen_at if self._state() == "R" else 0.0
        return max(seen[0] - self._queued_seconds_before + waiting, 0.0)

    def is_asleep(self) -> bool:
        """Whether it waits for something else than a processor. What has ended does not."""
        return self._state() in _ASLEEP

    def _cpu_seconds(self) -> float:
        if self._process is None:
            return 0.0
        # A process's processor-time clock is named by its number (clock_getcpuclockid(3)).
        try:
            return time.clock_gettime((~self._process << 3) | 2)
        except OSError:
            return 0.0

    def _state(self) -> str:
        """The letter of its state (proc_pid_stat(5)); "" where it has ended."""
        if self._process is None:
            return ""
        try:
            after_name = Path(f"/proc/{self._process}/stat").read_text().rpartition(")")[2]
        except OSError:
            return ""
        return after_name.split()[0]

    def _queued_seconds(self) -> float:
        if self._process is None:
            return 0.0
        try:
            fields = Path(f"/proc/{self._process}/schedstat").read_text().split()
        except OSError:
            return 0.0
        return int(fields[1]) / 1e9 if len(fields) > 1 else 0.0


def _process_number(pidfd: int) -> int | None:
    """The process's number in our own namespace (proc_pid_fdinfo(5))."""
    for line in Path(f"/proc/self/fdinfo/{pidfd}").read_text().splitlines():
        key, _, value = line.partition(":")
        if key == "Pid" and int(value) > 0:
            return int(value)
    return None
