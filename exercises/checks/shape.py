"""The checks of the answers' form: two real numbers each time, and finite ones."""

from __future__ import annotations

import numpy as np

from exercises.checks.evidence import clean, numbers, percent, place
from exercises.checks.explain import explain_shape
from exercises.exercise import Exercise
from exercises.oracle import Array, Fault, FaultKind
from exercises.report import Finding, Status

#: The share of outputs that may be not finite before the check fails.
NOT_FINITE = 1e-3


def check_shape(exercise: Exercise, fault: Fault | None, z: Array) -> Finding:
    """Whether each of the answers to z, shape (n, 2), was an array of real numbers."""
    name, outputs = exercise.function.name, exercise.function.outputs
    if fault is None:
        return Finding(
            check="shape",
            status=Status.PASSED,
            message=f"{name} returned {outputs} real numbers for each of {len(z):,} points.",
        )
    point = z[fault.index]
    hints = {
        FaultKind.NO_RETURN: f"{name} has to end with a line such as return np.array([x1, x2]).",
        FaultKind.SHAPE: explain_shape(fault.message, outputs),
        FaultKind.DTYPE: "Return real numbers; of a complex number take .real or .imag.",
        FaultKind.RAISED: "",
    }
    said = clean(fault.message).rstrip().rstrip(".")
    return Finding(
        check="shape",
        status=Status.FAILED,
        message=f"At z = {place(point)}: {said}. {hints[fault.kind]}".rstrip(),
        line=fault.line,
        evidence={"kind": fault.kind.value, "z": numbers(point), "index": fault.index},
    )


def check_finite(exercise: Exercise, z: Array, x: Array) -> Finding:
    """Whether x, shape (n, outputs), is finite but for a thousandth."""
    bad = ~np.isfinite(x).all(axis=1)
    share = float(np.mean(bad))
    if not bad.any():
        return Finding(check="finite", status=Status.PASSED, message="All values of x are finite.")
    first = int(np.argmax(bad))
    example = f"{exercise.function.name}({place(z[first])}) is {place(x[first])}"
    failed = share > NOT_FINITE and exercise.graded
    return Finding(
        check="finite",
        status=Status.FAILED if failed else Status.INFORMATIVE,
        message=f"x is not finite for {percent(share)} of the z: {example}.",
        evidence={"share": share, "z": numbers(z[first]), "x": numbers(x[first])},
    )
