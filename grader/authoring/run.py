"""Checks one exercise after the other, in one sandbox, and prints as it goes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from exercises.catalog.reading import BrokenExercise, read_exercise
from exercises.exercise import AnyExercise
from grader.authoring.printing import Printer
from grader.authoring.solvability import check_exercise, safely
from grader.authoring.step import Bench
from worker.sandbox.sandbox import Sandbox


def check_all(
    folders: Sequence[Path], sandbox: Sandbox, *, seeds: int, mutants: int, as_json: bool
) -> bool:
    """Check the exercises in these folders. Returns whether all can be published.

    Args:
        folders: each of one exercise.
        sandbox: where all programs run.
        seeds: how many each right answer is graded with.
        mutants: changed references of each exercise, at most; 0: none, and no near misses.
        as_json: whether to print one JSON object a line instead of text.

    Raises:
        SandboxBroken: the sandbox failed; what was not printed is not known.
    """
    printer = Printer(as_json=as_json)
    bad = []
    for folder in folders:
        try:
            exercise = read_exercise(folder)
        except BrokenExercise as error:
            printer.broken(folder.name, str(error))
            bad.append(folder.name)
            continue
        printer.begin(exercise)
        bench = Bench(exercise, sandbox, _seeds(exercise, seeds), mutants, printer.progress)
        for step in safely(check_exercise(bench)):
            printer.step(step)
        if not printer.end():
            bad.append(folder.name)
    printer.total(len(folders), bad)
    return not bad


def _seeds(exercise: AnyExercise, count: int) -> tuple[int, ...]:
    """The seeds to grade with: the exercise's own where it has one."""
    if exercise.seed is not None:
        return (exercise.seed,)
    return tuple(range(1, count + 1))
