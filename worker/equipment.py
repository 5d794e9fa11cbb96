"""What one process of a worker grades with: a sandbox of its own and the exercises."""

from __future__ import annotations

from pathlib import Path

from exercises.catalog import read_catalog
from exercises.exercise import Exercise
from worker.grading import Graded, grade
from worker.messages import Assignment
from worker.sandbox.sandbox import Sandbox

_WARM_UP = b"def f(z):\n    return 2 * z + 1\n"


class ExerciseUnavailable(Exception):
    """This worker does not have the exercise in the version that was asked for."""


class Equipment:
    """A sandbox and the exercises of a folder."""

    def __init__(self, exercises_dir: Path) -> None:
        """Start the sandbox and read the exercises.

        Raises:
            SandboxBroken: the sandbox does not hold here.
            NotADirectoryError: there is no such folder.
        """
        self._exercises_dir = exercises_dir
        self._catalog = read_catalog(exercises_dir)
        self._sandbox = Sandbox()
        self._warm_up()

    def grade(self, assignment: Assignment) -> Graded:
        """Grade by the very version of the exercise that the assignment names.

        Raises:
            ExerciseUnavailable: this worker has another version, or none.
            SandboxBroken: the sandbox failed.
        """
        exercise = self._exercise(assignment.exercise, assignment.exercise_version)
        return grade(assignment.source.encode(), exercise, assignment.seed, self._sandbox)

    def close(self) -> None:
        """End the sandbox."""
        self._sandbox.close()

    def _warm_up(self) -> None:
        """Grade something: the first figure of a process takes ten times as long as the second."""
        exercise = next(iter(self._catalog.exercises.values()), None)
        if exercise is not None:
            grade(_WARM_UP, exercise, 0, self._sandbox)

    def _exercise(self, slug: str, version: str) -> Exercise:
        exercise = self._catalog.get(slug)
        if exercise is None or exercise.version != version:
            # It may have been edited since this process started.
            self._catalog = read_catalog(self._exercises_dir)
            exercise = self._catalog.get(slug)
        if exercise is None:
            reason = self._catalog.broken.get(slug, "there is none of this name")
            raise ExerciseUnavailable(f"exercise {slug}: {reason}")
        if exercise.version != version:
            raise ExerciseUnavailable(
                f"exercise {slug}: version {version} was asked for, here is {exercise.version}"
            )
        return exercise
