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


#: What /proc calls the namespace that children of this process will be in.
_LINKS = {
    Layer.NETWORK_NAMESPACE: "net",
    Layer.IPC_NAMESPACE: "ipc",
    Layer.PID_NAMESPACE: "pid_for_children",
}


def enter(without: frozenset[Layer]) -> dict[Layer, str]:
    """Enter what namespaces this machine allows, and an empty file system.

    Where a process namespace can be had, this forks: the caller goes on as that namespace's first
    process, and the original process waits for it and ends with it.

    Returns:
        For each of the layers why it does not hold, and "" where it does; in a container with
        default settings none does.
    """
    wanted = [layer for layer in (*_FLAGS, Layer.EMPTY_ROOT) if layer not in without]
    # Only root may change its user afterwards (layer UNPRIVILEGED_USER); a user namespace with a
    # single number in it would take that away, so it is for ordinary users only.
    if os.geteuid() != 0:
        refused = _enter_user_namespace()
        if refused:
            return dict.fromkeys(wanted, f"an ordinary user may make no namespaces here: {refused}")
    found = {layer: _leave(layer) for layer in wanted if layer in _FLAGS}
    if Layer.EMPTY_ROOT in wanted:
        found[Layer.EMPTY_ROOT] = _enter_empty_root()
    if found.get(Layer.PID_NAMESPACE) == "":
        _fork_first_process()
    return found


def _leave(layer: Layer) -> str:
    """Leave the machine's namespace for a new one; why that did not work, or ""."""
    before = _namespace(layer)
    refused = _unshare(_FLAGS[layer])
    if not refused and before is not None and _namespace(layer) == before:
        return "the kernel said that it made a namespace, and did not"
    return refused


def _namespace(layer: Layer) -> int | None:
    """The number of the namespace, as /proc has it; None where there is no /proc."""
    try:
        return os.stat(f"/proc/self/ns/{_LINKS[layer]}").st_ino
    except OSError:
        return None


def _unshare(flag: int) -> str:
    try:
        kernel.unshare(flag)
    except OSError as error:
        return _words(error)
    return ""


def _words(error: OSError) -> str:
    return f"the kernel says: {error.strerror}"


def _enter_user_namespace() -> str:
    user, group = os.geteuid(), os.getegid()
    refused = _unshare(kernel.CLONE_NEWUSER)
    if refused:
        return refused
    with suppress(OSError):
        _write("/proc/self/setgroups", "deny")
        _write("/proc/self/uid_map", f"{user} {user} 1")
        _write("/proc/self/gid_map", f"{group} {group} 1")
    return ""


def _write(path: str, text: str) -> None:
    with open(path, "w") as file:
        file.write(text)


def _enter_empty_root() -> str:
    """Make an empty directory the root, and remove it: nothing can be found or made there."""
    try:
        folder = tempfile.mkdtemp(prefix="pushforward-root-")
    except OSError as error:
        return f"there is nowhere to make an empty directory: {error.strerror}"
    try:
        os.chmod(folder, 0o555)
        os.chdir(folder)
        os.rmdir(folder)
        os.chroot(".")
        os.chdir("/")
    except OSError as error:
        with suppress(OSError):
            os.rmdir(folder)
        return _words(error)
    return ""


def _fork_first_process() -> None:
    """Go on as process 1 of the namespace; when it ends the kernel ends all that is in there."""
    process = os.fork()
    if process == 0:
        kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)
        return
    os.closerange(3, os.sysconf("SC_OPEN_MAX"))
    _, status = os.waitpid(process, 0)
    os._exit(os.waitstatus_to_exitcode(status) & 0xFF)
