"""Cases for the checks of inverses and densities: exercises and submissions made of functions."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from exercises.checks.case import Case
from exercises.criteria import AnyCriterion
from exercises.exercise import CodeExercise, Function
from exercises.report import Finding
from tests.laws.module_oracle import case_of


def flow_case(
    criterion: AnyCriterion,
    dimension: int = 2,
    seed: int = 0,
    **functions: Callable[..., object],
) -> Case:
    """A submission of these functions: f, f_inv, log_det, log_prob; in an exercise of its own."""
    asked = {
        "f": Function(name="f", arguments={"z": dimension}, outputs=dimension),
        "f_inv": Function(
            name="f_inv", arguments={"x": dimension}, outputs=dimension, asked_at="x"
        ),
        "log_det": Function(name="log_det", arguments={"z": dimension}, outputs=0),
        "log_prob": Function(name="log_prob", arguments={"x": dimension}, outputs=0, asked_at="x"),
    }
    exercise = CodeExercise(
        slug="flow",
        version="0" * 16,
        title="A flow",
        statement="",
        starter="",
        folder=Path("nowhere"),
        functions=tuple(asked[name] for name in functions),
        criteria=(criterion,),
    )
    return case_of(exercise, functions, seed)


def measured(finding: Finding, key: str) -> float:
    """A number of the finding's evidence."""
    value = finding.evidence[key]
    assert isinstance(value, float | int), (key, value)
    return float(value)
