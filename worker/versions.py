"""Versions of exercises that were sent along with a job, as this worker lacks them."""

from __future__ import annotations

import base64
import binascii
import shutil
import tempfile
from pathlib import Path

from exercises.catalog.bundle import unpack
from exercises.catalog.reading import BrokenExercise, read_exercise
from exercises.exercise import AnyExercise
from worker.attempt import ExerciseUnavailable

#: So many are kept at once; after an upgrade a few old versions are asked for, again and again.
_MOST = 4


class SentVersions:
    """Unpacks versions into a folder of this process's own, which goes with it."""

    def __init__(self) -> None:
        self._folder: Path | None = None
        #: The one that was used last is the last.
        self._found: dict[tuple[str, str], AnyExercise] = {}

    def get(self, slug: str, version: str) -> AnyExercise | None:
        """A version that was sent before, or None."""
        found = self._found.pop((slug, version), None)
        if found is not None:
            self._found[slug, version] = found
        return found

    def unpack(self, slug: str, version: str, archive: str) -> AnyExercise:
        """Read an exercise from its archive, a zip in base64.

        Raises:
            ExerciseUnavailable: it does not hold the exercise in this version.
        """
        if self._folder is None:
            self._folder = Path(tempfile.mkdtemp(prefix="pushforward-versions-"))
        folder = self._folder / version / slug
        shutil.rmtree(folder, ignore_errors=True)
        try:
            unpack(base64.b64decode(archive, validate=True), folder)
            exercise = read_exercise(folder)
        except (binascii.Error, ValueError, OSError, BrokenExercise) as error:
            raise ExerciseUnavailable(f"exercise {slug}: what was sent: {error}") from error
        if exercise.version != version:
            raise ExerciseUnavailable(
                f"exercise {slug}: version {version} was asked for, {exercise.version} was sent"
            )
        self._found[slug, version] = exercise
        while len(self._found) > _MOST:
            oldest = next(iter(self._found))
            del self._found[oldest]
            shutil.rmtree(self._folder / oldest[1] / oldest[0], ignore_errors=True)
        return exercise

    def close(self) -> None:
        """Remove what was unpacked."""
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None
        self._found.clear()
