"""The check of values: the function's answers are the reference's at points nobody has seen."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from pydantic import JsonValue

from exercises.checks.agreement import credit, finding
from exercises.checks.case import Case
from exercises.checks.evidence import apart, near, number, numbers, percent
from exercises.checks.example import clearest
from exercises.checks.exchanged import slip_in_arguments
from exercises.checks.held_out import Asked, ask_held_out, joined
from exercises.checks.slips import Slip, slip_in_values
from exercises.criteria import Values
from exercises.oracle import Array
from exercises.report import Finding, Status
from exercises.tables.points import BrokenPoints

#: Held-out points that are asked. A function that is wrong on 2 % of them passes with probability
#: 0.0002: 20 or fewer of 2,048 where 41 are expected.
_POINTS = 2_048
#: Wrong answers that are forgiven: one in a hundred, so that a point on a kink fails nobody.
_FORGIVEN = 100
#: From this error on, over 1 + the right value's size, a value earns nothing.
_NOTHING = 0.1
#: Values are near when nine of ten are no further off than this.
_NEAR = 1e-2
#: An answer of so many numbers is shown whole.
_SHOWN = 4


def check_values(case: Case, criterion: Values) -> Finding:
    """Judge the function's values at held-out points against the reference's.

    A value is right when no entry of it is further from the reference's than the tolerance times
    1 + the largest entry of the reference's; so many of them have to be right that only a kink is
    forgiven. What fails earns credit for its right values, and some for those that are near.

    Raises:
        Stopped: the submission ended.
        BrokenPoints: the table is missing or stale (our failure).
    """
    asked = ask_held_out(case, criterion.function, _POINTS)
    right = asked.right.outputs
    if right is None:
        raise BrokenPoints(f"{case.exercise.slug}/points.npz has no values of {criterion.function}")
    errors = relative_errors(asked.values, right)
    hits = errors <= criterion.tolerance
    passed = int((~hits).sum()) <= max(1, len(hits) // _FORGIVEN)
    share = float(hits.mean())
    slip = None if passed else _slip(case, criterion, asked, right)
    return finding(
        "values",
        Status.PASSED if passed else Status.FAILED,
        criterion.points,
        _share(errors, right, criterion.tolerance),
        _message(asked, right, errors, hits, criterion, slip, passed=passed),
        {
            "function": criterion.function,
            "verdict": "right" if passed else "wrong",
            "mistake": slip.name if slip else None,
            **_evidence(asked, right, errors, share, criterion),
        },
    )


def relative_errors(values: Array, right: Array) -> Array:
    """The largest difference in each row over 1 + the row's largest right entry; inf for NaN.

    Args:
        values: shape (n, columns).
        right: the same shape, finite.
    """
    with np.errstate(all="ignore"):
        errors = np.abs(values - right).max(axis=1) / (1 + np.abs(right).max(axis=1))
    return np.where(np.isnan(errors), np.inf, errors)


def _share(errors: Array, right: Array, tolerance: float) -> float:
    """What all points earn on average, counted from what the best constant answer would earn.

    A point earns all within the tolerance and nothing from a tenth on, logarithmic between.
    """
    nothing = max(_NOTHING, 10 * tolerance)
    mine = float(credit(errors, tolerance, nothing).mean())
    free = max(
        float(credit(relative_errors(constant[None, :], right), tolerance, nothing).mean())
        for constant in (np.median(right, axis=0), _commonest(right, tolerance))
    )
    return max(0.0, (mine - free) / (1 - free)) if free < 1 else mine


def _commonest(right: Array, tolerance: float) -> Array:
    cells = np.rint(right / (2 * tolerance))
    _, first, counts = np.unique(cells, axis=0, return_index=True, return_counts=True)
    return np.asarray(right[first[counts.argmax()]])


def _slip(case: Case, criterion: Values, asked: Asked, right: Array) -> Slip | None:
    """The one usual mistake that explains all differences, where there is one."""
    tolerance = criterion.tolerance
    slip = slip_in_values(asked.values, right, tolerance)
    if slip is not None:
        return slip

    def ask(points: Array) -> Array:
        return case.oracle.evaluate(points, function=criterion.function, tolerant=True).values

    return slip_in_arguments(asked.function.signature, asked.right.inputs, right, tolerance, ask)


def _message(
    asked: Asked,
    right: Array,
    errors: Array,
    hits: NDArray[np.bool_],
    criterion: Values,
    slip: Slip | None,
    *,
    passed: bool,
) -> str:
    name, count = criterion.function, len(hits)
    row = _row(asked, errors, hits)
    if hits.all():
        return f"{name} has the right value at each of {count:,} held-out points."
    part = percent(float(hits.mean())) if hits.any() else "none"
    result = f"{name} has the right value at {part} of {count:,} held-out points"
    if passed:
        return f"{result}, which is enough. {_example(asked, right, row)}"
    return joined(
        [
            f"{result}.",
            _example(asked, right, row),
            asked.lost,
            slip.sentence if slip else _nearness(errors, criterion.tolerance),
        ]
    )


def _row(asked: Asked, errors: Array, hits: NDArray[np.bool_]) -> int:
    """The point to show; where all are right, that of the largest error."""
    if hits.all():
        return int(np.argmax(errors))
    return clearest(~hits, errors, asked.right.inputs)


def _example(asked: Asked, right: Array, row: int) -> str:
    """The value at one point, beside the right one."""
    got, wanted = asked.values[row], right[row]
    if not np.isfinite(got).all():
        return f"{asked.call(row)} is {near(got)}; the right value is {near(wanted)}."
    entry = int(np.argmax(np.abs(got - wanted)))
    if len(got) == 1:
        texts = apart(got[0], wanted[0])
        return f"{asked.call(row)} is {texts[0]}; the right value is {texts[1]}."
    if len(got) <= _SHOWN:
        pairs = [apart(a, b) for a, b in zip(got, wanted, strict=True)]
        mine, theirs = (", ".join(column) for column in zip(*pairs, strict=True))
        return f"{asked.call(row)} is ({mine}); the right value is ({theirs})."
    texts = apart(got[entry], wanted[entry])
    return f"Entry {entry} of {asked.call(row)} is {texts[0]}; the right value of it is {texts[1]}."


def _nearness(errors: Array, tolerance: float) -> str:
    if np.quantile(errors, 0.9, method="higher") > _NEAR:  # some errors are infinite
        return ""
    return (
        f"The values are near, half of them within {np.median(errors):.1g} of the right "
        f"ones, but {tolerance:g} is asked for: look for a rounded constant, an approximation such "
        "as a difference in place of a derivative, or float32."
    )


def _evidence(
    asked: Asked, right: Array, errors: Array, share: float, criterion: Values
) -> dict[str, JsonValue]:
    row = _row(asked, errors, errors <= criterion.tolerance)
    return {
        "points": len(errors),
        "share": share,
        "tolerance": criterion.tolerance,
        "not_finite": int((~asked.finite).sum()),
        "error_median": number(np.median(errors)),
        "error_99": number(np.quantile(errors, 0.99, method="higher")),
        "error_largest": number(errors.max()),
        "point": numbers(asked.right.inputs[row]),
        "value": numbers(asked.values[row]),
        "right": numbers(right[row]),
    }
