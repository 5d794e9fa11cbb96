"""One thing that was checked of an exercise, and what came of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from exercises.exercise import AnyExercise
from worker.sandbox.sandbox import Sandbox


class Level(StrEnum):
    """Whether an author has to do something."""

    OK = "ok"
    #: To know; nothing has to be done.
    NOTE = "note"
    #: The exercise should not be published so.
    PROBLEM = "problem"


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that was checked."""

    #: What was looked at: a file of the folder, or a word such as mutants.
    part: str
    level: Level
    #: A sentence, or a list of them, without a full stop.
    message: str
    #: What the sentence counts, for programs.
    numbers: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Bench:
    """What the checks of one exercise work with."""

    exercise: AnyExercise
    sandbox: Sandbox
    #: Each program that must pass is graded with each of these.
    seeds: tuple[int, ...]
    #: Mutants of the reference, at most; 0: none, and no near misses.
    mutants: int
    #: Told what is done next, in a few words.
    progress: Callable[[str], None]


def ok(part: str, message: str, **numbers: float) -> Step:
    """Something is as it should be."""
    return Step(part, Level.OK, message, numbers)


def note(part: str, message: str, **numbers: float) -> Step:
    """Something to know."""
    return Step(part, Level.NOTE, message, numbers)


def problem(part: str, message: str, **numbers: float) -> Step:
    """Something that has to be mended."""
    return Step(part, Level.PROBLEM, message, numbers)
