"""Asking a function at held-out points: what the checks of values and their kin share."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from exercises.checks.case import Case
from exercises.checks.evidence import call, clean, near
from exercises.exercise import Function
from exercises.numerics.streams import stream
from exercises.oracle import Array, FaultKind
from exercises.tables.points import HeldOut, held_out


@dataclass(frozen=True, slots=True)
class Asked:
    """Some held-out points and what the submission answered there."""

    function: Function
    #: The points that were asked, with the reference's answers.
    right: HeldOut
    #: Shape (n, columns); NaN where there was no answer.
    values: Array
    #: A sentence about the first point without an answer in the right form; or "".
    fault: str

    def __len__(self) -> int:
        return len(self.values)

    @property
    def finite(self) -> NDArray[np.bool_]:
        """Which of the answers are numbers throughout."""
        return np.asarray(np.isfinite(self.values).all(axis=1), dtype=np.bool_)

    @property
    def lost(self) -> str:
        """A sentence about the points without a finite answer; "" where there is none."""
        missing = ~self.finite
        if not missing.any():
            return ""
        row = int(np.argmax(missing))
        example = self.fault or f"{self.call(row)} is {near(self.values[row])}."
        some = f"{int(missing.sum()):,} of the points"
        return f"At {some} there is no number, which counts as wrong: {example}"

    def call(self, row: int) -> str:
        """The call at one of the points, as a student writes it."""
        return call(self.function.signature, self.right.inputs[row])


def ask_held_out(case: Case, name: str, most: int) -> Asked:
    """Ask a function at `most` of its held-out points, chosen by the grading's seed, or at all.

    Raises:
        Stopped: the submission ended.
        BrokenPoints: the table is missing or stale (our failure).
    """
    function, table = case.exercise.named(name), held_out(case.exercise, name)
    rows = stream(case.seed, f"held-out/{name}").permutation(len(table.inputs))[:most]
    right = HeldOut(
        table.inputs[rows],
        None if table.outputs is None else table.outputs[rows],
        None if table.labels is None else table.labels[rows],
    )
    answer = case.oracle.evaluate(right.inputs, function=name, tolerant=True)
    fault = ""
    if answer.fault is not None:
        said = clean(answer.fault.message).strip().rstrip(".")
        verb = "raised " if answer.fault.kind is FaultKind.RAISED else "has no answer: "
        fault = f"{call(function.signature, right.inputs[answer.fault.index])} {verb}{said}."
    return Asked(function, right, answer.values, fault)


def joined(sentences: Iterable[str]) -> str:
    """Sentences as one text; empty ones are left out."""
    return " ".join(sentence for sentence in sentences if sentence)
