"""Asking one function of a submission, counted, in batches that fit into memory."""

from __future__ import annotations

import numpy as np

from exercises.checks.case import Case
from exercises.exercise import Function
from exercises.numerics.streams import stream
from exercises.oracle import Array, Signature

#: Numbers in one batch, questions or answers: 16 MiB.
_NUMBERS = 2**21


class Asking:
    """One function of the submission, as a function of batches that counts what it is asked."""

    def __init__(self, case: Case, name: str) -> None:
        self._oracle = case.oracle
        self.function: Function = case.exercise.named(name)
        self.signature: Signature = self.function.signature
        self._rows = max(1, _NUMBERS // max(self.signature.inputs, self.signature.columns))
        #: Points asked so far.
        self.spent = 0
        #: How many of them had no answer: the function raised, or returned another form.
        self.faults = 0
        #: What the first of these said, "" without one. The text comes from student code.
        self.complaint = ""

    def __call__(self, points: Array) -> Array:
        """The values at `points`, shape (n, inputs), as (n, columns); NaN where there is none.

        Raises:
            Stopped: the submission ended.
        """
        values = np.empty((len(points), self.signature.columns))
        for start in range(0, len(points), self._rows):
            batch = np.ascontiguousarray(points[start : start + self._rows])
            answer = self._oracle.evaluate(batch, function=self.signature.name, tolerant=True)
            values[start : start + self._rows] = answer.values
            self.spent += len(batch)
            self.faults += answer.faults
            if answer.fault is not None and not self.complaint:
                self.complaint = answer.fault.message
        return values

    def as_map(self, dimension: int | None = None) -> int:
        """Its dimension, where it maps points to points of the same length.

        Args:
            dimension: what that should be; any where not given.

        Raises:
            ValueError: it does not: the exercise asks for what can not be judged (our failure).
        """
        inputs, outputs = self.signature.inputs, self.signature.columns
        if inputs != outputs or dimension not in (None, inputs):
            raise ValueError(f"{self.signature.name}: {inputs} numbers in, {outputs} out")
        return inputs


def fresh_points(case: Case, name: str, purpose: str, count: int) -> Array:
    """At most `count` points at which the function may be asked, drawn for this purpose.

    Gaussian, or images of Gaussian points under the first function where it is asked at x, or some
    of the held-out points. Shape (n, inputs), finite, at least one row.
    """
    function = case.exercise.named(name)
    count = max(1, min(count, _NUMBERS // function.inputs))
    rng = stream(case.seed, purpose)
    if function.asked_at == "points":
        known = case.drawn[name].points
        return known[rng.permutation(len(known))[:count]]
    if function.asked_at == "x":
        first = Asking(case, case.exercise.function.name)
        x = first(fresh_points(case, case.exercise.function.name, purpose, count))
        finite = x[np.isfinite(x).all(axis=1)]
        return finite if len(finite) else case.drawn[name].points[:1]
    return rng.standard_normal((count, function.inputs))
