"""An oracle over several functions in this process: for tests of checks, not for the product."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

import numpy as np

from exercises.checks.case import Case, Drawn, points_of
from exercises.exercise import CodeExercise
from exercises.oracle import Answer, Array, Fault, FaultKind, Signature


class ModuleOracle:
    """Answers as the sandbox would for a submission that defines these functions."""

    def __init__(
        self, functions: Mapping[str, Callable[..., object]], signatures: Mapping[str, Signature]
    ) -> None:
        self._functions, self._signatures = functions, signatures
        self.evaluations = 0

    def evaluate(self, points: Array, *, function: str = "f", tolerant: bool = False) -> Answer:
        """As the protocol says."""
        signature, call = self._signatures[function], self._functions[function]
        values = np.full((len(points), signature.columns), np.nan)
        first, faults = None, 0
        for index, row in enumerate(points):
            self.evaluations += 1
            try:
                with np.errstate(all="ignore"):
                    answer = np.asarray(call(*_arguments(signature, row)), dtype=np.float64)
                values[index] = answer.reshape(signature.columns)
            except Exception as error:  # whatever student code raises is a fault
                text = f"{type(error).__name__}: {error}"
                first = first or Fault(FaultKind.RAISED, text, index, 7)
                faults += 1
                if not tolerant:
                    break
        return Answer(values, first, faults)

    def stop_lifting(self) -> None:
        """It never lifts."""

    @contextmanager
    def fresh(self) -> Iterator[ModuleOracle]:
        """The same functions: they have no state."""
        yield ModuleOracle(self._functions, self._signatures)


def case_of(
    exercise: CodeExercise, functions: Mapping[str, Callable[..., object]], seed: int = 0
) -> Case:
    """The case of a submission that defines these functions, ready for the criteria's checks."""
    signatures = {function.name: function.signature for function in exercise.functions}
    oracle = ModuleOracle(functions, signatures)
    drawn: dict[str, Drawn] = {}
    for function in exercise.functions:
        points = points_of(function, exercise, seed, drawn)
        drawn[function.name] = Drawn(points, oracle.evaluate(points, function=function.name).values)
    return Case(exercise, oracle, seed, drawn)


def _arguments(signature: Signature, row: Array) -> list[object]:
    arguments: list[object] = []
    start = 0
    for _, length in signature.arguments:
        arguments.append(row[start : start + length].copy() if length else row[start])
        start += max(length, 1)
    return arguments
