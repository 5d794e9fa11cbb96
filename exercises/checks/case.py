"""What a check of a criterion works with: the exercise, the oracle, and what was drawn already."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from exercises.checks.effort import FULL, Effort
from exercises.criteria import AnyCriterion
from exercises.exercise import CodeExercise, Function
from exercises.numerics.streams import stream
from exercises.oracle import Array, Oracle
from exercises.report import Finding
from exercises.tables.points import held_out

#: Points at which the form of a function's answers is looked at; of the first, the figure's.
_POINTS = 1024
#: And no more numbers than these in one batch: a point may be an image.
_NUMBERS = 2**21


@dataclass(frozen=True, slots=True)
class Drawn:
    """The points at which the form of a function's answers was looked at, and the answers."""

    #: Shape (n, inputs).
    points: Array
    #: Shape (n, columns); rows may be NaN.
    values: Array
    #: Whether the function was called once for all of them.
    lifted: bool = False


@dataclass(frozen=True, slots=True)
class Case:
    """One submission before the checks of the criteria: its functions ran, and are pure."""

    exercise: CodeExercise
    oracle: Oracle
    seed: int
    #: By function.
    drawn: Mapping[str, Drawn]
    #: What the criteria before this one found; the judge adds to it.
    earlier: list[tuple[AnyCriterion, Finding]] = field(default_factory=list)
    effort: Effort = FULL


def points_of(
    function: Function,
    exercise: CodeExercise,
    seed: int,
    drawn: Mapping[str, Drawn],
    effort: Effort = FULL,
) -> Array:
    """The points at which `function` is asked first, shape (n, inputs).

    Args:
        function: one of the exercise's.
        exercise: whose first function's draw is that of the figure.
        seed: of the grading.
        drawn: what the functions before it were asked, and answered.
        effort: whether held-out points may be shown to the submission.

    Raises:
        BrokenPoints: the exercise's table of held-out points is missing or stale (our failure).
    """
    most = max(16, _NUMBERS // max(function.inputs, function.signature.columns))
    if function is exercise.function and function.asked_at == "z":
        count = min(exercise.samples, most)
        return stream(seed, "figure").standard_normal((count, function.inputs))
    count = min(_POINTS, most)
    rng = stream(seed, f"asked/{function.name}")
    if function.asked_at == "points":
        inputs = held_out(exercise, function.name).inputs
        if not effort.at_held_out:
            return _like(inputs, count, rng)
        return inputs[rng.permutation(len(inputs))[:count]]
    if function.asked_at == "x":
        x = drawn[exercise.function.name].values
        finite = np.ascontiguousarray(x[np.isfinite(x).all(axis=1)][:count])
        return finite if len(finite) else np.zeros((1, function.inputs))
    return rng.standard_normal((count, function.inputs))


def _like(points: Array, count: int, rng: np.random.Generator) -> Array:
    """Other points where these may lie, shape (count, inputs), which tell none of them.

    Each coordinate by itself is even over the middle nine tenths of its values, and whole where all
    of them are: a time stays between 0 and 1, a class a class.
    """
    low, high = np.quantile(points, (0.05, 0.95), axis=0)
    drawn: Array = low + (high - low) * rng.random((count, points.shape[1]))
    whole = (points == np.round(points)).all(axis=0)
    drawn[:, whole] = np.round(drawn[:, whole])
    return drawn
