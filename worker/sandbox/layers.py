"""The names of the layers of the wall, and which of them the grader will not serve without."""

from __future__ import annotations

from enum import StrEnum


class Layer(StrEnum):
    """One layer of the wall; docs/security.md says what each stops alone."""

    #: RestrictedPython's policy and the stand-in for numpy.
    LANGUAGE = "language"
    #: A process of its own, with no descriptor but its socket.
    PROCESS = "process"
    #: Limits on memory, descriptors, processes, files and processor time.
    RLIMITS = "rlimits"
    #: A user that owns nothing (only where the grader runs as root).
    UNPRIVILEGED_USER = "unprivileged_user"
    #: No program can raise its privileges again.
    NO_NEW_PRIVS = "no_new_privs"
    #: No access to any file.
    LANDLOCK = "landlock"
    #: An allow-list of system calls.
    SECCOMP = "seccomp"
    #: Sees no process but its own kind, and ends with the zygote.
    PID_NAMESPACE = "pid_namespace"
    #: Has no network, not even loopback.
    NETWORK_NAMESPACE = "network_namespace"
    #: Shares no System V or POSIX message queues and memory.
    IPC_NAMESPACE = "ipc_namespace"
    #: Its file system is an empty directory that no longer exists.
    EMPTY_ROOT = "empty_root"


#: Layers that need no privilege and that every supported kernel has.
REQUIRED = frozenset(
    {Layer.LANGUAGE, Layer.PROCESS, Layer.RLIMITS, Layer.NO_NEW_PRIVS, Layer.SECCOMP}
)

#: Layers that each child puts in force itself; the others are the zygote's, once for all.
FROM_CHILDREN = REQUIRED | {Layer.UNPRIVILEGED_USER, Layer.LANDLOCK}

#: What is said of a layer that let something through.
NOT_REFUSED = "it was tried, and nothing refused it"
