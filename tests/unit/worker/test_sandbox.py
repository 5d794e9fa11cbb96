"""The sandbox as the worker meets it: what an oracle answers, and how each run can end."""

from __future__ import annotations

import itertools
import os
import signal
from collections import namedtuple
from collections.abc import Iterator

import numpy as np
import pytest

from exercises.oracle import Answer, Ending, FaultKind, Stopped
from exercises.outcome import Outcome
from tests.patience import until
from tests.waiting_children import waiting
from worker.sandbox.clock import ProcessClock
from worker.sandbox.layers import REQUIRED, Layer
from worker.sandbox.limits import Limits
from worker.sandbox.oracle import PROCESSES, SandboxOracle
from worker.sandbox.sandbox import Sandbox
from worker.sandbox.submission import Account
from worker.sandbox.zygote_client import SandboxBroken

POINTS = np.random.default_rng(0).standard_normal((50, 2))
#: Small limits, so that the tests of limits are quick; the code under test knows no other way.
TIGHT = Limits(cpu_seconds=0.5, wall_seconds=30, memory_bytes=128 * 2**20)


def ask(sandbox: Sandbox, source: str, **options: object) -> Answer:
    with sandbox.open(source.encode(), seed=1, account=Account(TIGHT)) as oracle:
        return oracle.evaluate(POINTS, **options)  # type: ignore[arg-type]


def ending(sandbox: Sandbox, source: str) -> Ending:
    with pytest.raises(Stopped) as stopped:
        ask(sandbox, source)
    return stopped.value.ending


def test_answers_are_the_functions_own_numbers_bit_for_bit(sandbox: Sandbox) -> None:
    answer = ask(sandbox, "import numpy as np\ndef f(z):\n    return np.sin(3 * z) / 7")
    assert answer.fault is None
    assert np.array_equal(answer.values, np.sin(3 * POINTS) / 7)


@pytest.mark.parametrize(
    "result",
    [
        "[z[0], z[1]]",
        "(z[0], 1)",
        "[True, 2]",
        "z.astype(np.float32)",
        "z.astype(int)",
        "np.array([1, 2])",
        "namedtuple('P', 'a b')(z[0], 1)",
    ],
)
def test_two_real_numbers_are_accepted_in_every_ordinary_form(
    sandbox: Sandbox, result: str
) -> None:
    imports = "import numpy as np\nfrom collections import namedtuple\n"
    answer = ask(sandbox, f"{imports}def f(z):\n    return {result}")
    names = {"np": np, "namedtuple": namedtuple}
    expected = [np.asarray(eval(result, names | {"z": z}), dtype=float) for z in POINTS]
    assert answer.fault is None
    assert np.array_equal(answer.values, np.array(expected))


@pytest.mark.parametrize(
    ("body", "kind", "words"),
    [
        ("return [1, 2, 3]", FaultKind.SHAPE, "list of shape (3,)"),
        ("return z.reshape(2, 1)", FaultKind.SHAPE, "array of shape (2, 1)"),
        ("return z[0]", FaultKind.SHAPE, "single value"),
        ("return 1.0", FaultKind.SHAPE, "single value"),
        ("return z * 1j", FaultKind.DTYPE, "complex128"),
        ("return 'ab'", FaultKind.DTYPE, "a str"),
        ("return ['a', 'b']", FaultKind.DTYPE, "list"),
        ("return [None, 1.0]", FaultKind.DTYPE, "object"),
        ("return {1, 2}", FaultKind.DTYPE, "set"),
        ("z * 2", FaultKind.NO_RETURN, "None"),
        ("return [z, 1]", FaultKind.SHAPE, "parts that do not fit"),
        ("return z[2]", FaultKind.RAISED, "IndexError"),
    ],
)
def test_what_is_no_answer_is_a_fault_that_says_why(
    sandbox: Sandbox, body: str, kind: FaultKind, words: str
) -> None:
    answer = ask(sandbox, f"def f(z):\n    {body}")
    assert answer.fault is not None
    assert (answer.fault.kind, answer.fault.index, answer.faults) == (kind, 0, 1)
    assert words in answer.fault.message
    assert np.isnan(answer.values).all()


def test_a_fault_of_the_code_names_its_line_and_its_point(sandbox: Sandbox) -> None:
    source = "def f(z):\n    if z[0] > 1:\n        raise ValueError('far')\n    return z\n"
    answer = ask(sandbox, source)
    first = int(np.flatnonzero(POINTS[:, 0] > 1)[0])
    assert answer.fault is not None
    assert (answer.fault.index, answer.fault.line) == (first, 3)
    assert answer.fault.message == "ValueError: far"
    assert np.array_equal(answer.values[:first], POINTS[:first])
    assert np.isnan(answer.values[first:]).all()


@pytest.mark.parametrize(
    "source",
    [
        "\ndef f(z):\n    y = z\n",
        "import math\nf = lambda z: [z[0]]\n",
        "\ndef f(z):\n    return 'a'",
    ],
)
def test_an_answer_of_the_wrong_form_names_the_line_of_its_function(
    sandbox: Sandbox, source: str
) -> None:
    answer = ask(sandbox, source)
    assert answer.fault is not None
    assert answer.fault.line == 2


def test_a_function_that_is_not_the_students_own_has_no_line(sandbox: Sandbox) -> None:
    answer = ask(sandbox, "import numpy as np\nf = np.sum\n")
    assert answer.fault is not None
    assert (answer.fault.kind, answer.fault.line) == (FaultKind.SHAPE, None)


def test_a_tolerant_batch_goes_on_after_a_fault(sandbox: Sandbox) -> None:
    source = "def f(z):\n    if z[0] > 1:\n        raise ValueError('far')\n    return z\n"
    answer = ask(sandbox, source, tolerant=True)
    far = POINTS[:, 0] > 1
    assert answer.faults == far.sum() > 1
    assert np.isnan(answer.values[far]).all()
    assert np.array_equal(answer.values[~far], POINTS[~far])


def test_an_input_changed_in_place_is_told_and_does_no_harm(sandbox: Sandbox) -> None:
    answer = ask(sandbox, "def f(z):\n    if z[0] > 1:\n        z[0] = 0\n    return z")
    far = POINTS[:, 0] > 1
    assert answer.changed == far.sum()
    assert answer.first_changed == np.flatnonzero(far)[0]


@pytest.mark.parametrize(
    ("source", "outcome", "line", "words"),
    [
        ("def f(z:\n    return z", Outcome.SYNTAX_ERROR, 1, "never closed"),
        ("import os\ndef f(z):\n    return z", Outcome.REFUSED, 1, "os"),
        ("x = 1", Outcome.REFUSED, None, "no function named f"),
        ("f = 3", Outcome.REFUSED, None, "not a function but an int"),
        ("def f(a, b):\n    return a", Outcome.REFUSED, None, "takes 2 arguments"),
        ("def f():\n    return 1", Outcome.REFUSED, None, "takes 0 arguments"),
        ("x = 1\ny = x / 0", Outcome.RUNTIME_ERROR, 2, "ZeroDivisionError"),
        ("def f(z):\n    while True:\n        pass", Outcome.CPU_LIMIT, None, "0.5 s"),
        ("def f(z):\n    return sum(range(10**15))", Outcome.CPU_LIMIT, None, "0.5 s"),
        ("import numpy as np\ndef f(z):\n    return np.ones(10**9)", Outcome.MEMORY_LIMIT, 3, "MB"),
        ("import numpy as np\nx = np.ones(10**9)", Outcome.MEMORY_LIMIT, 2, "128 MB"),
        ("def f(z):\n    while True:\n        print('x' * 1000)", Outcome.OUTPUT_LIMIT, 3, "16 MB"),
    ],
)
def test_each_way_to_end_has_its_outcome_and_its_sentence(
    sandbox: Sandbox, source: str, outcome: Outcome, line: int | None, words: str
) -> None:
    end = ending(sandbox, source)
    assert end.outcome is outcome
    assert words in end.message
    if line is not None:
        assert end.line == line


def test_an_endless_loop_in_python_is_told_with_its_line(sandbox: Sandbox) -> None:
    end = ending(sandbox, "def f(z):\n    x = 0\n    while True:\n        x += 1\n")
    assert end.line in (3, 4)


def test_except_around_a_limit_does_not_lift_it(sandbox: Sandbox) -> None:
    source = """
def f(z):
    while True:
        try:
            while True:
                pass
        except BaseException:
            pass
"""
    assert ending(sandbox, source).outcome is Outcome.CPU_LIMIT


def test_a_busy_loop_ends_by_its_own_limit_however_short_the_wall_limit_is(
    sandbox: Sandbox,
) -> None:
    account = Account(Limits(cpu_seconds=1.5, wall_seconds=0.1))
    source = b"def f(z):\n    while True:\n        pass"
    with (
        pytest.raises(Stopped) as stopped,
        sandbox.open(source, seed=1, account=account) as oracle,
    ):
        oracle.evaluate(POINTS)
    assert stopped.value.ending.outcome is Outcome.CPU_LIMIT


def test_a_loop_that_was_ended_while_we_had_no_processor_was_not_asleep(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = ProcessClock.cpu_seconds

    def late(clock: ProcessClock) -> float:
        # The look comes when the child has used up its time, has ended, and is gone.
        if read(clock) > 0.25:
            until(lambda: read(clock) == 0)
        return read(clock)

    monkeypatch.setattr(ProcessClock, "cpu_seconds", late)
    account = Account(Limits(cpu_seconds=0.5, wall_seconds=0.1))
    source = b"def f(z):\n    while True:\n        pass"
    with (
        pytest.raises(Stopped) as stopped,
        sandbox.open(source, seed=1, account=account) as oracle,
    ):
        oracle.evaluate(POINTS)
    assert stopped.value.ending.outcome is Outcome.CPU_LIMIT


def test_memory_that_is_filled_to_the_brim_is_the_memory_limit_in_every_kind_of_call(
    sandbox: Sandbox,
) -> None:
    source = b"""
import numpy as np
hold = []
def f(z):
    size = 0 if hold else 2**24
    while size >= 2:
        try:
            while True:
                hold.append(np.ones(size))
        except MemoryError:
            size //= 2
    return z
"""
    account = Account(Limits(cpu_seconds=5, wall_seconds=5, memory_bytes=64 * 2**20))
    with sandbox.open(source, seed=1, account=account) as oracle:
        assert oracle.evaluate(POINTS[:2]).fault is None
        with pytest.raises(Stopped) as stopped:
            oracle.evaluate(np.zeros((20_000, 2)))
    assert stopped.value.ending.outcome is Outcome.MEMORY_LIMIT


def test_printed_text_that_lies_about_its_length_is_counted(sandbox: Sandbox) -> None:
    source = """
class Small(str):
    def __len__(self):
        return 0
    def __bool__(self):
        return False
    def __radd__(self, other):
        return self
class Shy:
    def __str__(self):
        return Small('x' * 2_000_000)
def f(z):
    for i in range(20):
        print(Shy())
    return z
"""
    assert ending(sandbox, source).outcome is Outcome.OUTPUT_LIMIT


def test_the_processor_budget_is_shared_by_all_processes_of_a_submission(
    sandbox: Sandbox,
) -> None:
    source = "def f(z):\n    t = 0\n    for i in range(4_000_000):\n        t += i\n    return z"
    account = Account(Limits(cpu_seconds=0.6, wall_seconds=5))
    with sandbox.open(source.encode(), seed=1, account=account) as oracle, oracle.fresh() as other:
        oracles = itertools.cycle([oracle, other])
        with pytest.raises(Stopped) as stopped:
            _ask_for_ever(oracles)
    assert stopped.value.ending.outcome is Outcome.CPU_LIMIT
    assert account.cpu_seconds < 2.0


def test_a_fresh_process_shares_nothing_with_the_first(sandbox: Sandbox) -> None:
    source = "calls = []\ndef f(z):\n    calls.append(1)\n    return [len(calls), 0]"
    with sandbox.open(source.encode(), seed=1) as oracle:
        assert oracle.evaluate(POINTS[:3]).values[:, 0].tolist() == [1, 2, 3]
        with oracle.fresh() as other:
            assert other.evaluate(POINTS[:1]).values[0, 0] == 1
        assert oracle.evaluate(POINTS[:1]).values[0, 0] == 4
        assert oracle.evaluations == 4


def test_random_weights_at_module_level_are_the_same_in_each_process(sandbox: Sandbox) -> None:
    source = """
import numpy as np
W = np.random.randn(2, 2)
V = np.random.default_rng().normal(size=(2, 2))
def f(z):
    return W @ z + V @ z
"""
    with sandbox.open(source.encode(), seed=5) as oracle, oracle.fresh() as other:
        first = oracle.evaluate(POINTS).values
        assert np.array_equal(first, other.evaluate(POINTS).values)
    with sandbox.open(source.encode(), seed=6) as oracle:
        assert not np.array_equal(first, oracle.evaluate(POINTS).values)


def test_what_was_printed_is_kept_to_a_limit_and_says_so(sandbox: Sandbox) -> None:
    account = Account(Limits())
    source = "def f(z):\n    print('hello', 1 + 1)\n    return z"
    with sandbox.open(source.encode(), seed=1, account=account) as oracle:
        oracle.evaluate(POINTS[:2])
        assert (account.printed, account.printed_truncated) == ("hello 2\nhello 2\n", False)
        oracle.evaluate(np.zeros((2000, 2)))
    assert account.printed_truncated
    assert len(account.printed) <= 8192


def test_usage_is_what_the_kernel_counted(sandbox: Sandbox) -> None:
    account = Account(Limits())
    source = "import numpy as np\nx = np.ones(10_000_000)\ndef f(z):\n    return z"
    with sandbox.open(source.encode(), seed=1, account=account) as oracle:
        oracle.evaluate(POINTS)
    assert account.memory_bytes > 80_000_000
    assert 0 < account.cpu_seconds < 5
    assert account.waited_seconds > 0


def test_the_layers_that_need_no_privilege_are_in_force(sandbox: Sandbox) -> None:
    assert set(sandbox.layers) >= REQUIRED


def test_no_process_and_no_descriptor_is_left_behind(sandbox: Sandbox) -> None:
    def descriptors() -> int:
        waiting(sandbox)
        return len(os.listdir("/proc/self/fd"))

    with sandbox.open(b"def f(z): return z", seed=1):
        pass
    before = descriptors()
    for source in [b"def f(z): return z", b"1/0", b"def f(z):\n    while True: pass", b"(("] * 3:
        account = Account(Limits(cpu_seconds=0.1))
        try:
            with sandbox.open(source, seed=1, account=account) as oracle:
                oracle.evaluate(POINTS)
        except Stopped:
            continue
    assert descriptors() == before
    # Those that wait for the next submission, and no others.
    until(lambda: len(_children_of_zygote(sandbox)) == PROCESSES)


def test_a_zygote_that_was_killed_is_our_failure_and_is_replaced() -> None:
    with Sandbox() as own:
        with pytest.raises(SandboxBroken):
            _open_and_kill_the_zygote(own)
        with own.open(b"def f(z): return 2 * z", seed=1) as oracle:
            assert np.array_equal(oracle.evaluate(POINTS).values, 2 * POINTS)


def test_the_zygote_and_its_children_end_with_the_worker() -> None:
    own = Sandbox()
    process = own._zygote._process
    with own.open(b"def f(z):\n    return z", seed=1) as oracle:
        oracle.evaluate(POINTS)
    own.close()
    assert process.returncode is not None


def _ask_for_ever(oracles: Iterator[SandboxOracle]) -> None:
    for oracle in oracles:
        oracle.evaluate(POINTS[:1])


def _open_and_kill_the_zygote(sandbox: Sandbox) -> None:
    with sandbox.open(b"def f(z): return z", seed=1) as oracle:
        _kill_zygote(sandbox)
        with oracle.fresh():
            pass


def _kill_zygote(sandbox: Sandbox) -> None:
    process = sandbox._zygote._process
    os.kill(process.pid, signal.SIGKILL)
    process.wait()


def _children_of_zygote(sandbox: Sandbox) -> list[str]:
    """Processes below the zygote, beside the first process of its namespace."""
    below: list[str] = []
    parents = [str(sandbox._zygote._process.pid)]
    while parents:
        parent = parents.pop()
        try:
            with open(f"/proc/{parent}/task/{parent}/children") as file:
                children = file.read().split()
        except (FileNotFoundError, ProcessLookupError):  # it has ended since it was listed
            continue
        below += children
        parents += children
    return below[1:] if Layer.PID_NAMESPACE in sandbox.layers else below
