"""The order in which a child gives up its rights, before it sees a line of student code."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator

from worker.sandbox import kernel, landlock, limits, seccomp
from worker.sandbox.child_socket import SOCKET
from worker.sandbox.layers import Layer

#: Users that own nothing, in the order in which they are tried: one that no package uses, then
#: `nobody`, for user namespaces that map only the small numbers.
_USERS = (2_000_000_011, 65_534)


def close_descriptors(socket: int) -> None:
    """Keep `socket`, as descriptor SOCKET, and /dev/null as standard streams; close the rest."""
    os.dup2(0, 1)
    os.dup2(0, 2)
    if socket != SOCKET:
        os.dup2(socket, SOCKET, inheritable=False)
    os.closerange(SOCKET + 1, os.sysconf("SC_OPEN_MAX"))


def steps(
    hear_budget: Callable[[], limits.Limits], *, base_bytes: int, without: frozenset[Layer]
) -> Iterator[Layer]:
    """Give up, for good, every right that student code has no use for, step by step.

    Args:
        hear_budget: waits to be told what the process may use. It is asked in the middle: a
            process that was forked ahead of its submission waits there, and its limits, which
            can't be set any more behind the filter, count from then on.
        base_bytes: its address space before it starts.
        without: layers to leave out, so that tests can prove the others alone.

    Yields:
        Each layer when it is in force, before the next one hides it. Those that need a privilege
        that the grader does not have, or a kernel that knows them, are passed over.

    Raises:
        OSError: a layer of layers.REQUIRED could not be put in force.
    """
    yield Layer.PROCESS
    os.setsid()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
    if Layer.UNPRIVILEGED_USER not in without and _become_nobody():
        yield Layer.UNPRIVILEGED_USER
    # setuid clears it, so it comes after; a process that is not dumpable can't be traced.
    kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)
    kernel.prctl(kernel.PR_SET_DUMPABLE, 0)
    if Layer.NO_NEW_PRIVS not in without:
        kernel.prctl(kernel.PR_SET_NO_NEW_PRIVS, 1)
        yield Layer.NO_NEW_PRIVS
        if Layer.LANDLOCK not in without and landlock.version():
            landlock.restrict()
            yield Layer.LANDLOCK
    budget = hear_budget()
    if Layer.RLIMITS not in without:
        limits.apply(budget, base_bytes=base_bytes)
        yield Layer.RLIMITS
    if not without & {Layer.NO_NEW_PRIVS, Layer.SECCOMP}:
        seccomp.install(socket=SOCKET)
        yield Layer.SECCOMP


def _become_nobody() -> bool:
    if os.geteuid() != 0:
        return False
    for user in _USERS:
        try:
            os.setgroups([])
            os.setresgid(user, user, user)
            os.setresuid(user, user, user)
        except OSError:  # a user namespace without this number, or without CAP_SETUID
            continue
        return True
    return False
