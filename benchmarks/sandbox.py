"""What the wall costs: start-up and whole job, against a plain subprocess and against bubblewrap.

The job of all three is the same: compile a student's two-layer net and call it at N points one by
one. The other two are Python, numpy and the job, as graders without a zygote run it; bubblewrap is
measured where `bwrap` is installed and may make namespaces.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from functools import partial

import numpy as np

from benchmarks.timing import medians
from worker.sandbox.limits import Limits
from worker.sandbox.oracle import SandboxOracle
from worker.sandbox.sandbox import Sandbox
from worker.sandbox.submission import Account

#: What a student of a first course on flows hands in.
NET = """
import numpy as np
rng = np.random.default_rng(0)
W, V, b = rng.normal(size=(16, 2)), rng.normal(size=(2, 16)), rng.normal(size=16)
def f(z):
    return V @ np.tanh(W @ z + b)
"""

JOB = """
import sys
import numpy as np
names = {}
exec(sys.argv[1], names)
z = np.random.default_rng(0).standard_normal((int(sys.argv[2]), 2))
x = np.array([names["f"](point) for point in z])
"""

#: A sandbox as other graders set it up: no network, no processes but its own, all read-only.
BUBBLEWRAP = (
    *("bwrap", "--unshare-all", "--die-with-parent", "--new-session"),
    *("--ro-bind", "/", "/", "--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp"),
)

POINTS = 10_000
_PLAIN = "plain subprocess"


def main(rounds: int = 9) -> None:
    """Measure and print."""
    with Sandbox() as sandbox:
        held = sandbox.layers
        print(f"layers here: {', '.join(held)}")
        for count in (0, POINTS):
            ways: dict[str, Callable[[], object]] = {
                _PLAIN: partial(_program, count),
                "this sandbox": partial(_ours, sandbox, count),
            }
            if _bubblewrap_works():
                ways["bubblewrap"] = partial(_program, count, BUBBLEWRAP)
            _table(f"{count} points, one by one", medians(ways, rounds=rounds))
        lifted = {
            "point by point": partial(_ours, sandbox, POINTS),
            "as the judge asks (lifted where proved)": partial(_asked, sandbox, POINTS),
        }
        _table(f"{POINTS} points, this sandbox", medians(lifted, rounds=rounds))
    _throughput()


def _ours(sandbox: Sandbox, count: int) -> None:
    z = np.random.default_rng(0).standard_normal((count, 2))
    with sandbox.open(NET.encode(), seed=1, account=Account(Limits())) as oracle:
        assert _in_singles(oracle, z) == count


def _in_singles(oracle: SandboxOracle, z: np.ndarray) -> int:
    """Ask in batches below the size from which the oracle lifts."""
    done = 0
    for batch in (z[i : i + 1000] for i in range(0, len(z), 1000)):
        answer = oracle.evaluate(batch)
        assert not answer.lifted, "a lifted batch is not N calls"
        done += len(answer.values)
    return done


def _asked(sandbox: Sandbox, count: int) -> None:
    z = np.random.default_rng(0).standard_normal((count, 2))
    with sandbox.open(NET.encode(), seed=1, account=Account(Limits())) as oracle:
        oracle.evaluate(z)


def _program(count: int, before: tuple[str, ...] = ()) -> None:
    command = [*before, sys.executable, "-I", "-c", JOB, NET, str(count)]
    subprocess.run(command, check=True, env={**os.environ, "OPENBLAS_NUM_THREADS": "1"})


def _bubblewrap_works() -> bool:
    if shutil.which("bwrap") is None:
        print("bubblewrap is not installed here")
        return False
    works = subprocess.run([*BUBBLEWRAP, sys.executable, "-c", ""], check=False).returncode == 0
    if not works:
        print("bubblewrap is installed here, but may not make namespaces")
    return works


def _throughput(seconds: float = 4.0) -> None:
    """Submissions a second, each at a thousand points, with one worker process and with two."""
    rates = {}
    for workers in (1, 2):
        with ProcessPoolExecutor(workers) as pool:
            list(pool.map(_graded_in, [0.1] * workers))
            rates[workers] = sum(pool.map(_graded_in, [seconds] * workers)) / seconds
    print(f"\n{'submissions a second, 1,000 points each':45}{'':>10}")
    for workers, rate in rates.items():
        label = f"{workers} worker process{'es' if workers > 1 else ''}"
        print(f"{label:45}{rate:8.0f} /s   {rate / rates[1]:10.3f}")


def _graded_in(seconds: float) -> int:
    count = 0
    with Sandbox() as sandbox:
        _ours(sandbox, 1000)
        end = time.perf_counter() + seconds
        while time.perf_counter() < end:
            _ours(sandbox, 1000)
            count += 1
    return count


def _table(title: str, times: dict[str, float]) -> None:
    baseline = next(iter(times))
    print(f"\n{title:45}{'median':>10}   {'÷ first':>10}")
    for name, seconds in times.items():
        print(f"{name:45}{seconds * 1e3:8.1f} ms   {seconds / times[baseline]:10.3f}")


if __name__ == "__main__":
    main()
