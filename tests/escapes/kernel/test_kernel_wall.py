"""The kernel wall alone: with the language wall off, arbitrary Python in the child gets nowhere.

Each attack asserts its cause: SIGSYS (policy_violation), the errno that the filter answers, the
limit that was met, or the protocol's refusal.
"""

from __future__ import annotations

import errno
import os
import re
import signal
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from operator import attrgetter

import numpy as np
import pytest

from exercises.oracle import Fault, FaultKind, Stopped
from exercises.outcome import Outcome
from tests.escapes.kernel.attacks import DENIED, KILLED, PRELUDE, Attack
from tests.patience import until
from worker.sandbox.layers import REQUIRED, Layer
from worker.sandbox.limits import Limits
from worker.sandbox.sandbox import Sandbox
from worker.sandbox.submission import Account

POINTS = np.zeros((3, 2))
#: For what is to meet them; and for what is not, however busy the machine.
TIGHT = Limits(cpu_seconds=0.5, wall_seconds=1.0, memory_bytes=128 * 2**20)
AMPLE = Limits(cpu_seconds=10, wall_seconds=30, memory_bytes=128 * 2**20)


@pytest.fixture(scope="module")
def bare() -> Iterator[Sandbox]:
    with Sandbox(without=frozenset({Layer.LANGUAGE})) as sandbox:
        yield sandbox


@pytest.fixture(scope="module")
def opened() -> Iterator[Sandbox]:
    """What denies calls is off; a user that owns nothing and namespaces keep the machine whole."""
    off = {Layer.LANGUAGE, Layer.RLIMITS, Layer.LANDLOCK, Layer.SECCOMP, Layer.EMPTY_ROOT}
    with Sandbox(without=frozenset(off)) as sandbox:
        yield sandbox


def attack(
    sandbox: Sandbox, body: str, *, load: str = "", limits: Limits = AMPLE
) -> Outcome | Fault | None:
    """Run `body` inside f: the outcome that ended it, its fault, or None where it went through."""
    source = f"{PRELUDE}\n{load}\n"
    source += "def f(z):\n" + textwrap.indent(textwrap.dedent(body).strip(), "    ")
    source += "\n    return z\n"
    try:
        with sandbox.open(source.encode(), seed=1, account=Account(limits)) as oracle:
            return oracle.evaluate(POINTS).fault
    except Stopped as stopped:
        return stopped.ending.outcome


@pytest.mark.parametrize("tried", KILLED, ids=attrgetter("name"))
def test_the_filter_kills(bare: Sandbox, tried: Attack) -> None:
    assert attack(bare, tried.body) is Outcome.POLICY_VIOLATION


@pytest.mark.parametrize("tried", DENIED, ids=attrgetter("name"))
def test_the_filter_denies(bare: Sandbox, tried: Attack) -> None:
    fault = attack(bare, tried.body)
    assert isinstance(fault, Fault)
    assert fault.kind is FaultKind.RAISED
    assert fault.message.startswith("PermissionError: 1, ")


@pytest.mark.parametrize(
    "tried", [a for a in (*KILLED, *DENIED) if not a.not_tried], ids=attrgetter("name")
)
def test_without_the_filter_the_attack_reaches_the_kernel(opened: Sandbox, tried: Attack) -> None:
    """It goes through, or the kernel itself answers: anything but that there is no such call."""
    found = attack(opened, tried.body)
    if found is None:
        return
    assert isinstance(found, Fault), found
    answered = re.match(r"\w+Error: (\d+), ", found.message)
    assert answered, found.message
    assert int(answered[1]) != errno.ENOSYS or tried.is_optional


def test_without_the_filter_memory_can_be_made_executable(opened: Sandbox) -> None:
    body = """
    libc.mmap.restype = ctypes.c_long
    if libc.mmap(None, 4096, 7, 0x22, -1, 0) == -1: raise OSError('no')
    """
    assert attack(opened, body) is None


ENDINGS = {
    "leaves_quietly": ("os._exit(0)", Outcome.PROTOCOL_VIOLATION),
    "pretends_our_failure": ("os._exit(1)", Outcome.PROTOCOL_VIOLATION),
    "aborts": ("os.abort()", Outcome.CRASH),
    "reads_address_zero": ("ctypes.string_at(0)", Outcome.CRASH),
    "writes_address_zero": ("ctypes.memset(0, 1, 1)", Outcome.CRASH),
    # Each signal that it could send itself means something else to us: only abort() is open.
    **{
        f"sends_itself_signal_{number}": (
            f"call(NR['tgkill'], os.getpid(), os.getpid(), {number})",
            Outcome.POLICY_VIOLATION,
        )
        for number in (signal.SIGKILL, signal.SIGSTOP, signal.SIGTERM, signal.SIGPROF, 40)
    },
    "computes_for_ever": ("while True: pass", Outcome.CPU_LIMIT),
    "computes_for_ever_in_c": ("sum(range(10**15))", Outcome.CPU_LIMIT),
    "sleeps_on_a_futex": (
        "call(NR['futex'], ctypes.byref(ctypes.c_int(0)), 0, 0, 0, 0, 0)",
        Outcome.WALL_LIMIT,
    ),
    "sleeps_on_its_socket": ("os.read(3, 1)", Outcome.WALL_LIMIT),
    "allocates": ("bytearray(10**10)", Outcome.MEMORY_LIMIT),
    "answers_garbage": ("os.write(3, b'x' * 1000)", Outcome.PROTOCOL_VIOLATION),
    "answers_twice": (
        "os.write(3, packed(bytes(48)) * 2); os._exit(0)",
        None,
    ),
    "announces_a_giant": (
        "os.write(3, struct.pack('<IQI', 0x46505553, 2**60, 0)); os._exit(0)",
        Outcome.PROTOCOL_VIOLATION,
    ),
    "announces_a_giant_record": (
        "os.write(3, struct.pack('<IQI', 0x46505553, 0, 2**31)); os._exit(0)",
        Outcome.PROTOCOL_VIOLATION,
    ),
    "says_that_it_failed_and_stays": (
        "os.write(3, packed(ending='runtime_error')); nap(60)",
        Outcome.PROTOCOL_VIOLATION,
    ),
    "says_that_it_was_never_gradable_once_it_saw_points": (
        "os.write(3, packed(ending='refused')); os._exit(0)",
        Outcome.PROTOCOL_VIOLATION,
    ),
    "answers_drop_by_drop": (
        "for byte in packed(bytes(48), printed='x' * 200):\n"
        "    os.write(3, bytes([byte])); nap(0.1)\n"
        "os._exit(0)",
        Outcome.WALL_LIMIT,
    ),
    "answers_half": (
        "os.write(3, struct.pack('<IQI', 0x46505553, 48, 0)[:7]); os._exit(0)",
        Outcome.PROTOCOL_VIOLATION,
    ),
}


@pytest.mark.parametrize(("body", "outcome"), ENDINGS.values(), ids=ENDINGS.keys())
def test_how_it_ended_is_the_kernels_word(
    bare: Sandbox, body: str, outcome: Outcome | None
) -> None:
    meets = outcome in {Outcome.CPU_LIMIT, Outcome.WALL_LIMIT}
    ended = attack(bare, body, limits=TIGHT if meets else AMPLE)
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


def test_a_child_that_blocks_both_timers_meets_the_third() -> None:
    """Where a forged sigreturn(2) has blocked them: the kernel's SIGKILL is no failure of ours."""
    body = """
    import signal
    signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 32))
    while True: pass
    """
    with Sandbox(without=frozenset({Layer.LANGUAGE, Layer.SECCOMP})) as own:
        assert attack(own, body, limits=TIGHT) is Outcome.CPU_LIMIT


def test_a_hostile_run_does_not_touch_the_next_honest_one(bare: Sandbox, sandbox: Sandbox) -> None:
    attack(bare, "os._exit(0)", load="import numpy; numpy.seterr(all='raise'); numpy.add = None")
    with bare.open(b"import numpy as np\ndef f(z): return np.add(z, 1)", seed=1) as oracle:
        assert (oracle.evaluate(POINTS).values == 1).all()


def test_a_killed_worker_leaves_no_zygote_and_no_child() -> None:
    """kill -9 of the worker: the zygote sees its control socket close, the children die with it."""
    # A program of its own: a fork of this one would hold what its threads hold.
    command = [sys.executable, "-c", WORKER]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as worker:
        assert worker.stdout is not None
        zygote = int(worker.stdout.readline())
        assert len(_processes_of_session(zygote)) >= 1
        worker.kill()
    until(lambda: _processes_of_session(zygote) == [])


#: It serves until it is killed, or its input ends.
WORKER = """
from worker.sandbox.sandbox import Sandbox
sandbox = Sandbox()
with sandbox.open(b"def f(z):\\n    return z", seed=1):
    print(sandbox._zygote._process.pid, flush=True)
    input()
"""


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
