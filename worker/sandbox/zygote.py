"""The zygote: a warm program that holds nothing secret and forks confined children.

It is started as a program of its own (never as a fork of the worker), imports what student code
may use, and then only forks and reaps. Limits, sources and points never pass through it: each
child, used for one submission and no other, gets its own socket to the worker. Control messages are
JSON on a sequenced-packet socket:

    worker → zygote  {"spawn": id, "purpose", "without"} + the child's socket; the purpose is
                     "submission" or "selftest"
    zygote → worker  {"layers": {layer: "" or why it does not hold}}, once, when it is ready
                     {"spawned": id} + pidfd
                     {"ended": id, "status", "cpu_seconds", "memory_bytes"}
"""

from __future__ import annotations

import gc
import json
import os
import select
import signal
import socket
import sys
from typing import Any, NoReturn

from worker.priority import take_session_along
from worker.sandbox import child, kernel, language, namespaces, selftest
from worker.sandbox.layers import Layer

_MESSAGE_BYTES = 4096


def main() -> NoReturn:
    """Get ready, say so, and serve until the worker is gone."""
    descriptor, *names = sys.argv[1:]
    without = frozenset(Layer(name) for name in names)
    kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)
    control = socket.socket(fileno=int(descriptor))
    control.set_inheritable(False)
    take_session_along()
    language.prepare()
    if len(os.listdir("/proc/self/task")) != 1:
        raise SystemExit("the zygote has more than one thread: a child could not be confined")
    base_bytes = _address_space()
    found = namespaces.enter(without)
    gc.collect()
    gc.freeze()
    _tell(control, {"layers": found})
    _Zygote(control, base_bytes).serve()


class _Zygote:
    def __init__(self, control: socket.socket, base_bytes: int) -> None:
        self._control = control
        self._base_bytes = base_bytes
        #: pidfd to (number of the run, process).
        self._children: dict[int, tuple[int, int]] = {}
        self._poll = select.poll()
        self._poll.register(control, select.POLLIN)

    def serve(self) -> NoReturn:
        while True:
            for descriptor, _ in self._poll.poll():
                if descriptor == self._control.fileno():
                    self._obey()
                else:
                    self._reap(descriptor)

    def _obey(self) -> None:
        try:
            data, descriptors, _, _ = socket.recv_fds(self._control, _MESSAGE_BYTES, 1)
        except ConnectionResetError:  # the worker was killed with our word unread
            data = b""
        if not data:
            self._end()
        order = json.loads(data)
        (child_socket,) = descriptors
        self._fork(order, child_socket)
        os.close(child_socket)

    def _fork(self, order: dict[str, Any], child_socket: int) -> None:
        without = frozenset(Layer(name) for name in order["without"])
        run = selftest.run if order["purpose"] == "selftest" else child.run
        process = os.fork()
        if process == 0:
            try:
                run(child_socket, base_bytes=self._base_bytes, without=without)
            finally:
                os._exit(1)
        pidfd = os.pidfd_open(process)
        self._children[pidfd] = order["spawn"], process
        self._poll.register(pidfd, select.POLLIN)
        _tell(self._control, {"spawned": order["spawn"]}, pidfd)

    def _reap(self, pidfd: int) -> None:
        number, process = self._children.pop(pidfd)
        self._poll.unregister(pidfd)
        os.close(pidfd)
        _, status, used = os.wait4(process, 0)
        _tell(
            self._control,
            {
                "ended": number,
                "status": status,
                "cpu_seconds": used.ru_utime + used.ru_stime,
                "memory_bytes": used.ru_maxrss * 1024,
            },
        )

    def _end(self) -> NoReturn:
        """The worker is gone: leave no child behind."""
        for pidfd in self._children:
            signal.pidfd_send_signal(pidfd, signal.SIGKILL)
        for _, process in self._children.values():
            os.waitpid(process, 0)
        os._exit(0)


def _tell(control: socket.socket, message: dict[str, Any], *descriptors: int) -> None:
    try:
        socket.send_fds(control, [json.dumps(message).encode()], list(descriptors))
    except (BrokenPipeError, ConnectionResetError):  # the worker is gone; the next read says so
        return


def _address_space() -> int:
    with open("/proc/self/statm") as statm:
        return int(statm.read().split()[0]) * os.sysconf("SC_PAGESIZE")


if __name__ == "__main__":
    main()
