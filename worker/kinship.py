"""Ties a process to its parent: when the parent dies, by whatever signal, so does the child."""

from __future__ import annotations

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1


def die_with_parent(parent: int, signal_number: int = signal.SIGKILL) -> None:
    """Have the kernel send `signal_number` to this process when its parent ends.

    It survives exec, not fork. The kernel means the *thread* that forked: call it in children of
    a main thread. Elsewhere than on Linux it does nothing.

    Args:
        parent: the parent's id as the parent knew it; it may have died before this call.
    """
    if not sys.platform.startswith("linux"):
        return
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, int(signal_number), 0, 0, 0)
    if os.getppid() != parent:
        os.kill(os.getpid(), signal_number)
