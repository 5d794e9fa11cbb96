"""What is built off line from an exercise's files: its tables, and the figures of its questions."""

from __future__ import annotations

from pathlib import Path

from exercises.catalog.reading import read_exercise
from exercises.exercise import CodeExercise
from exercises.quiz.question_figures import build_question_figures
from exercises.tables.points import at_points
from exercises.tables.points_building import write_points
from exercises.tables.target import write_target

#: Criteria that compare with the target law.
_OF_THE_LAW = ("law", "fit")


def needed_tables(exercise: CodeExercise) -> list[str]:
    """The names of the tables without which the exercise can not be graded."""
    law = any(criterion.check in _OF_THE_LAW for criterion in exercise.criteria)
    return ["target.npz"] * law + ["points.npz"] * bool(at_points(exercise))


def build_tables(folder: Path) -> list[str]:
    """Build and write every table, and every figure of a question, that `folder`'s exercise needs.

    Returns:
        A line for each, which names it and says what is in it; none where none is needed.

    Raises:
        BrokenExercise: a file of the exercise is missing or does not say what it should.
        ValueError: the reference, the data or an option's code do not hold what is needed.
    """
    exercise = read_exercise(folder)
    if not isinstance(exercise, CodeExercise):
        return build_question_figures(exercise)
    built = []
    needed = needed_tables(exercise)
    if "target.npz" in needed:
        target = write_target(folder)
        built.append(f"target.npz: largest error of a probability {target.errors.max():.1e}")
    if "points.npz" in needed:
        points = write_points(exercise)
        each = ", ".join(f"{len(part.inputs):,} points of {name}" for name, part in points.items())
        built.append(f"points.npz: {each}")
    return built
