"""The checks of the answers' form: real numbers, as many as asked each time, and finite ones."""

from __future__ import annotations

import numpy as np

from exercises.checks.evidence import call, clean, near, numbers, percent
from exercises.checks.explain import explain_shape
from exercises.exercise import Function
from exercises.oracle import Array, Fault, FaultKind
from exercises.report import Finding, Status

#: The share of outputs that may be not finite before the check fails.
NOT_FINITE = 1e-3


def check_shape(function: Function, fault: Fault | None, points: Array) -> Finding:
    """Whether each of the answers to points, shape (n, inputs), had the right form."""
    name, outputs = function.name, function.outputs
    if fault is None:
        each = "a real number" if outputs == 0 else f"{outputs:,} real numbers"
        return Finding(
            check="shape",
            status=Status.PASSED,
            message=f"{name} returned {each} for each of {len(points):,} points.",
        )
    point = points[fault.index]
    letter = "z" if function.asked_at == "x" else "x"
    names = f"{letter}1, {letter}2" if function.of_the_plane else "a, b"
    answer = {0: "value", 2: f"np.array([{names}])"}.get(outputs, "x")
    hints = {
        FaultKind.NO_RETURN: f"{name} has to end with a line such as return {answer}.",
        FaultKind.SHAPE: explain_shape(fault.message, function.signature),
        FaultKind.DTYPE: "Return real numbers; of a complex number take .real or .imag."
        if "complex" in fault.message
        else "Return real numbers.",
        FaultKind.RAISED: "",
    }
    said = clean(fault.message).rstrip().rstrip(".")
    said = said.removeprefix("it ") if said.startswith("it ") else f"is wrong: {said}"
    return Finding(
        check="shape",
        status=Status.FAILED,
        message=f"{call(function.signature, point)} {said}. {hints[fault.kind]}".rstrip(),
        line=fault.line,
        evidence={
            "function": name,
            "kind": fault.kind.value,
            function.asked_at: numbers(point),
            "index": fault.index,
        },
    )


def check_finite(function: Function, points: Array, values: Array, *, graded: bool) -> Finding:
    """Whether the values, shape (n, columns), are finite but for a thousandth."""
    bad = ~np.isfinite(values).all(axis=1)
    share = float(np.mean(bad))
    is_x = function.of_the_plane and function.asked_at == "z"
    answers = "x" if is_x else function.name
    if not bad.any():
        return Finding(
            check="finite", status=Status.PASSED, message=f"All values of {answers} are finite."
        )
    first = int(np.argmax(bad))
    at, value = points[first], values[first]
    return Finding(
        check="finite",
        status=Status.FAILED if share > NOT_FINITE and graded else Status.INFORMATIVE,
        message=f"{answers} is not finite for {percent(share)} of the {function.asked_at}: "
        f"{call(function.signature, at)} is {near(value)}.",
        evidence={
            "function": function.name,
            "share": share,
            function.asked_at: numbers(at),
            "x" if is_x else "value": numbers(value),
        },
    )
