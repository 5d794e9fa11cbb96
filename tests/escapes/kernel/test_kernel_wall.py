"""The kernel wall alone: with the language wall off, arbitrary Python in the child gets nowhere.

Each attack asserts its cause: SIGSYS (policy_violation), the errno that the filter answers, the
limit that was met, or the protocol's refusal.
"""

from __future__ import annotations

import os
import signal
import socket
import textwrap
import time
from collections.abc import Iterator

import numpy as np
import pytest

from exercises.oracle import Fault, FaultKind, Stopped
from exercises.outcome import Outcome
from worker.sandbox.layers import REQUIRED, Layer
from worker.sandbox.limits import Limits
from worker.sandbox.sandbox import Sandbox
from worker.sandbox.submission import Account

POINTS = np.zeros((3, 2))
TIGHT = Limits(cpu_seconds=0.5, wall_seconds=1.0, memory_bytes=128 * 2**20)


@pytest.fixture(scope="module")
def bare() -> Iterator[Sandbox]:
    with Sandbox(without=frozenset({Layer.LANGUAGE})) as sandbox:
        yield sandbox


def attack(sandbox: Sandbox, body: str, *, load: str = "") -> Outcome | Fault | None:
    """Run `body` inside f: the outcome that ended it, its fault, or None where it went through."""
    source = f"import os, ctypes, socket, sys\nlibc = ctypes.CDLL(None, use_errno=True)\n{load}\n"
    source += "def f(z):\n" + textwrap.indent(textwrap.dedent(body).strip(), "    ")
    source += "\n    return z\n"
    try:
        with sandbox.open(source.encode(), seed=1, account=Account(TIGHT)) as oracle:
            return oracle.evaluate(POINTS).fault
    except Stopped as stopped:
        return stopped.ending.outcome


KILLED_BY_THE_FILTER = {
    "socket_inet": "socket.socket(socket.AF_INET)",
    "socket_unix": "socket.socket(socket.AF_UNIX)",
    "socket_netlink": "socket.socket(socket.AF_NETLINK)",
    "socketpair": "socket.socketpair()",
    "fork": "os.fork()",
    "vfork": "libc.vfork()",
    "clone": "libc.syscall(56, 0x11, 0, 0, 0, 0)",
    "clone3": "libc.syscall(435, 0, 0)",
    "thread": "import _thread; _thread.start_new_thread(print, ())",
    "execve": "os.execv('/bin/sh', ['sh'])",
    "execveat": "libc.syscall(322, 3, 0, 0, 0, 0x1000)",
    "kill_all": "os.kill(-1, 0)",
    "kill_parent": "os.kill(os.getppid(), 0)",
    "kill_init": "os.kill(1, 0)",
    "pidfd_open": "os.pidfd_open(1)",
    "ptrace": "libc.ptrace(16, 1, 0, 0)",
    "process_vm_readv": "libc.syscall(310, 1, 0, 0, 0, 0, 0)",
    "process_vm_writev": "libc.syscall(311, 1, 0, 0, 0, 0, 0)",
    "setuid_root": "os.setuid(0)",
    "setresuid": "os.setresuid(0, 0, 0)",
    "setgroups": "os.setgroups([0])",
    "capset": "libc.syscall(126, 0, 0)",
    "prctl": "libc.prctl(4, 1, 0, 0, 0)",
    "seccomp_again": "libc.syscall(317, 0, 0, 0)",
    "unshare_user": "libc.unshare(0x10000000)",
    "setns": "libc.setns(3, 0)",
    "mount": "libc.mount(b'none', b'/', b'tmpfs', 0, 0)",
    "umount": "libc.umount2(b'/', 2)",
    "pivot_root": "libc.syscall(155, b'/', b'/')",
    "chroot": "libc.chroot(b'/')",
    "mkdir": "os.mkdir('/x')",
    "unlink": "os.unlink('/x')",
    "rename": "os.rename('/x', '/y')",
    "symlink": "os.symlink('/x', '/y')",
    "link": "os.link('/x', '/y')",
    "chmod": "os.chmod('/x', 0o777)",
    "chown": "os.chown('/x', 0, 0)",
    "mknod": "os.mknod('/x')",
    "truncate": "os.truncate('/x', 0)",
    "setxattr": "os.setxattr('/x', 'user.a', b'')",
    "pipe": "os.pipe()",
    "dup": "libc.dup(3)",
    "eventfd": "os.eventfd(0)",
    "memfd_create": "os.memfd_create('x')",
    "epoll": "import select; select.epoll()",
    "inotify": "libc.inotify_init()",
    "fanotify": "libc.fanotify_init(0, 0)",
    "timerfd": "libc.timerfd_create(0, 0)",
    "signalfd": "libc.signalfd(-1, 0, 0)",
    "io_uring_setup": "libc.syscall(425, 1, 0)",
    "userfaultfd": "libc.syscall(323, 0)",
    "bpf": "libc.syscall(321, 0, 0, 0)",
    "perf_event_open": "libc.syscall(298, 0, 0, 0, 0, 0)",
    "keyctl": "libc.syscall(250, 0, 0, 0, 0, 0)",
    "add_key": "libc.syscall(248, 0, 0, 0, 0, 0)",
    "kexec_load": "libc.syscall(246, 0, 0, 0, 0)",
    "init_module": "libc.syscall(175, 0, 0, 0)",
    "reboot": "libc.syscall(169, 0, 0, 0, 0)",
    "settimeofday": "libc.syscall(164, 0, 0)",
    "sethostname": "socket.sethostname('x')",
    "shmget": "libc.shmget(0, 4096, 0o1600)",
    "shmat": "libc.shmat(0, 0, 0)",
    "semget": "libc.semget(0, 1, 0o1600)",
    "msgget": "libc.msgget(0, 0o1600)",
    "mq_open": "libc.syscall(240, b'x', 0, 0, 0)",
    "setrlimit": "import resource; resource.setrlimit(resource.RLIMIT_AS, (-1, -1))",
    "prlimit64": "libc.syscall(302, 0, 9, 0, 0)",
    "setitimer_off": "import signal; signal.setitimer(signal.ITIMER_PROF, 0)",
    "timer_create": "libc.syscall(222, 0, 0, 0)",
    "nanosleep": "import time; time.sleep(60)",
    "pause": "import signal; signal.pause()",
    "poll": "import select; select.poll().poll(0)",
    "select": "import select; select.select([], [], [], 0)",
    "setpriority": "os.setpriority(os.PRIO_PROCESS, 0, -20)",
    "sched_setscheduler": "os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))",
    "sched_setaffinity": "os.sched_setaffinity(0, {0})",
    "setsid": "os.setsid()",
    "personality": "libc.personality(0x0040000)",
    "modify_ldt": "libc.syscall(154, 0, 0, 0)",
    "arch_prctl": "libc.syscall(158, 0x1001, 0)",
    "ioperm": "libc.syscall(173, 0, 1, 1)",
    "open_by_handle_at": "libc.syscall(304, 3, 0, 0)",
    "name_to_handle_at": "libc.syscall(303, 3, 0, 0, 0, 0)",
    "sendmsg_descriptor": "libc.sendmsg(3, 0, 0)",
    "recvmsg": "libc.recvmsg(3, 0, 0)",
    "sendfile": "libc.sendfile(3, 0, 0, 1)",
    "splice": "libc.splice(0, 0, 3, 0, 1, 0)",
    "wait": "os.wait()",
    "getrusage_is_not_needed": "import resource; resource.getrusage(0)",
    "uname": "os.uname()",
    "getppid": "os.getppid()",
    "sysinfo": "libc.sysinfo(0)",
    "landlock_again": "libc.syscall(444, 0, 0, 1)",
    "x32_door": "libc.syscall(0x40000000 + 39)",
    "no_such_call": "libc.syscall(9999)",
}


@pytest.mark.parametrize("body", KILLED_BY_THE_FILTER.values(), ids=KILLED_BY_THE_FILTER.keys())
def test_the_filter_kills(bare: Sandbox, body: str) -> None:
    assert attack(bare, body) is Outcome.POLICY_VIOLATION


DENIED_BY_THE_FILTER = {
    "open_password_file": "open('/etc/passwd')",
    "open_own_source": "open(ctypes.__file__)",
    "open_proc_self_mem": "open('/proc/self/mem', 'r+b')",
    "open_proc_parent_environ": "open('/proc/1/environ')",
    "open_for_writing": "open('/tmp/x', 'w')",
    "open_device": "os.open('/dev/mem', os.O_RDWR)",
    "openat2": "if libc.syscall(437, -100, b'/', 0, 0): raise OSError(ctypes.get_errno(), 'it')",
    "listdir": "os.listdir('/')",
    "stat": "os.stat('/etc/passwd')",
    "lstat": "os.lstat('/etc/passwd')",
    "readlink": "os.readlink('/proc/self/exe')",
    "chdir": "os.chdir('/')",
    "getcwd": "os.getcwd()",
    "statvfs": "os.statvfs('/')",
    "fcntl_descriptor": "import fcntl; fcntl.fcntl(3, fcntl.F_DUPFD, 100)",
    "ioctl": "import fcntl; fcntl.ioctl(3, 0x5401)",
    "close_the_socket": "os.close(3)",
    "read_standard_input": "os.read(0, 1)",
    "write_standard_error": "os.write(2, b'x')",
    "ignore_the_time_limit": "import signal; signal.signal(signal.SIGPROF, signal.SIG_IGN)",
    "block_signals": "import signal; signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 32))",
}  # fmt: skip


@pytest.mark.parametrize("body", DENIED_BY_THE_FILTER.values(), ids=DENIED_BY_THE_FILTER.keys())
def test_the_filter_denies(bare: Sandbox, body: str) -> None:
    fault = attack(bare, body)
    assert isinstance(fault, Fault)
    assert fault.kind is FaultKind.RAISED
    assert fault.message.startswith("PermissionError: 1, ")


def test_machine_code_cannot_be_made_executable(bare: Sandbox) -> None:
    assert attack(bare, "libc.mmap(0, 4096, 7, 0x22, -1, 0)") is Outcome.POLICY_VIOLATION
    assert attack(bare, "libc.mprotect(None, 4096, 5)") is Outcome.POLICY_VIOLATION


ENDINGS = {
    "leaves_quietly": ("os._exit(0)", Outcome.PROTOCOL_VIOLATION),
    "pretends_our_failure": ("os._exit(1)", Outcome.PROTOCOL_VIOLATION),
    "aborts": ("os.abort()", Outcome.CRASH),
    "reads_address_zero": ("ctypes.string_at(0)", Outcome.CRASH),
    "writes_address_zero": ("ctypes.memset(0, 1, 1)", Outcome.CRASH),
    "kills_itself_with_another_signal": (
        "libc.syscall(234, os.getpid(), os.getpid(), 15)",
        Outcome.CRASH,
    ),
    "kills_itself_as_the_grader_would": (
        "libc.syscall(234, os.getpid(), os.getpid(), 27)",
        Outcome.CPU_LIMIT,
    ),
    "computes_for_ever": ("while True: pass", Outcome.CPU_LIMIT),
    "computes_for_ever_in_c": ("sum(range(10**15))", Outcome.CPU_LIMIT),
    "sleeps_on_a_futex": (
        "libc.syscall(202, ctypes.byref(ctypes.c_int(0)), 0, 0, 0, 0, 0)",
        Outcome.WALL_LIMIT,
    ),
    "sleeps_on_its_socket": ("os.read(3, 1)", Outcome.WALL_LIMIT),
    "allocates": ("bytearray(10**10)", Outcome.MEMORY_LIMIT),
    "answers_garbage": ("os.write(3, b'x' * 1000)", Outcome.PROTOCOL_VIOLATION),
    "answers_twice": (
        "import struct\nfrom worker.sandbox import wire\n"
        "for piece in wire.pack_answer(wire.Record(), bytes(48)) * 2: os.write(3, piece)\n"
        "os._exit(0)",
        None,
    ),
    "announces_a_giant": (
        "import struct; os.write(3, struct.pack('<IQI', 0x46505553, 2**60, 0)); os._exit(0)",
        Outcome.PROTOCOL_VIOLATION,
    ),
    "announces_a_giant_record": (
        "import struct; os.write(3, struct.pack('<IQI', 0x46505553, 0, 2**31)); os._exit(0)",
        Outcome.PROTOCOL_VIOLATION,
    ),
    "answers_half": (
        "import struct; os.write(3, struct.pack('<IQI', 0x46505553, 48, 0)[:7]); os._exit(0)",
        Outcome.PROTOCOL_VIOLATION,
    ),
}


@pytest.mark.parametrize(("body", "outcome"), ENDINGS.values(), ids=ENDINGS.keys())
def test_how_it_ended_is_the_kernels_word(
    bare: Sandbox, body: str, outcome: Outcome | None
) -> None:
    ended = attack(bare, body)
    if outcome is None:
        assert ended is None or isinstance(ended, Fault)
    else:
        assert ended is outcome


def test_no_secret_is_in_reach(bare: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PUSHFORWARD_SECRET", "swordfish")
    with Sandbox(without=frozenset({Layer.LANGUAGE})) as own:
        body = "raise ValueError(str(sorted(os.environ)))"
        fault = attack(own, body)
    assert isinstance(fault, Fault)
    assert "SECRET" not in fault.message
    assert "LC_ALL" in fault.message


def test_only_the_socket_and_dev_null_are_open(bare: Sandbox) -> None:
    # The filter hides descriptors; a child without it shows which there are.
    with Sandbox(without=frozenset({Layer.LANGUAGE, Layer.SECCOMP, Layer.LANDLOCK})) as own:
        body = """
        found = []
        for d in range(300):
            try: found.append((d, os.fstat(d).st_rdev))
            except OSError: pass
        raise ValueError(str(found))
        """
        fault = attack(own, body)
    assert isinstance(fault, Fault)
    null = os.stat("/dev/null").st_rdev
    assert fault.message == f"ValueError: {[(0, null), (1, null), (2, null), (3, 0)]}"


def test_memory_is_limited_for_machine_code_too(bare: Sandbox) -> None:
    body = "if libc.mmap(None, ctypes.c_size_t(2**33), 3, 0x22, -1, 0) == -1:\n"
    fault = attack(bare, body + "    raise OSError(ctypes.get_errno(), 'mmap')")
    assert isinstance(fault, Fault)
    assert "Error: 12, " in fault.message


#: A layer that denies files, those that would deny them too, and how it does.
FILE_LAYERS = {
    Layer.RLIMITS: ({Layer.LANDLOCK, Layer.EMPTY_ROOT}, "OSError: 24, "),
    Layer.LANDLOCK: ({Layer.RLIMITS, Layer.EMPTY_ROOT}, "PermissionError: 13, "),
    Layer.EMPTY_ROOT: ({Layer.RLIMITS, Layer.LANDLOCK}, "FileNotFoundError: 2, "),
}


@pytest.mark.parametrize("layer", FILE_LAYERS)
def test_each_layer_that_denies_files_does_so_alone(layer: Layer) -> None:
    others, errno = FILE_LAYERS[layer]
    with Sandbox(without=frozenset({Layer.LANGUAGE, Layer.SECCOMP, *others})) as own:
        if layer not in own.layers:  # a container with default settings, an old kernel
            assert layer not in REQUIRED
            return
        fault = attack(own, "open('/etc/passwd')")
    assert isinstance(fault, Fault)
    assert errno in fault.message


def test_without_the_filter_no_process_can_be_started() -> None:
    with Sandbox(without=frozenset({Layer.LANGUAGE, Layer.SECCOMP})) as own:
        fault = attack(own, "os.fork()")
    assert isinstance(fault, Fault)
    assert "Error: 11, " in fault.message


def test_a_hostile_run_does_not_touch_the_next_honest_one(bare: Sandbox, sandbox: Sandbox) -> None:
    attack(bare, "os._exit(0)", load="import numpy; numpy.seterr(all='raise'); numpy.add = None")
    with bare.open(b"import numpy as np\ndef f(z): return np.add(z, 1)", seed=1) as oracle:
        assert (oracle.evaluate(POINTS).values == 1).all()


def test_a_killed_worker_leaves_no_zygote_and_no_child() -> None:
    """kill -9 of the worker: the zygote sees its control socket close, the children die with it."""
    ours, theirs = socket.socketpair()
    worker = os.fork()
    if worker == 0:
        sandbox = Sandbox()
        with sandbox.open(b"def f(z):\n    return z", seed=1):
            theirs.send(str(sandbox._zygote._process.pid).encode())
            time.sleep(60)
        os._exit(0)
    zygote = int(ours.recv(100))
    group = _processes_of_session(zygote)
    assert len(group) >= 1
    os.kill(worker, signal.SIGKILL)
    os.waitpid(worker, 0)
    deadline = time.monotonic() + 5
    while _processes_of_session(zygote) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert _processes_of_session(zygote) == []
    ours.close()
    theirs.close()


def _processes_of_session(session: int) -> list[int]:
    """Living processes (not zombies) of the session that the zygote leads."""
    found = []
    for name in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{name}/stat") as file:
                state, _, _, of_session = file.read().rsplit(")", 1)[1].split()[:4]
        except OSError:
            continue
        if int(of_session) == session and state != "Z":
            found.append(int(name))
    return found
