"""How a child's end is read: from its wait status, never from what it says."""

from __future__ import annotations

import os
import signal

from exercises.outcome import Outcome

#: Statuses with which the child ends itself when a limit was met in Python code.
EXIT_MEMORY, EXIT_OUTPUT, EXIT_CPU = 101, 102, 103

_BY_STATUS = {
    EXIT_MEMORY: Outcome.MEMORY_LIMIT,
    EXIT_OUTPUT: Outcome.OUTPUT_LIMIT,
    EXIT_CPU: Outcome.CPU_LIMIT,
}
_BY_SIGNAL: dict[int, Outcome] = {
    signal.SIGVTALRM: Outcome.CPU_LIMIT,
    signal.SIGPROF: Outcome.CPU_LIMIT,
    signal.SIGXCPU: Outcome.CPU_LIMIT,
    signal.SIGSYS: Outcome.POLICY_VIOLATION,
}


def outcome_of(wait_status: int) -> Outcome | None:
    """What the wait status of an ended child says; None where it says nothing.

    Nothing is: a plain exit, which the child makes only when it is dismissed, and SIGKILL, which
    is ours or the machine's.
    """
    if os.WIFSIGNALED(wait_status):
        number = os.WTERMSIG(wait_status)
        if number == signal.SIGKILL:
            return None
        # Real-time signals have numbers that signal.Signals does not know.
        return _BY_SIGNAL.get(number, Outcome.CRASH)
    return _BY_STATUS.get(os.WEXITSTATUS(wait_status))
