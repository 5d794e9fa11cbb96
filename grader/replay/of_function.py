"""Replays of what every f is checked for: that it answers, with numbers, and always the same."""

from __future__ import annotations

from grader.replay.block import Clue, Replay, program
from grader.replay.writing import read_numbers, told

#: So many other questions come between the two that are compared.
_BETWEEN = 1_000


def raised(clue: Clue) -> Replay | None:
    """The call that raised."""
    function = clue.function
    called = clue.at(function, function.asked_at)
    exception = clue.evidence.get("exception")
    if called is None or not isinstance(exception, str):
        return None
    call = f"{function.name}({', '.join(called)})"
    # Only the type: the message is the student's text, and may have line breaks.
    kind = exception.partition(":")[0].strip()
    remark = f"  # raises {kind}" if kind.isidentifier() else "  # raises"
    return Replay((), program(f"print({call}){remark}"))


def misshapen(clue: Clue) -> Replay | None:
    """The call whose answer is no answer."""
    function = clue.function
    called = clue.at(function, function.asked_at)
    if called is None or "kind" not in clue.evidence:
        return None
    wanted = f"({function.outputs},)" if function.outputs else "()"
    form = "{length} numbers: {shape}" if function.outputs else "one number: {shape}"
    return Replay(
        (),
        program(
            f"answer = {function.name}({', '.join(called)})",
            "print(type(answer), np.shape(answer), np.asarray(answer).dtype)",
            f"# asked for: {form.format(length=function.outputs, shape=wanted)}",
        ),
    )


def not_finite(clue: Clue) -> Replay | None:
    """The call whose answer is no number."""
    function = clue.function
    called = clue.at(function, function.asked_at)
    value = read_numbers(clue.evidence.get("x", clue.evidence.get("value")))
    if called is None or value is None:
        return None
    call = f"{function.name}({', '.join(called)})"
    return Replay(((f"{function.name}(…)", told(value)),), program(f"print({call})  # not finite"))


def impure(clue: Clue) -> Replay | None:
    """Two calls with two answers, or a call that changes what it was given."""
    if "changed" in clue.evidence:
        return _changed(clue)
    function = clue.function
    called = clue.at(function, function.asked_at)
    first = read_numbers(clue.evidence.get("first"))
    second = read_numbers(clue.evidence.get("second"))
    if called is None or first is None or second is None:
        return None
    numbers = (
        (f"{function.name}(…)", told(first)),
        (f"{function.name}(…)", told(second)),
    )
    call = f"{function.name}({', '.join(called)})"
    if clue.evidence.get("between") == "call":
        return Replay(
            numbers,
            program(
                f"answers = [{call} for _ in range(100)]",
                "print(answers[0], answers[-1])",
                "print(len({np.asarray(answer).tobytes() for answer in answers}))  # 1 if pure",
            ),
        )
    return Replay(numbers, _in_two_processes(clue, called))


def _in_two_processes(clue: Clue, called: list[str]) -> str:
    """The same question to the program as it starts, and to one that has answered others."""
    function = clue.function
    drawn = [
        f"rng.standard_normal({length})" if length else "rng.random()"
        for length in function.arguments.values()
    ]
    return program(
        "import runpy",
        "",
        f"asked_first = runpy.run_path({clue.file!r})[{function.name!r}]",
        f"asked_later = runpy.run_path({clue.file!r})[{function.name!r}]",
        "rng = np.random.default_rng(0)",
        f"for _ in range({_BETWEEN:_}):",
        f"    asked_later({', '.join(drawn)})",
        f"print(asked_first({', '.join(called)}))",
        f"print(asked_later({', '.join(called)}))  # the same if pure",
    )


def _changed(clue: Clue) -> Replay | None:
    function = clue.function
    called = clue.at(function, function.asked_at)
    if called is None:
        return None
    return Replay(
        (),
        program(
            f"given = [{', '.join(called)}]",
            "before = [np.copy(value) for value in given]",
            f"{function.name}(*given)",
            "print(before)",
            f"print(given)  # {function.name} has changed it",
        ),
    )
