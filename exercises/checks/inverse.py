"""The check of an inverse: f_inv(f(z)) = z and f(f_inv(x)) = x, up to rounding."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from pydantic import JsonValue

from exercises.checks.agreement import credit, finding, spread
from exercises.checks.asking import Asking, fresh_points
from exercises.checks.case import Case
from exercises.checks.evidence import call, clean, near, number, numbers, percent, rounded, short
from exercises.checks.example import clearest
from exercises.checks.inverse_mistakes import name_mistake
from exercises.criteria import Inverse
from exercises.numerics.precision import DOUBLE
from exercises.numerics.round_trip import RoundTrips, Trip, pair_precision, round_trips
from exercises.numerics.streams import stream
from exercises.oracle import Array
from exercises.report import Finding, Status

#: Points each way, and the most numbers that they may have in all.
_POINTS, _NUMBERS = 2_048, 2**20
#: The share of the points that may be bad in a pass. A pair that is wrong on 1 % of the mass
#: passes with probability below 1e-6 at 2,048 points, and below 8 % at 256, those of 4,096 numbers.
_BAD = 1e-3
#: The share that float64 may leave undecided.
_UNDECIDED = 0.01
#: Of points with more numbers than these a sentence shows the first ones only.
_LONG = 16
#: An error from which on a point earns nothing.
_NOTHING = 0.1


def check_inverse(case: Case, criterion: Inverse) -> Finding:
    """Judge both ways round at fresh points each: from z there and back, and from x = f(z')."""
    f, f_inv = Asking(case, criterion.function), Asking(case, criterion.inverse)
    dimension = f.as_map()
    f_inv.as_map(dimension)
    count = min(_POINTS, _NUMBERS // dimension)
    rng = stream(case.seed, f"inverse/{criterion.function}/{criterion.inverse}")
    z = fresh_points(case, criterion.function, f"inverse/{criterion.function}/z", count)
    other = fresh_points(case, criterion.function, f"inverse/{criterion.function}/x", count)
    precision = pair_precision(f, f_inv, z, rng)
    there = round_trips(f, f_inv, z, rng, precision)
    back = round_trips(f, f_inv, other, rng, precision)
    states = there.left, back.right
    status = _status(*states)
    share = min(
        _earned(there.left, there.left_error, there.tolerance),
        _earned(back.right, back.right_error, there.tolerance),
    )
    mistake, hint = (None, "")
    if status is Status.FAILED:
        mistake, hint = name_mistake(there, f, criterion.function, criterion.inverse)
    message = " ".join(
        part for part in (_message(criterion, status, there, back, f_inv), hint) if part
    )
    evidence = _evidence(there, back, precision.worse, f.spent + f_inv.spent, mistake)
    return finding("inverse", status, criterion.points, share, message, evidence)


def _status(*states: NDArray[np.int8]) -> Status:
    if any((state == Trip.BAD).sum() > _BAD * len(state) for state in states):
        return Status.FAILED
    if any((state == Trip.UNDECIDED).mean() > _UNDECIDED for state in states):
        return Status.INCONCLUSIVE
    return Status.PASSED


def _earned(state: NDArray[np.int8], error: Array, tolerance: float) -> float:
    each = np.where(state == Trip.BAD, credit(error, tolerance, _NOTHING), state == Trip.GOOD)
    return float(each.mean())


def _message(
    criterion: Inverse, status: Status, there: RoundTrips, back: RoundTrips, f_inv: Asking
) -> str:
    f, g = criterion.function, criterion.inverse
    if status is Status.PASSED:
        largest = there.left_error[there.left == Trip.GOOD].max()
        accuracy = f"to within {rounded(largest)} of their size" if largest > 0 else "exactly"
        return (
            f"{g} undoes {f}, and {f} undoes {g}: all of {len(there.z):,} points come back, "
            f"{accuracy}."
        )
    if status is Status.INCONCLUSIVE:
        share = max((trips.left == Trip.UNDECIDED).mean() for trips in (there, back))
        return (
            f"It is not clear whether {g} undoes {f}: at {percent(share)} of the points {f} is so "
            "flat that different z have the same x in double precision."
        )
    if (there.left == Trip.BAD).sum() > _BAD * len(there.z):
        return _wrong_left(f, g, there, f_inv)
    return _wrong_right(f, g, back, f_inv)


def _wrong_left(f: str, g: str, trips: RoundTrips, f_inv: Asking) -> str:
    one = clearest(trips.left == Trip.BAD, trips.left_error, trips.z)
    share = percent(float((trips.left == Trip.BAD).mean()))
    z, w, x = trips.z[one], trips.w[one], trips.x[one]
    if not np.isfinite(x).all():
        return f"{f} has no finite value at {share} of the points, for instance at {near(z)}."
    called = call(f_inv.signature, x)
    if np.isnan(w).any():
        return (
            f"{g} does not undo {f} at {share} of the points: {called} is not a number, or raised "
            f"an exception{_said(f_inv)}; it should be {near(z)}."
        )
    return (
        f"{g} does not undo {f} at {share} of the points: {f} sends {near(z)} to {near(x)}, and "
        f"{called} is {near(w)}, {_off(w, z)}."
    )


def _wrong_right(f: str, g: str, trips: RoundTrips, f_inv: Asking) -> str:
    one = clearest(trips.right == Trip.BAD, trips.right_error, trips.x)
    share = percent(float((trips.right == Trip.BAD).mean()))
    return (
        f"{f} does not undo {g} at {share} of the points: {call(f_inv.signature, trips.x[one])} "
        f"is {near(trips.w[one])}, which {f} sends to {near(trips.y[one])}."
    )


def _off(w: Array, z: Array) -> str:
    """The largest difference, with its place where the points are too long to be said."""
    away = np.abs(w - z)
    place = f" in [{int(np.argmax(away))}]" if len(z) > _LONG else ""
    return f"off by {short(away.max())}{place}"


def _said(f_inv: Asking) -> str:
    return f" ({clean(f_inv.complaint).rstrip('.')})" if f_inv.complaint else ""


def _evidence(
    there: RoundTrips, back: RoundTrips, precision: float, spent: int, mistake: str | None
) -> dict[str, JsonValue]:
    return {
        "tolerance": there.tolerance,
        "precision": precision if precision > DOUBLE else DOUBLE,
        "allowed_share": _BAD,
        "undecided_share": number((there.left == Trip.UNDECIDED).mean()),
        "left": _side(there, there.left, there.left_error, "w"),
        "right": _side(back, back.right, back.right_error, "y"),
        "mistake": mistake,
        "method": "round trips at fresh points; rounding told by what f can not tell apart",
        "evaluations": spent,
    }


def _side(
    trips: RoundTrips, state: NDArray[np.int8], error: Array, last: str
) -> dict[str, JsonValue]:
    bad = state == Trip.BAD
    at = trips.z if last == "w" else trips.x
    one = clearest(bad, error, at) if bad.any() else int(np.argmax(error))
    return {
        "points": len(error),
        "bad_share": number(bad.mean()),
        "errors": spread(error),
        "example": {
            "z": numbers(trips.z[one]),
            "x": numbers(trips.x[one]),
            "w": numbers(trips.w[one]),
            **({"y": numbers(trips.y[one])} if last == "y" else {}),
            "error": number(error[one]),
        },
    }
