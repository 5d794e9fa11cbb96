"""A submission whose answers nobody wants any more is ended, whatever it does."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from worker.sandbox import process, submission
from worker.sandbox.limits import Limits
from worker.sandbox.sandbox import Sandbox
from worker.sandbox.submission import Account, Cancelled

POINTS = np.random.default_rng(0).standard_normal((2_000, 2))
#: Only a cancellation ends what these tests start in the time that they have.
LOOSE = Limits(cpu_seconds=600, wall_seconds=600)

LOOPS = {
    "when it is loaded": "while True:\n    pass\n",
    "in Python": "def f(z):\n    while True:\n        pass\n",
    "in C": "import numpy as np\ndef f(z):\n    while True:\n        np.sort(np.zeros(10**7))\n",
    "point by point": "n = 0\ndef f(z):\n    global n\n    n += 1\n    while n > 1500:\n"
    "        pass\n    return [float(z[0]), float(z[1])]\n",
}


def unwanted_after(looks: int, seen: list[int] | None = None) -> Account:
    """An account that is asked so often before it says that nobody wants the answers."""
    left: Iterator[int] = iter(range(looks))

    def is_unwanted() -> bool:
        if seen is not None:
            seen.append(1)
        return next(left, None) is None

    return Account(LOOSE, is_unwanted=is_unwanted)


def run(sandbox: Sandbox, source: str, account: Account) -> np.ndarray:
    with sandbox.open(source.encode(), seed=1, account=account) as oracle:
        return oracle.evaluate(POINTS).values


@pytest.mark.parametrize("source", LOOPS.values(), ids=LOOPS.keys())
def test_what_never_ends_is_cancelled_at_once(
    sandbox: Sandbox, source: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Nobody waits for it to end by itself.
    monkeypatch.setattr(process, "_DISMISS_SECONDS", 3600.0)
    account = unwanted_after(3)
    with pytest.raises(Cancelled):
        run(sandbox, source, account)
    assert account.cancelled
    assert not account.running, "a process of the submission is still on the account"
    assert account.cpu_seconds < LOOSE.cpu_seconds / 10


def test_the_next_submission_finds_the_sandbox_as_it_was(sandbox: Sandbox) -> None:
    with pytest.raises(Cancelled):
        run(sandbox, LOOPS["in Python"], unwanted_after(2))
    values = run(sandbox, "def f(z):\n    return 2 * z\n", Account(LOOSE))
    assert np.array_equal(values, 2 * POINTS)


def test_what_is_unwanted_from_the_first_is_never_loaded(sandbox: Sandbox) -> None:
    account = unwanted_after(0)
    with pytest.raises(Cancelled):
        run(sandbox, "print('seen')\ndef f(z):\n    return z\n", account)
    assert account.printed == ""


def test_what_is_wanted_all_along_is_answered_and_seldom_asked_about(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    # By the clock, not by the question: on a busy machine each of them takes as long as a pause.
    monkeypatch.setattr(submission, "ASK_SECONDS", 3600.0)
    seen: list[int] = []
    account = unwanted_after(10**9, seen)
    with sandbox.open(b"def f(z):\n    return 2 * z\n", seed=1, account=account) as oracle:
        for _ in range(200):
            assert np.array_equal(oracle.evaluate(POINTS[:5]).values, 2 * POINTS[:5])
    assert not account.cancelled
    assert len(seen) == 1, "each question must not cost a look"
