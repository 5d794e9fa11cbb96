"""Builds tables of held-out points: from the reference's own draws and answers, or from data."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from exercises.exercise import CodeExercise, Function
from exercises.numerics.streams import stream
from exercises.oracle import Array, Signature
from exercises.tables.points import HeldOut, at_points, rounded_points, save_points
from exercises.tables.reference import REFERENCE, reference_names
from exercises.tables.target import DATA, read_rows

#: Rows of a table, and the most numbers that the points or the answers of one function may be.
_ROWS, _NUMBERS, _LEAST = 8_192, 2**20, 64


def write_points(exercise: CodeExercise) -> Mapping[str, HeldOut]:
    """Build the exercise's table and write points.npz, byte for byte again.

    reference.py is the course's own code: it runs here, never in the service.

    Raises:
        ValueError: reference.py lacks a function, fails, or answers in a wrong form.
    """
    points = build_points(exercise)
    save_points(exercise.folder, points)
    return points


def build_points(exercise: CodeExercise) -> Mapping[str, HeldOut]:
    """The held-out points of every function that is asked at some, with the reference's answers.

    The points are those that `draw_NAME(rng, n)` of reference.py returns for the function NAME,
    shape (n, inputs), or a pair of them and their labels, 0 or 1. Where there is no such draw they
    are the rows of heldout.csv, for a likelihood; and otherwise Gaussian z, or the reference's x,
    as the function is asked at.

    Raises:
        ValueError: reference.py lacks a function, fails, or answers in a wrong form.
    """
    names = reference_names(exercise.folder)
    return {function.name: _build(exercise, function, names) for function in at_points(exercise)}


def _build(exercise: CodeExercise, function: Function, names: Mapping[str, Any]) -> HeldOut:
    # The seed is fixed: a table is a constant of its exercise, not a draw of a grading.
    rng = stream(0, f"points/{function.name}")
    count = max(_LEAST, _NUMBERS // max(function.inputs, function.signature.columns))
    drawn = _draw(exercise, function, names, rng, min(_ROWS, count))
    inputs, labels = drawn if isinstance(drawn, tuple) else (drawn, None)
    inputs = rounded_points(np.asarray(inputs, dtype=np.float64))
    if inputs.ndim != 2 or inputs.shape[1] != function.inputs or len(inputs) < _LEAST:
        raise ValueError(
            f"the points of {function.name} must have the shape (n, {function.inputs}), "
            f"n at least {_LEAST}, not {inputs.shape}"
        )
    if not np.isfinite(inputs).all():
        raise ValueError(f"the points of {function.name} must be finite numbers")
    outputs = None
    if function.name in names:
        outputs = _answers(names[function.name], function.signature, inputs)
    _complain_of_what_lacks(exercise, function, outputs, labels)
    return HeldOut(inputs, outputs, None if labels is None else _labels(function, inputs, labels))


def _draw(
    exercise: CodeExercise,
    function: Function,
    names: Mapping[str, Any],
    rng: np.random.Generator,
    count: int,
) -> Any:
    draw = names.get(f"draw_{function.name}")
    if callable(draw):
        try:
            return draw(rng, count)
        except Exception as error:  # whatever its author's code raises
            raise ValueError(
                f"draw_{function.name} of {REFERENCE} raised {type(error).__name__}: {error}"
            ) from error
    data = exercise.folder / DATA
    if data.is_file() and _has(exercise, function, "likelihood"):
        rows = read_rows(data)
        return rows[rng.permutation(len(rows))[:count]]
    if function.asked_at == "z":
        return rng.standard_normal((count, function.inputs))
    first = exercise.function
    if function.asked_at == "x" and first.name in names:
        z = rng.standard_normal((count, first.inputs))
        return _answers(names[first.name], first.signature, z)
    raise ValueError(f"{REFERENCE} needs draw_{function.name}(rng, n), which draws its points")


def _complain_of_what_lacks(
    exercise: CodeExercise, function: Function, outputs: Array | None, labels: Any
) -> None:
    name = function.name
    if outputs is None and (_has(exercise, function, "values", "accuracy")):
        raise ValueError(f"{REFERENCE} must define {name}: its answers are the right ones")
    if labels is None and _has(exercise, function, "accuracy"):
        raise ValueError(f"draw_{name} must return a pair: the points, and their labels 0 or 1")
    if outputs is None and any(
        criterion.check == "likelihood" and name in criterion.functions and criterion.full is None
        for criterion in exercise.criteria
    ):
        raise ValueError(
            f"a likelihood needs an end of its scale: {name} in {REFERENCE}, or criteria.full"
        )


def _has(exercise: CodeExercise, function: Function, *checks: str) -> bool:
    return any(
        criterion.check in checks and function.name in criterion.functions
        for criterion in exercise.criteria
    )


def _labels(function: Function, inputs: Array, labels: Any) -> NDArray[np.int8]:
    found = np.asarray(labels)
    if found.shape != (len(inputs),) or not np.isin(found, (0, 1)).all():
        raise ValueError(f"the labels of draw_{function.name} must be 0 or 1, one for each point")
    return found.astype(np.int8)


def _answers(answer: Callable[..., Any], signature: Signature, points: Array) -> Array:
    """The reference's answers, shape (n, columns), one call a point."""
    rows = [_answer(answer, signature, row) for row in points]
    values = np.array(rows, dtype=np.float64)
    if not np.isfinite(values).all():
        row = points[int(np.argmin(np.isfinite(values).all(axis=1)))]
        raise ValueError(f"{signature.name} of {REFERENCE} is not finite at {row[:4].tolist()}")
    return values


def _answer(answer: Callable[..., Any], signature: Signature, row: Array) -> Array:
    try:
        with np.errstate(all="ignore"):
            value = np.asarray(answer(*signature.split(row)), dtype=np.float64)
    except Exception as error:  # whatever its author's code raises
        raise ValueError(
            f"{signature.name} of {REFERENCE} raised {type(error).__name__}: {error} "
            f"at {row[:4].tolist()}"
        ) from error
    if value.size != signature.columns:
        raise ValueError(
            f"{signature.name} of {REFERENCE} returned an array of shape {value.shape}, "
            f"not {signature.columns} numbers"
        )
    return value.reshape(signature.columns)
