"""The check of purity: f is a function of z alone, call after call and process after process."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pydantic import JsonValue

from exercises.checks.evidence import call, near, number, numbers
from exercises.exercise import Function
from exercises.numerics.streams import stream
from exercises.oracle import Answer, Array, Oracle
from exercises.report import Finding, Status

#: Points of the figure that are asked again; a difference on 2 % of the points is missed with
#: probability below 1 %: 0.98^256.
_AGAIN = 256
#: Of each batch that a check asks eight points and one in 64 are kept, and of all kept of one
#: function so many are asked again at the end: about a hundred of the law's, should there be one.
_KEPT, _ONE_IN, _LAST = 8, 64, 1024
#: And no more numbers than these: a point of an image is long.
_LAST_NUMBERS = 2**19

#: Lifted answers were compared with single calls to 1e-9 already; elsewhere in the plane the same
#: rounding may weigh more, and an f that differs from itself by less is of no use to anybody.
_ROUNDING = 1e-6


@dataclass(frozen=True, slots=True)
class Difference:
    """One point at which a function gave two answers."""

    function: Function
    point: Array
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
        self._kept: dict[str, list[tuple[Array, Array, bool]]] = {}

    @property
    def evaluations(self) -> int:
        """How many points the submission was asked in this process."""
        return self._oracle.evaluations

    def evaluate(self, points: Array, *, function: str = "f", tolerant: bool = False) -> Answer:
        """As the oracle answers; some of it is kept."""
        answer = self._oracle.evaluate(points, function=function, tolerant=tolerant)
        if answer.fault is None or tolerant:
            kept = self._rng.integers(
                len(points), size=min(_KEPT + len(points) // _ONE_IN, len(points))
            )
            memory = self._kept.setdefault(function, [])
            memory.append((points[kept], answer.values[kept], answer.lifted))
        return answer

    def stop_lifting(self) -> None:
        """As the oracle's own."""
        self._oracle.stop_lifting()

    def fresh(self) -> AbstractContextManager[Oracle]:
        """As the oracle's own."""
        return self._oracle.fresh()

    def recall(self, function: str) -> tuple[Array, Array, NDArray[np.bool_]]:
        """At most 1,024 of the points that were kept, their values, and whether those were lifted.

        In a random order.
        """
        memory = self._kept[function]
        points = np.concatenate([points for points, _, _ in memory])
        values = np.concatenate([values for _, values, _ in memory])
        lifted = np.concatenate([np.full(len(points), lifted) for points, _, lifted in memory])
        most = min(_LAST, _LAST_NUMBERS // points.shape[1])
        order = self._rng.permutation(len(points))[:most]
        return points[order], values[order], lifted[order]


def find_impurity(
    function: Function, oracle: Oracle, z: Array, drawn: Answer, seed: int
) -> Difference | None:
    """Ask some of z, shape (n, inputs), again and compare with what was drawn, bit for bit.

    In another order, twice in a row, and in a fresh process: about 800 evaluations. Lifted answers
    are compared up to rounding, and the single calls among themselves bit for bit.

    Raises:
        Mislifted: lifted answers are not those of single calls.
    """
    rng = stream(seed, "purity")
    rows = rng.permutation(len(z))[: max(1, min(_AGAIN, _LAST_NUMBERS // function.inputs))]
    x = drawn.values
    if drawn.lifted:
        x = x.copy()
        singles = _ask(function, oracle, z[rows])
        _believe_lifted(x[rows], singles)
        x[rows] = singles
    twice = np.repeat(rows[: len(rows) // 2], 2)
    order = np.concatenate((rows, twice))
    again = _ask(function, oracle, z[order])
    found = _first_difference(function, z[order], x[order], again, "call")
    if found is not None:
        return found
    with oracle.fresh() as other:
        turned = rows[::-1]
        again = _ask(function, other, z[turned])
        return _first_difference(function, z[turned], x[turned], again, "process")


def find_late_impurity(function: Function, oracle: Remembering) -> Difference | None:
    """Compare a sample of all that the checks have seen of a function with a fresh process.

    Raises:
        Mislifted: lifted answers are not those of single calls.
    """
    points, values, lifted = oracle.recall(function.name)
    with oracle.fresh() as other:
        again = _ask(function, other, points)
    _believe_lifted(values[lifted], again[lifted])
    singly = ~lifted
    return _first_difference(function, points[singly], values[singly], again[singly], "process")


def check_purity(function: Function, changed: int, first_changed: Array | None) -> Finding:
    """The finding of a pure function.

    An f that changes the array that it is given fails nothing here: each call gets an array of
    its own, so its answers are right. But whoever calls it elsewhere loses their z, so it is said.

    Args:
        function: the one that was compared with itself.
        changed: how many calls changed their input in place.
        first_changed: the point of the first of them.
    """
    name = function.name
    if changed and first_changed is not None:
        arrays = [argument for argument, length in function.arguments.items() if length]
        given = arrays[0]
        which = f"the array {given}" if len(arrays) == 1 else "an array"
        where = f"for instance at {near(first_changed)}: "
        if len(function.arguments) > 1:
            where = f"for instance in {call(function.signature, first_changed)}: "
        return Finding(
            check="purity",
            status=Status.INFORMATIVE,
            message=(
                f"{name} changes {which} that it is given, {where}"
                f"begin with {given} = {given}.copy(), or write {given} = {given} * 2, "
                f"not {given} *= 2."
            ),
            evidence={
                "function": name,
                "changed": changed,
                function.asked_at: numbers(first_changed),
            },
        )
    return Finding(
        check="purity",
        status=Status.PASSED,
        message=f"{name} gives the same answer each time it is asked, in every order and process.",
    )


def impure(difference: Difference, *, graded: bool) -> Finding:
    """The finding of a function that gave two answers at one point."""
    function = difference.function
    given = " and ".join(function.arguments)
    reason = {
        "call": (
            f"its answer depends on more than {given}, such as random numbers drawn inside it or a "
            "variable that it changes; draw random weights once, outside of it"
        ),
        "process": (
            "its answer depends on what was asked before, such as a counter or a store of earlier "
            "answers"
        ),
    }[difference.between]
    evidence: dict[str, JsonValue] = {
        "function": function.name,
        function.asked_at: numbers(difference.point),
        "first": numbers(difference.first),
        "second": numbers(difference.second),
        "between": difference.between,
        "largest_change": number(np.abs(difference.second - difference.first).max()),
    }
    return Finding(
        check="purity",
        status=Status.FAILED if graded else Status.INFORMATIVE,
        message=(
            f"{function.name} is not a function of {given} alone: "
            f"{call(function.signature, difference.point)} gave "
            f"{near(difference.first)} and then {near(difference.second)}: {reason}."
        ),
        evidence=evidence,
    )


def _ask(function: Function, oracle: Oracle, points: Array) -> Array:
    return oracle.evaluate(points, function=function.name, tolerant=True).values


def _believe_lifted(lifted: Array, singles: Array) -> None:
    """Nothing, where lifted answers are those of single calls but for rounding.

    Raises:
        Mislifted: they are not.
    """
    same = _same_bits(lifted, singles) | _same_but_for_rounding(lifted, singles)
    if not same.all():
        raise Mislifted


def _first_difference(
    function: Function, points: Array, first: Array, second: Array, between: str
) -> Difference | None:
    same = _same_bits(first, second)
    differs = ~same.all(axis=1)
    if not differs.any():
        return None
    # Of all that differ the one that differs most says most.
    with np.errstate(all="ignore"):
        size = np.nan_to_num(np.abs(second - first).max(axis=1), nan=np.inf)
    row = int(np.argmax(np.where(differs, size, -1.0)))
    return Difference(function, points[row], first[row], second[row], between)


def _same_bits(first: Array, second: Array) -> NDArray[np.bool_]:
    """Equal bits, or both NaN: the bits of a NaN say nothing about f."""
    one, other = (np.ascontiguousarray(values).view(np.int64) for values in (first, second))
    return np.asarray((one == other) | (np.isnan(first) & np.isnan(second)), dtype=np.bool_)


def _same_but_for_rounding(first: Array, second: Array) -> NDArray[np.bool_]:
    """Equal up to what a badly conditioned f makes of rounding in its middle."""
    with np.errstate(all="ignore"):
        scale = np.maximum(np.abs(first), np.abs(second)).max(axis=1, keepdims=True)
        return np.asarray(np.abs(first - second) <= _ROUNDING * scale, dtype=np.bool_)
