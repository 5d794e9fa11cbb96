"""Shows that no other option of a question could be the one that its figure shows."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial

import numpy as np

from exercises.checks.law import check_law
from exercises.criteria import Law
from exercises.exercise import Exercise, QuizExercise
from exercises.oracle import Answer, Array, Oracle
from exercises.quiz.option_code import image
from exercises.quiz.questions import Option, Question
from exercises.tables.target_building import build_from_image

#: The table of the plotted law is built from two points in each of so many cells: a sixteenth of
#: an exercise's, as two options that differ so little would be no question.
_CELLS = (128, 256)
_SEED = 0


@dataclass(frozen=True, slots=True)
class Distractor:
    """An option beside the one that is plotted."""

    question: str
    option: str
    #: How far its law is from the plotted one, as partial credit measures it; NaN: not measured.
    distance: float
    #: Whether the judge proves that the two laws differ, at the level at which answers fail.
    differs: bool


def distractor_laws(exercise: Exercise) -> list[Distractor]:
    """Judge every other option with code of each question with a figure, as answers are judged.

    An option whose law is not proved to be another one makes the question unfair.

    Raises:
        ValueError: the code of an option does not run or answer; the message names it.
    """
    if not isinstance(exercise, QuizExercise):
        return []
    return [
        distractor
        for question in exercise.questions
        if question.plots is not None
        for distractor in _judged(question)
    ]


def _judged(question: Question) -> Iterator[Distractor]:
    plotted = next(option for option in question.options if option.id == question.plots)
    target = build_from_image(partial(_finite_image, question, plotted), {}, _CELLS)
    for option in question.options:
        if option is plotted or not option.code:
            continue
        finding = check_law(_Program(question, option), Law(points=1), target, _SEED)
        measured = finding.evidence["distance"]
        yield Distractor(
            question.id,
            option.id,
            float(measured) if isinstance(measured, int | float | str) else np.nan,
            finding.evidence["verdict"] == "wrong",
        )


def _finite_image(question: Question, option: Option, z: Array) -> Array:
    x = image(question, option, z)
    if not np.isfinite(x).all():
        raise ValueError(f"{question.id}, option {option.id}: what is plotted must be finite")
    return x


class _Program:
    """The oracle of an option's code, which is the course's own: it runs in this process."""

    def __init__(self, question: Question, option: Option) -> None:
        self._question, self._option = question, option
        self.evaluations = 0

    def evaluate(self, points: Array, *, function: str = "f", tolerant: bool = False) -> Answer:
        """As the protocol says; an f that raises is the author's error."""
        self.evaluations += len(points)
        return Answer(image(self._question, self._option, points))

    def stop_lifting(self) -> None:
        """It never lifts."""

    @contextmanager
    def fresh(self) -> Iterator[Oracle]:
        """The same code, run anew at each batch anyway."""
        yield self
