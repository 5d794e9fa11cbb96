"""What one process of a worker grades with: a sandbox of its own and the exercises."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from exercises.catalog.reading import read_catalog
from exercises.exercise import AnyExercise, CodeExercise
from exercises.preview import PreviewResult
from worker.attempt import ExerciseUnavailable
from worker.fingerprints import Fingerprinter
from worker.grading import Graded, grade
from worker.heap import keep_freed_memory
from worker.live_streams import LiveJob
from worker.messages import GradingJob
from worker.preview import preview
from worker.sandbox.sandbox import Sandbox
from worker.versions import SentVersions

_WARM_UP = b"def f(z):\n    return 2 * z + 1\n"


class Equipment:
    """A sandbox and the exercises of a folder."""

    def __init__(self, exercises_dir: Path) -> None:
        """Start the sandbox and read the exercises.

        Raises:
            SandboxBroken: the sandbox does not hold here.
            NotADirectoryError: there is no such folder.
        """
        keep_freed_memory()
        self._exercises_dir = exercises_dir
        self._catalog = read_catalog(exercises_dir)
        self._sent = SentVersions()
        self._sandbox = Sandbox()
        self._fingerprinter = Fingerprinter(self._sandbox)
        self._warm_up()

    def grade(self, job: GradingJob) -> Graded:
        """Grade by the very version of the exercise that the job names.

        Raises:
            ExerciseUnavailable: this worker has another version, or none.
            SandboxBroken: the sandbox failed.
        """
        exercise = self._exercise(job.exercise, job.exercise_version, job.archive)
        return self._fingerprinter.grade(job.source.encode(), exercise, job.seed, job.variant)

    def preview(self, job: LiveJob, is_unwanted: Callable[[], bool]) -> PreviewResult:
        """Run a preview by the very version of the exercise that the job names.

        Args:
            job: what to run.
            is_unwanted: asked while it runs: whether nobody waits for it any more.

        Raises:
            ExerciseUnavailable: this worker has another version, or none, or it is a quiz.
            Cancelled: it became unwanted.
            SandboxBroken: the sandbox failed.
        """
        exercise = self._exercise(job.exercise, job.exercise_version, job.archive)
        if not isinstance(exercise, CodeExercise):
            raise ExerciseUnavailable(f"exercise {job.exercise} is a quiz")
        return preview(job.source.encode(), exercise, job.seed, self._sandbox, is_unwanted)

    def close(self) -> None:
        """End the sandbox."""
        self._sandbox.close()
        self._sent.close()

    def _warm_up(self) -> None:
        """Grade something: the first figure of a process takes ten times as long as the second."""
        programs = (e for e in self._catalog.exercises.values() if isinstance(e, CodeExercise))
        exercise = next(programs, None)
        if exercise is not None:
            grade(_WARM_UP, exercise, 0, self._sandbox)

    def _exercise(self, slug: str, version: str, archive: str = "") -> AnyExercise:
        """This worker's own exercise, or the version that was sent along.

        Args:
            slug: which exercise.
            version: which version.
            archive: the files of that version, as GradingJob has them.

        Raises:
            ExerciseUnavailable: neither is the version that was asked for.
        """
        found = self._sent.get(slug, version) or self._catalog.get(slug)
        if found is not None and found.version == version:
            return found
        if archive:
            return self._sent.unpack(slug, version, archive)
        # It may have been edited since this process started.
        self._catalog = read_catalog(self._exercises_dir)
        found = self._catalog.get(slug)
        if found is None:
            reason = self._catalog.broken.get(slug, "there is none of this name")
            raise ExerciseUnavailable(f"exercise {slug}: {reason}")
        if found.version != version:
            raise ExerciseUnavailable(
                f"exercise {slug}: version {version} was asked for, here is {found.version}"
            )
        return found
