"""Many hostile submissions in a row, and what they leave behind: `python -m tests.escapes.flood`.

The suite runs a few hundred (test_flood.py); by hand, a thousand and more:

    python -m tests.escapes.flood 1000
"""

from __future__ import annotations

import gc
import itertools
import os
import sys
import tempfile
import time
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from exercises.oracle import Stopped
from tests.escapes.kernel.attacks import PRELUDE
from tests.patience import until
from tests.waiting_children import waiting
from worker.sandbox.layers import Layer
from worker.sandbox.limits import Limits
from worker.sandbox.oracle import PROCESSES
from worker.sandbox.sandbox import Sandbox
from worker.sandbox.submission import Account

#: The user of children, where the grader is root.
CHILDS_USER = 2_000_000_011
#: Short, for many runs in little time: but on a busy machine what asks for memory takes longer to
#: be refused.
_LIMITS = Limits(cpu_seconds=0.1, wall_seconds=1.0, memory_bytes=64 * 2**20)
_POINTS = np.zeros((3, 2))

#: Behind both walls: what a student can write.
_PLAIN = (
    "def f(z):\n    while True: pass",
    "def f(z):\n    return sum(range(10**15))",
    "import numpy as np\ndef f(z):\n    return np.ones(10**9)",
    "def f(z):\n    return f(z)",
    "def f(z):\n    return 1 / 0",
    "def f(z):\n    return f.__globals__",
    "def f(z:\n    return z",
    "x = " + "(" * 500 + ")" * 500,
    "def f(z):\n  while True:\n    try: print('x' * 10**6)\n    except BaseException: pass",
    "import numpy as np\nhold = []\ndef f(z):\n    while True: hold.append(np.ones(10**6))",
    "9 ** 9 ** 9",
)
#: With the language wall fallen: what machine code in the child can do.
_BARE = (
    "os._exit(0)",
    "os.fork()",
    "os.write(3, b'x' * 1000); os._exit(0)",
    "os.write(3, packed(ending='runtime_error')); nap(0.3)",
    "os.write(3, struct.pack('<IQI', 0x46505553, 2**60, 2**31)); os._exit(0)",
    "call(NR['tgkill'], os.getpid(), os.getpid(), 9)",
    "ctypes.string_at(0)",
    "os.abort()",
    "nap(60)",
    "open('/tmp/left-behind', 'w')",
    "socket.socketpair()",
    "raise SystemExit",
)


@dataclass(frozen=True, slots=True)
class Footprint:
    """What is held at one moment."""

    our_descriptors: int
    zygote_descriptors: int
    our_bytes: int
    zygote_bytes: int
    processes: int
    temporary_files: frozenset[Path]


def footprint(*sandboxes: Sandbox) -> Footprint:
    """What we and these zygotes hold now; processes that are about to end are waited for.

    Those that wait for the next submission stay.
    """
    gc.collect()
    for sandbox in sandboxes:
        waiting(sandbox)
    zygotes = [_innermost(sandbox) for sandbox in sandboxes]
    for zygote in zygotes:
        until(lambda zygote=zygote: len(_children(zygote)) == PROCESSES)
    return Footprint(
        our_descriptors=len(os.listdir("/proc/self/fd")),
        zygote_descriptors=sum(len(os.listdir(f"/proc/{z}/fd")) for z in zygotes),
        our_bytes=_resident("self"),
        zygote_bytes=sum(_resident(str(z)) for z in zygotes),
        processes=sum(len(_children(z)) for z in zygotes) + len(_children(os.getpid())),
        temporary_files=frozenset(filter(_is_a_childs, Path(tempfile.gettempdir()).iterdir())),
    )


def flood(count: int, guarded: Sandbox, bare: Sandbox) -> Counter[str]:
    """Run that many hostile submissions, kind by kind; how often each outcome came."""
    kinds = [(guarded, text) for text in _PLAIN] + [(bare, _in_f(body)) for body in _BARE]
    outcomes: Counter[str] = Counter()
    for sandbox, source in itertools.islice(itertools.cycle(kinds), count):
        try:
            with sandbox.open(source.encode(), seed=1, account=Account(_LIMITS)) as oracle:
                fault = oracle.evaluate(_POINTS).fault
            outcomes["no fault" if fault is None else f"fault: {fault.kind}"] += 1
        except Stopped as stopped:
            outcomes[stopped.ending.outcome] += 1
    return outcomes


def is_honest(*sandboxes: Sandbox) -> bool:
    """Whether the next honest submission gets its own numbers."""
    right = np.sin(3 * _POINTS + 1)
    for sandbox in sandboxes:
        source = b"import numpy as np\ndef f(z):\n    return np.sin(3 * z + 1)"
        with sandbox.open(source, seed=1) as oracle:
            if not np.array_equal(oracle.evaluate(_POINTS).values, right):
                return False
    return True


def _is_a_childs(path: Path) -> bool:
    try:
        return path.name == "left-behind" or path.lstat().st_uid == CHILDS_USER
    except OSError:  # somebody else's, and gone
        return False


def _in_f(body: str) -> str:
    return f"{PRELUDE}\ndef f(z):\n    {body}\n    return z\n"


def _innermost(sandbox: Sandbox) -> int:
    """The process that forks: the first of its namespace, where there is one."""
    process = sandbox._zygote._process.pid
    return _children(process)[0] if Layer.PID_NAMESPACE in sandbox.layers else process


def _children(process: int) -> list[int]:
    return [int(n) for n in Path(f"/proc/{process}/task/{process}/children").read_text().split()]


def _resident(process: str) -> int:
    pages = Path(f"/proc/{process}/statm").read_text().split()[1]
    return int(pages) * os.sysconf("SC_PAGESIZE")


def main(count: int) -> None:
    """Print what was held before and after."""
    with ExitStack() as stack:
        guarded = stack.enter_context(Sandbox())
        bare = stack.enter_context(Sandbox(without=frozenset({Layer.LANGUAGE})))
        flood(2 * (len(_PLAIN) + len(_BARE)), guarded, bare)
        before, began = footprint(guarded, bare), time.monotonic()
        outcomes = flood(count, guarded, bare)
        seconds = time.monotonic() - began
        print(f"before: {before}\nafter:  {footprint(guarded, bare)}")
        for outcome, times in outcomes.most_common():
            print(f"{times:6}  {outcome}")
        print(f"{count} in {seconds:.1f} s; the next honest one is right:", end=" ")
        print(is_honest(guarded, bare))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000)
