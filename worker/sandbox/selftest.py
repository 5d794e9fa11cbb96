"""The self-test of the wall: a child of its own tries one forbidden thing at each layer.

It is forked by the zygote and confined step by step exactly as a submission's child is; after each
step it tries what that layer forbids, before the next layer hides it. The last try is one that the
filter kills for: that it did is read from the wait status. No submission is in that child.
"""

from __future__ import annotations

import errno
import json
import mmap
import os
import socket as sockets
from collections.abc import Callable, Mapping
from typing import NoReturn

from worker.sandbox import child_socket, confinement, kernel, language, wire
from worker.sandbox.layers import NOT_REFUSED, Layer
from worker.sandbox.limits import Limits

#: Descriptors up to here are looked at: a zygote has about ten.
_DESCRIPTORS = 256
_NAMESPACES = (Layer.PID_NAMESPACE, Layer.NETWORK_NAMESPACE, Layer.EMPTY_ROOT)


def run(socket: int, *, base_bytes: int, without: frozenset[Layer]) -> NoReturn:
    """In the child: confine this process, try each layer, tell, and end by a forbidden call."""
    confinement.close_descriptors(socket)
    found: dict[Layer, str] = {}
    budgets: list[Limits] = []

    def hear_budget() -> Limits:
        budgets.append(wire.read_limits(child_socket.receive))
        return budgets[0]

    for layer in confinement.steps(hear_budget, base_bytes=base_bytes, without=without):
        if layer is Layer.PROCESS:  # now it may still do what the zygote's own layers forbid
            found |= {space: _try(space) for space in _NAMESPACES}
        found[layer] = _memory(*budgets) if layer is Layer.RLIMITS else _try(layer)
    if Layer.LANGUAGE not in without:
        found[Layer.LANGUAGE] = _try(Layer.LANGUAGE)
    record = wire.Record(message=json.dumps(found))
    child_socket.send(wire.pack_answer(record))
    sockets.socket()  # SIGSYS
    os._exit(0)


def _try(layer: Layer) -> str:
    """Try what `layer` forbids: "" where it was refused, as it should be."""
    try:
        return "" if _TRIES[layer]() else NOT_REFUSED
    except Exception as error:
        return f"the try of it failed: {type(error).__name__}"


def _refused_with(number: int, call: Callable[[], object]) -> bool:
    try:
        call()
    except OSError as error:
        return error.errno == number
    return False


def _only_our_descriptors() -> bool:
    return [n for n in range(_DESCRIPTORS) if _is_open(n)] == [0, 1, 2, child_socket.SOCKET]


def _is_open(number: int) -> bool:
    try:
        os.fstat(number)
    except OSError:
        return False
    return True


def _memory(limits: Limits) -> str:
    # Mapped, not touched: the limit counts what is asked for.
    mmap.mmap(-1, limits.memory_bytes // 4).close()
    over = _refused_with(errno.ENOMEM, lambda: mmap.mmap(-1, 2 * limits.memory_bytes).close())
    return "" if over else NOT_REFUSED


def _is_nobody() -> bool:
    owners = (*os.getresuid(), *os.getresgid())
    root = _refused_with(errno.EPERM, lambda: os.setuid(0))
    return root and 0 not in owners and not os.getgroups()


def _no_network() -> bool:
    # Connecting a datagram socket sends nothing; it only asks whether there is a way.
    with sockets.socket(sockets.AF_INET, sockets.SOCK_DGRAM) as datagrams:
        return _refused_with(errno.ENETUNREACH, lambda: datagrams.connect(("127.0.0.1", 9)))


def _root_is_empty() -> bool:
    return not os.listdir("/") and _refused_with(errno.ENOENT, lambda: os.mkdir("/x"))


def _language_refuses() -> bool:
    try:
        language.compile_submission("def f(z):\n    return z.__class__.__mro__\n")
        return False
    except language.Refused:
        walk = language.compile_submission("getattr(getattr, '__glo' + 'bals__')\n")
    try:
        language.run_module(walk, seed=0, printed=language.Printed())
    except AttributeError:
        return True
    return False


_TRIES: Mapping[Layer, Callable[[], bool]] = {
    Layer.PROCESS: _only_our_descriptors,
    Layer.UNPRIVILEGED_USER: _is_nobody,
    Layer.NO_NEW_PRIVS: lambda: kernel.prctl(kernel.PR_GET_NO_NEW_PRIVS) == 1,
    Layer.LANDLOCK: lambda: _refused_with(errno.EACCES, lambda: os.open("/", os.O_RDONLY)),
    Layer.SECCOMP: lambda: _refused_with(errno.EPERM, lambda: os.stat("/")),
    Layer.PID_NAMESPACE: lambda: os.getppid() == 1,
    Layer.NETWORK_NAMESPACE: _no_network,
    Layer.EMPTY_ROOT: _root_is_empty,
    Layer.LANGUAGE: _language_refuses,
}
