"""Priority: what runs previews steps back behind what grades, with all that it starts."""

from __future__ import annotations

import os
from pathlib import Path

#: How far: then it has about a tenth of the weight of what did not step back.
NICE = 10


def step_back() -> None:
    """Give this process, and what it starts from now on, a lower priority than it has."""
    os.nice(NICE)


def take_session_along() -> None:
    """Give the session, which this process leads, this process's priority, if that is a low one.

    Linux may share the processor out by sessions (autogroups, sched(7)): a priority then counts
    only among the processes of one session, and a new session begins with the usual one.
    """
    nice = os.getpriority(os.PRIO_PROCESS, 0)
    if nice <= 0 or os.getsid(0) != os.getpid():
        return
    try:
        Path("/proc/self/autogroup").write_text(str(nice))
    except OSError:  # there are no autogroups here
        return
