"""What one submission may cost: the table, and the kernel's limits that enforce it."""

from __future__ import annotations

import math
import resource
import signal
import time
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """What a submission may use; an exercise may set its own (exercises/exercise.py)."""

    #: Processor time over all calls and all processes of a submission.
    cpu_seconds: float = 20.0
    #: Time that the grader waits for a submission that does not compute.
    wall_seconds: float = 20.0
    #: Memory beyond what Python, numpy and scipy hold already.
    memory_bytes: int = 512 * 2**20


#: Deep recursion must end as a RecursionError, not at the end of the stack.
STACK_BYTES = 32 * 2**20

#: What a loop in C may use over its limit, so that a loop in Python can tell its line.
GRACE_SECONDS = 0.2

#: Limits that are the same for every submission: nothing of this kind is ever needed. (The child
#: opens its last descriptor, Landlock's, before.)
_NOTHING = (
    resource.RLIMIT_NOFILE,
    resource.RLIMIT_CORE,
    resource.RLIMIT_FSIZE,
    resource.RLIMIT_NPROC,
    resource.RLIMIT_MEMLOCK,
    resource.RLIMIT_MSGQUEUE,
)


def apply(limits: Limits, *, base_bytes: int) -> None:
    """Set the limits of this process for good, and start its processor timer.

    Args:
        limits: what is left of the submission's budget.
        base_bytes: the address space that the process has already; the budget comes on top,
            because RLIMIT_AS counts all of it.
    """
    for kind in _NOTHING:
        resource.setrlimit(kind, (0, 0))
    hard_stack = resource.getrlimit(resource.RLIMIT_STACK)[1]
    stack = STACK_BYTES if hard_stack == resource.RLIM_INFINITY else min(STACK_BYTES, hard_stack)
    resource.setrlimit(resource.RLIMIT_STACK, (stack, stack))
    space = base_bytes + limits.memory_bytes
    resource.setrlimit(resource.RLIMIT_AS, (space, space))
    # Three timers. The first has a handler in Python that tells the line; a loop in C never gets
    # to it, so the second, whose signal nobody handles, ends the process. Both are exact. The
    # third also counts time in the kernel, but in whole seconds, and from the process's beginning,
    # which may be long before its submission's.
    signal.setitimer(signal.ITIMER_PROF, limits.cpu_seconds)
    signal.setitimer(signal.ITIMER_VIRTUAL, limits.cpu_seconds + GRACE_SECONDS)
    seconds = math.ceil(time.process_time() + limits.cpu_seconds + GRACE_SECONDS)
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
