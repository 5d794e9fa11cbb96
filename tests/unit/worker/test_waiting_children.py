"""Children that were forked ahead: they hold no rights, nothing of others, and serve once."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator

import numpy as np
import pytest

from exercises.oracle import Stopped
from exercises.outcome import Outcome
from tests import patience
from tests.patience import PATIENCE_SECONDS
from tests.waiting_children import waiting
from worker.sandbox import process
from worker.sandbox.clock import ProcessClock
from worker.sandbox.layers import Layer
from worker.sandbox.limits import Limits
from worker.sandbox.oracle import PROCESSES
from worker.sandbox.sandbox import Sandbox
from worker.sandbox.submission import Account
from worker.sandbox.zygote_client import Child, Ended

POINTS = np.random.default_rng(0).standard_normal((20, 2))
SOURCE = b"def f(z):\n    return 2 * z"


@pytest.fixture(scope="module")
def own() -> Iterator[Sandbox]:
    """A sandbox whose children these tests may count and kill."""
    with Sandbox() as sandbox:
        assert sandbox.layers
        yield sandbox


def status(pidfd: int) -> dict[str, str]:
    """What the kernel says of the process (proc_pid_status(5))."""
    process = ProcessClock(pidfd)._process
    with open(f"/proc/{process}/status") as file:
        return {key: value.strip() for key, _, value in (line.partition(":") for line in file)}


def until(pidfd: int, holds: Callable[[dict[str, str]], bool]) -> dict[str, str]:
    """The process' status once that holds."""
    patience.until(lambda: holds(status(pidfd)))
    return status(pidfd)


def answers(sandbox: Sandbox) -> bool:
    with sandbox.open(SOURCE, seed=1) as oracle, oracle.fresh() as other:
        first, second = oracle.evaluate(POINTS).values, other.evaluate(POINTS).values
    return bool((first == 2 * POINTS).all() and (second == 2 * POINTS).all())


def test_a_submissions_processes_wait_before_it_comes(own: Sandbox) -> None:
    assert len(waiting(own)) == PROCESSES
    with own.open(SOURCE, seed=1) as oracle:
        assert len(waiting(own)) == 0
        oracle.dismiss()
        assert len(waiting(own)) == PROCESSES


def test_each_process_serves_one_submission(own: Sandbox) -> None:
    used: list[int] = []
    for _ in range(3):
        with own.open(SOURCE, seed=1) as oracle, oracle.fresh() as other:
            used += [oracle._process._child.number, other._process._child.number]
    assert len(set(used)) == len(used)
    assert own._zygote._spawned.keys().isdisjoint(used)


def test_a_child_that_waits_has_given_up_its_rights(own: Sandbox) -> None:
    (pidfd, *_) = waiting(own)
    found = until(pidfd, lambda said: said["NoNewPrivs"] == "1")
    if Layer.UNPRIVILEGED_USER in own.layers:
        assert "0" not in found["Uid"].split()
        assert (int(found["CapEff"], 16), int(found["CapPrm"], 16)) == (0, 0)
    # Limits and filter come with the submission: a timer could not be set any more behind it.
    assert found["Seccomp"] == "0"


def test_the_filter_is_in_force_before_the_child_has_a_source(own: Sandbox) -> None:
    with own.open(SOURCE, seed=1) as oracle:
        second = oracle._second
        assert second is not None
        assert not second._process._sent
        until(second._process._child.pidfd, lambda said: said["Seccomp"] == "2")


def test_a_waiting_child_that_was_killed_is_passed_over(own: Sandbox) -> None:
    zygote = own._zygote._process
    for pidfd in waiting(own):
        signal.pidfd_send_signal(pidfd, signal.SIGKILL)
        select.select([pidfd], [], [], PATIENCE_SECONDS)
    assert answers(own)
    assert answers(own)
    assert own._zygote._process is zygote


@pytest.mark.parametrize("how", ["closed", "killed"])
@pytest.mark.parametrize("without", [set(), {Layer.PID_NAMESPACE}])
def test_waiting_children_end_with_their_zygote(how: str, without: set[Layer]) -> None:
    """Also where no namespace ends with it."""
    sandbox = Sandbox(without=frozenset(without))
    assert sandbox.layers
    held = [os.dup(pidfd) for pidfd in waiting(sandbox)]
    for pidfd in held:  # from the step before this one on they are bound to the zygote
        until(pidfd, lambda said: said["NoNewPrivs"] == "1")
    if how == "killed":
        os.kill(sandbox._zygote._process.pid, signal.SIGKILL)
    else:
        sandbox.close()
    for pidfd in held:
        assert select.select([pidfd], [], [], PATIENCE_SECONDS)[0], "it still runs"
        os.close(pidfd)
    sandbox.close()


def test_what_a_child_used_before_its_submission_is_not_on_the_account() -> None:
    program = "while __import__('time').process_time() < 0.3: pass\nprint(flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        pidfd = os.pidfd_open(process.pid)
        clock = ProcessClock(pidfd)
        assert clock.cpu_seconds() >= 0.3
        clock.begin()
        assert clock.cpu_seconds_before >= 0.3
        assert clock.cpu_seconds() < 0.2
        assert clock.queued_seconds() < 1.0
        process.communicate(b"\n")
        assert clock.cpu_seconds() == 0.0
        os.close(pidfd)


def test_the_account_leaves_out_what_the_kernel_counted_before(
    own: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    # However long a busy machine takes to end them.
    monkeypatch.setattr(process, "_DISMISS_SECONDS", PATIENCE_SECONDS)
    account = Account(Limits())
    with own.open(SOURCE, seed=1, account=account) as oracle:
        oracle.evaluate(POINTS)
        first, before = oracle._process._child, oracle._process._channel.cpu_seconds_before
        assert before > 0
        told: dict[int, Ended | None] = {}
        wait = own._zygote.wait

        def remember(child: Child, seconds: float) -> Ended | None:
            told[child.number] = ended = wait(child, seconds)
            return ended

        monkeypatch.setattr(own._zygote, "wait", remember)
    assert len(told) == PROCESSES
    kernels = told[first.number]
    assert kernels is not None
    # They went by themselves when they were dismissed.
    assert {ended.status for ended in told.values() if ended is not None} == {0}
    # The second process never loaded: nothing that it did was the submission's.
    assert account.cpu_seconds == pytest.approx(kernels.cpu_seconds - before)


def test_a_limit_counts_from_the_submissions_beginning(own: Sandbox) -> None:
    account = Account(Limits(cpu_seconds=0.05, wall_seconds=5))
    source = b"def f(z):\n    while True:\n        pass"
    with pytest.raises(Stopped) as stopped, own.open(source, seed=1, account=account) as oracle:
        oracle.evaluate(POINTS)
    assert stopped.value.ending.outcome is Outcome.CPU_LIMIT
    assert 0.04 < account.cpu_seconds < 1.0
