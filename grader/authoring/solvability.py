"""Whether an exercise can be published: all that is checked of it, one step after the other."""

from __future__ import annotations

import logging
from collections.abc import Iterator

from exercises.authoring.rates import highest_rate
from exercises.catalog.manifest import is_copy
from exercises.exercise import CodeExercise, QuizExercise
from exercises.tables.points import BrokenPoints
from exercises.tables.target import BrokenTarget
from grader.authoring.answers import Tally, check_answers, program
from grader.authoring.bank import check_bank
from grader.authoring.mutation import check_mutants
from grader.authoring.step import Bench, Level, Step, note, problem
from grader.authoring.stray import unknown_files
from grader.authoring.tables import check_tables
from grader.authoring.texts import check_texts
from worker.sandbox.zygote_client import SandboxBroken

log = logging.getLogger(__name__)


def check_exercise(bench: Bench) -> Iterator[Step]:
    """Check one exercise by the code that grades; it may be published if no step is a problem.

    Raises:
        SandboxBroken: the sandbox failed; nothing is known then.
    """
    exercise = bench.exercise
    bench.progress("texts")
    yield from check_texts(exercise)
    if is_copy(exercise.folder):
        yield note("folder", "a student's copy: it has no answers to check")
        return
    yield from unknown_files(exercise)
    reference = exercise.folder / "reference.py"
    unread = program(reference) if reference.is_file() else ""
    if isinstance(unread, Step):
        yield unread
        return
    tables = list(check_tables(exercise))
    yield from tables
    if any(step.level is Level.PROBLEM for step in tables):
        return
    try:
        if isinstance(exercise, QuizExercise):
            yield from check_bank(bench, exercise)
        elif isinstance(exercise, CodeExercise):
            yield from _program(bench, exercise)
    except (BrokenTarget, BrokenPoints) as error:
        yield problem("tables", str(error))


def safely(steps: Iterator[Step]) -> Iterator[Step]:
    """The steps; where a check of ours fails on this exercise, that is its last one.

    Raises:
        SandboxBroken: that would fail on all others, too.
    """
    try:
        yield from steps
    except SandboxBroken:
        raise
    except Exception as error:
        log.debug("the check failed", exc_info=error)
        said = f"the grader failed on this exercise: {type(error).__name__}: {error}"
        yield problem("grader", said)


def _program(bench: Bench, exercise: CodeExercise) -> Iterator[Step]:
    tally = Tally()
    solved = True
    for step in check_answers(bench, exercise, tally):
        solved = solved and not (step.part == "reference.py" and step.level is Level.PROBLEM)
        yield step
    if solved:
        yield from check_mutants(bench, exercise)
    if exercise.graded and tally.gradings:
        yield _rates(tally)


def _rates(tally: Tally) -> Step:
    """How often a right answer fails: what theory says, and what was seen."""
    theory = (
        f"by theory with probability at most {tally.theory:.0e} a grading"
        if tally.theory
        else "by theory never, as no check of it rests on chance"
    )
    highest = highest_rate(tally.failed, tally.gradings)
    return note(
        "error rates",
        f"a right answer fails {theory}; here {tally.failed} of {tally.gradings} did "
        f"(so below {highest:.0%} with 95 % confidence)",
        theory=tally.theory,
        gradings=tally.gradings,
        failed=tally.failed,
    )
