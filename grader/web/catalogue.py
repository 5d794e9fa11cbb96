"""The exercises as a student finds them: by the parts of the course, each with its neighbours."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import ngettext

from exercises.exercise import AnyExercise, QuizExercise


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the course."""

    #: "" for the exercises that name no part.
    title: str
    exercises: tuple[AnyExercise, ...]


@dataclass(frozen=True, slots=True)
class Neighbours:
    """What comes before and after an exercise, in the order of the course."""

    before: AnyExercise | None
    after: AnyExercise | None


def parts(exercises: Iterable[AnyExercise]) -> list[Part]:
    """The exercises by part, each part where its first exercise stands; those without one last."""
    found: dict[str, list[AnyExercise]] = {}
    for exercise in exercises:
        found.setdefault(exercise.part, []).append(exercise)
    rest = found.pop("", [])
    listed = [Part(title, tuple(members)) for title, members in found.items()]
    return [*listed, Part("", tuple(rest))] if rest else listed


def neighbours(slug: str, exercises: Mapping[str, AnyExercise]) -> Neighbours:
    """The neighbours of the exercise of this slug."""
    order = [exercise for part in parts(exercises.values()) for exercise in part.exercises]
    at = [exercise.slug for exercise in order].index(slug)
    return Neighbours(
        order[at - 1] if at > 0 else None, order[at + 1] if at + 1 < len(order) else None
    )


def kind_words(exercise: AnyExercise) -> str:
    """What is to be done: write code, or answer so many questions."""
    if not isinstance(exercise, QuizExercise):
        return str(_("Code"))
    count = exercise.quiz.draw or len(exercise.questions)
    return str(ngettext("Quiz, one question", "Quiz, %(num)s questions", count))
