"""The check of the functions themselves: they loaded, exist, and ran without an exception."""

from __future__ import annotations

from exercises.checks.evidence import call, clean, numbers
from exercises.checks.explain import explain_exception
from exercises.exercise import CodeExercise, Function
from exercises.oracle import Array, Ending, Fault
from exercises.report import Finding, Status


def check_function(exercise: CodeExercise) -> Finding:
    """The finding of functions that are there and can be called as asked, as the sandbox saw."""
    first, *others = exercise.functions
    if others:
        names = ", ".join(function.name for function in exercise.functions[:-1])
        message = f"{names} and {others[-1].name} are defined and take the arguments asked for."
    else:
        count = {1: "one argument", 2: "two arguments"}.get(len(first.arguments))
        message = (
            f"{first.name} is defined and takes {count or f'{len(first.arguments)} arguments'}."
        )
    return Finding(check="function", status=Status.PASSED, message=message)


def function_raised(function: Function, fault: Fault, point: Array) -> Finding:
    """The finding of an exception, with the point at which it happened, to be run by hand."""
    hint = explain_exception(fault.message, function.signature)
    message = f"{call(function.signature, point)} raised {_sentence(fault.message)}"
    return Finding(
        check="function",
        status=Status.FAILED,
        message=f"{message} {hint}" if hint else message,
        line=fault.line,
        evidence={
            "function": function.name,
            "exception": clean(fault.message),
            function.asked_at: numbers(point),
            "hint": hint,
        },
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
