"""The check of purity: f is a function of z alone, call after call and process after process."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pydantic import JsonValue

from exercises.checks.evidence import near, number, numbers, place
from exercises.exercise import Exercise
from exercises.numerics.streams import stream
from exercises.oracle import Answer, Array, Oracle
from exercises.report import Finding, Status

#: Points of the figure that are asked again; a difference on 2 % of the points is missed with
#: probability below 1 %: 0.98^256.
_AGAIN = 256
#: Of each batch that a check asks eight points and one in 64 are kept, and of all kept so many are
#: asked again at the end: about a hundred of the law's, should there be one.
_KEPT, _ONE_IN, _LAST = 8, 64, 1024

#: Lifted answers were compared with single calls to 1e-9 already; elsewhere in the plane the same
#: rounding may weigh more, and an f that differs from itself by less is of no use to anybody.
_ROUNDING = 1e-6


@dataclass(frozen=True, slots=True)
class Difference:
    """One point at which f gave two answers."""

    z: Array
    first: Array
    second: Array
    #: "call" where one process answered twice, "process" where two processes differ.
    between: str


class Mislifted(Exception):
    """A lifted answer differs from a single call: judge again by single calls only.

    It may be rounding that f blows up somewhere in the plane, or an impurity, which the single
    calls will show by themselves. judge.py alone catches it.
    """


class Remembering:
    """An oracle that keeps a sample of what it was asked, for the last comparison.

    A submission that counts its calls could be one function while one check asks and another for
    the next; so what each check saw is compared with a fresh process in the end.
    """

    def __init__(self, oracle: Oracle, seed: int) -> None:
        self._oracle = oracle
        self._rng = stream(seed, "memory")
        self._points: list[Array] = []
        self._values: list[Array] = []
        self._lifted: list[NDArray[np.bool_]] = []

    @property
    def evaluations(self) -> int:
        """How many points the submission was asked in this process."""
        return self._oracle.evaluations

    def evaluate(
        self, points: Array, *, function: str = "f", outputs: int = 2, tolerant: bool = False
    ) -> Answer:
        """As the oracle answers; some of it is kept."""
        answer = self._oracle.evaluate(
            points, function=function, outputs=outputs, tolerant=tolerant
        )
        if answer.fault is None or tolerant:
            kept = self._rng.integers(
                len(points), size=min(_KEPT + len(points) // _ONE_IN, len(points))
            )
            self._points.append(points[kept])
            self._values.append(answer.values[kept])
            self._lifted.append(np.full(len(kept), answer.lifted))
        return answer

    def stop_lifting(self) -> None:
        """As the oracle's own."""
        self._oracle.stop_lifting()

    def fresh(self) -> AbstractContextManager[Oracle]:
        """As the oracle's own."""
        return self._oracle.fresh()

    def recall(self) -> tuple[Array, Array, NDArray[np.bool_]]:
        """At most 1,024 of the points that were kept, their values, and whether those were lifted.

        In a random order.
        """
        points, values = np.concatenate(self._points), np.concatenate(self._values)
        order = self._rng.permutation(len(points))[:_LAST]
        return points[order], values[order], np.concatenate(self._lifted)[order]


def find_impurity(
    exercise: Exercise, oracle: Oracle, z: Array, drawn: Answer, seed: int
) -> Difference | None:
    """Ask some of z, shape (n, inputs), again and compare with what was drawn, bit for bit.

    In another order, twice in a row, and in a fresh process: about 800 evaluations. Lifted answers
    are compared up to rounding, and the single calls among themselves bit for bit.

    Raises:
        Mislifted: lifted answers are not those of single calls.
    """
    rng = stream(seed, "purity")
    rows = rng.permutation(len(z))[:_AGAIN]
    x = drawn.values
    if drawn.lifted:
        x = x.copy()
        singles = _ask(exercise, oracle, z[rows])
        _believe_lifted(x[rows], singles)
        x[rows] = singles
    twice = np.repeat(rows[: _AGAIN // 2], 2)
    order = np.concatenate((rows, twice))
    again = _ask(exercise, oracle, z[order])
    found = _first_difference(z[order], x[order], again, "call")
    if found is not None:
        return found
    with oracle.fresh() as other:
        turned = rows[::-1]
        return _first_difference(z[turned], x[turned], _ask(exercise, other, z[turned]), "process")


def find_late_impurity(exercise: Exercise, oracle: Remembering) -> Difference | None:
    """Compare a sample of all that the checks have seen with a fresh process.

    Raises:
        Mislifted: lifted answers are not those of single calls.
    """
    points, values, lifted = oracle.recall()
    with oracle.fresh() as other:
        again = _ask(exercise, other, points)
    _believe_lifted(values[lifted], again[lifted])
    singly = ~lifted
    return _first_difference(points[singly], values[singly], again[singly], "process")


def check_purity(
    exercise: Exercise, difference: Difference | None, changed: int, first_changed: Array | None
) -> Finding:
    """The finding of purity.

    An f that changes the array that it is given fails nothing here: each call gets an array of
    its own, so its answers are right. But whoever calls it elsewhere loses their z, so it is said.

    Args:
        changed: how many calls changed their input in place.
        first_changed: the z of the first of them.
    """
    name = exercise.function.name
    if difference is not None:
        return _impure(exercise, difference)
    if changed and first_changed is not None:
        return Finding(
            check="purity",
            status=Status.INFORMATIVE,
            message=(
                f"{name} changes the array z that it is given, for instance at "
                f"{near(first_changed)}: begin with z = z.copy(), or write z = z * 2, not z *= 2."
            ),
            evidence={"changed": changed, "z": numbers(first_changed)},
        )
    return Finding(
        check="purity",
        status=Status.PASSED,
        message=f"{name} gives the same answer each time it is asked, in every order and process.",
    )


def _impure(exercise: Exercise, difference: Difference) -> Finding:
    name = exercise.function.name
    reason = {
        "call": (
            "its answer depends on more than z, such as random numbers drawn inside it or a "
            "variable that it changes; draw random weights once, outside of it"
        ),
        "process": (
            "its answer depends on what was asked before, such as a counter or a store of earlier "
            "answers"
        ),
    }[difference.between]
    evidence: dict[str, JsonValue] = {
        "z": numbers(difference.z),
        "first": numbers(difference.first),
        "second": numbers(difference.second),
        "between": difference.between,
        "largest_change": number(np.abs(difference.second - difference.first).max()),
    }
    return Finding(
        check="purity",
        status=Status.FAILED if exercise.graded else Status.INFORMATIVE,
        message=(
            f"{name} is not a function of z alone: {name}({place(difference.z)}) gave "
            f"{near(difference.first)} and then {near(difference.second)}: {reason}."
        ),
        evidence=evidence,
    )


def _ask(exercise: Exercise, oracle: Oracle, points: Array) -> Array:
    function = exercise.function
    answer = oracle.evaluate(
        points, function=function.name, outputs=function.outputs, tolerant=True
    )
    return answer.values


def _believe_lifted(lifted: Array, singles: Array) -> None:
    """Nothing, where lifted answers are those of single calls but for rounding.

    Raises:
        Mislifted: they are not.
    """
    same = _same_bits(lifted, singles) | _same_but_for_rounding(lifted, singles)
    if not same.all():
        raise Mislifted


def _first_difference(z: Array, first: Array, second: Array, between: str) -> Difference | None:
    same = _same_bits(first, second)
    differs = ~same.all(axis=1)
    if not differs.any():
        return None
    # Of all that differ the one that differs most says most.
    with np.errstate(all="ignore"):
        size = np.nan_to_num(np.abs(second - first).max(axis=1), nan=np.inf)
    row = int(np.argmax(np.where(differs, size, -1.0)))
    return Difference(z[row], first[row], second[row], between)


def _same_bits(first: Array, second: Array) -> NDArray[np.bool_]:
    """Equal bits, or both NaN: the bits of a NaN say nothing about f."""
    one, other = (np.ascontiguousarray(values).view(np.int64) for values in (first, second))
    return np.asarray((one == other) | (np.isnan(first) & np.isnan(second)), dtype=np.bool_)


def _same_but_for_rounding(first: Array, second: Array) -> NDArray[np.bool_]:
    """Equal up to what a badly conditioned f makes of rounding in its middle."""
    with np.errstate(all="ignore"):
        scale = np.maximum(np.abs(first), np.abs(second)).max(axis=1, keepdims=True)
        return np.asarray(np.abs(first - second) <= _ROUNDING * scale, dtype=np.bool_)
