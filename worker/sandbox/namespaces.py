"""The namespaces that the zygote leaves the machine's for, once, before it forks any child."""

from __future__ import annotations

import os
import signal
import tempfile
from contextlib import suppress

from worker.sandbox import kernel
from worker.sandbox.layers import Layer

_FLAGS = {
    Layer.NETWORK_NAMESPACE: kernel.CLONE_NEWNET,
    Layer.IPC_NAMESPACE: kernel.CLONE_NEWIPC,
    Layer.PID_NAMESPACE: kernel.CLONE_NEWPID,
}


def enter(without: frozenset[Layer]) -> set[Layer]:
    """Enter what namespaces this machine allows, and an empty file system.

    Where a process namespace can be had, this forks: the caller goes on as that namespace's first
    process, and the original process waits for it and ends with it.

    Returns:
        The layers that hold now; in a container with default settings, none.
    """
    # Only root may change its user afterwards (layer UNPRIVILEGED_USER); a user namespace with a
    # single number in it would take that away, so it is for ordinary users only.
    if os.geteuid() != 0 and not _enter_user_namespace():
        return set()
    entered = {layer for layer, flag in _FLAGS.items() if layer not in without and _left(flag)}
    if Layer.EMPTY_ROOT not in without and _enter_empty_root():
        entered.add(Layer.EMPTY_ROOT)
    if Layer.PID_NAMESPACE in entered:
        _fork_first_process()
    return entered


def _left(flag: int) -> bool:
    try:
        kernel.unshare(flag)
    except OSError:
        return False
    return True


def _enter_user_namespace() -> bool:
    user, group = os.geteuid(), os.getegid()
    if not _left(kernel.CLONE_NEWUSER):
        return False
    with suppress(OSError):
        _write("/proc/self/setgroups", "deny")
        _write("/proc/self/uid_map", f"{user} {user} 1")
        _write("/proc/self/gid_map", f"{group} {group} 1")
    return True


def _write(path: str, text: str) -> None:
    with open(path, "w") as file:
        file.write(text)


def _enter_empty_root() -> bool:
    """Make an empty directory the root, and remove it: nothing can be found or made there."""
    try:
        folder = tempfile.mkdtemp(prefix="pushforward-root-")
    except OSError:  # nowhere to write: a read-only container
        return False
    try:
        os.chmod(folder, 0o555)
        os.chdir(folder)
        os.rmdir(folder)
        os.chroot(".")
        os.chdir("/")
    except OSError:
        with suppress(OSError):
            os.rmdir(folder)
        return False
    return True


def _fork_first_process() -> None:
    """Go on as process 1 of the namespace; when it ends the kernel ends all that is in there."""
    process = os.fork()
    if process == 0:
        kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)
        return
    os.closerange(3, os.sysconf("SC_OPEN_MAX"))
    _, status = os.waitpid(process, 0)
    os._exit(os.waitstatus_to_exitcode(status) & 0xFF)
