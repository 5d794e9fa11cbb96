"""One replay: the numbers of a finding, and the code that shows them once more."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import JsonValue

from exercises.criteria import AnyCriterion
from exercises.exercise import CodeExercise, Function
from grader.replay.writing import arguments, read_numbers

Evidence = Mapping[str, JsonValue]


@dataclass(frozen=True, slots=True)
class Replay:
    """What stands behind a finding."""

    #: Expressions with their values, each as text; both are the same in every language.
    numbers: tuple[tuple[str, str], ...]
    #: Python to paste below the code, which may use the file's name but no file of ours.
    code: str


@dataclass(frozen=True, slots=True)
class Clue:
    """A finding's evidence with what is known of where it comes from."""

    evidence: Evidence
    exercise: CodeExercise
    #: The rubric's line; None for a check that every exercise has.
    criterion: AnyCriterion | None
    #: The name of the file that the code is kept in.
    file: str

    @property
    def function(self) -> Function:
        """The function that the evidence names, else the first."""
        named = self.evidence.get("function")
        listed = {function.name: function for function in self.exercise.functions}
        return listed.get(str(named), self.exercise.function)

    def at(self, function: Function, key: str) -> list[str] | None:
        """The arguments of the function's call at a point of the evidence, as Python."""
        point = read_numbers(self.evidence.get(key))
        return None if point is None else arguments(function.signature, point)


def program(*lines: str) -> str:
    """A program that begins by importing numpy."""
    return "\n".join(("import numpy as np", "", *lines)) + "\n"
