"""The check of the function itself: it loaded, it exists, it ran without an exception."""

from __future__ import annotations

from exercises.checks.evidence import clean, numbers, place
from exercises.checks.explain import explain_exception
from exercises.exercise import Exercise
from exercises.oracle import Array, Ending, Fault
from exercises.report import Finding, Status


def check_function(exercise: Exercise) -> Finding:
    """The finding of a function that is there and takes one argument, as the sandbox saw."""
    name = exercise.function.name
    return Finding(
        check="function", status=Status.PASSED, message=f"{name} is defined and takes one argument."
    )


def function_raised(exercise: Exercise, fault: Fault, z: Array) -> Finding:
    """The finding of an exception, with the point z at which it happened, to be run by hand."""
    name = exercise.function.name
    hint = explain_exception(fault.message)
    message = f"{name}(np.array({place(z)})) raised {_sentence(fault.message)}"
    return Finding(
        check="function",
        status=Status.FAILED,
        message=f"{message} {hint}" if hint else message,
        line=fault.line,
        evidence={"exception": clean(fault.message), "z": numbers(z), "hint": hint},
    )


def function_stopped(ending: Ending) -> Finding:
    """The finding of a submission that ended before it had answered."""
    return Finding(
        check="function",
        status=Status.FAILED,
        message=clean(ending.message),
        line=ending.line,
        evidence={
            "outcome": ending.outcome.value,
            "excerpt": None if ending.excerpt is None else clean(ending.excerpt),
        },
    )


def _sentence(text: str) -> str:
    text = clean(text).strip()
    return text if text.endswith((".", "!", "?")) else f"{text}."
