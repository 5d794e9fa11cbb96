"""Copies of an exercise as zip archives: the whole of a version, a worker's part, a student's."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from exercises.catalog.manifest import (
    MANIFEST,
    data_names,
    digests,
    files,
    is_copy,
    is_public,
    version_of,
    written,
)
from exercises.exercise import AnyExercise, CodeExercise, QuizExercise
from exercises.tables.points import at_points

#: What grading does not read; the rest of a version goes to a worker that lacks it.
_NOT_READ = ("alternatives/", "mistakes/", "reference.py", "heldout.csv")
#: The most that an archive may hold, unpacked.
LARGEST = 64 * 2**20
#: Every entry's moment, so that the same files are the same archive.
_MOMENT = (1980, 1, 1, 0, 0, 0)


class ChangedExercise(Exception):
    """The folder's files are no longer those of the exercise that was read from it."""


def archive(exercise: AnyExercise) -> bytes:
    """All files of this version, with the answers: for the store, never for students.

    Raises:
        ChangedExercise: the files have changed since the exercise was read.
    """
    contents, listed = _read(exercise)
    return _zipped(contents | {MANIFEST: written(listed)})


def student_copy(exercise: AnyExercise) -> bytes:
    """What a student needs to repeat a grade offline, under a folder of the exercise's name.

    It holds no reference, no mistakes, no answers of a quiz and no held-out points; why_not_offline
    says which exercises can't be graded by it.

    Raises:
        ChangedExercise: the files have changed since the exercise was read.
    """
    contents, listed = _read(exercise)
    data = data_names(exercise.folder)
    kept = {name: content for name, content in contents.items() if is_public(name, data)}
    kept[MANIFEST] = written(listed)
    return _zipped({f"{exercise.slug}/{name}": content for name, content in kept.items()})


def grading_copy(whole: bytes) -> bytes:
    """The part of an `archive` that grading reads; its manifest keeps the version."""
    with zipfile.ZipFile(io.BytesIO(whole)) as opened:
        return _zipped(
            {
                name: opened.read(name)
                for name in opened.namelist()
                if not name.startswith(_NOT_READ)
            }
        )


def unpack(packed: bytes, folder: Path) -> None:
    """Write an archive's files into `folder`.

    Raises:
        ValueError: it is no archive of ours: a name leads out of the folder, or it is too large.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(packed)) as opened:
            entries = [entry for entry in opened.infolist() if not entry.is_dir()]
            if sum(entry.file_size for entry in entries) > LARGEST:
                raise ValueError(f"the archive holds more than {LARGEST} bytes")
            for entry in entries:
                path = PurePosixPath(entry.filename)
                if path.is_absolute() or ".." in path.parts or "\\" in entry.filename:
                    raise ValueError(f"{entry.filename!r} leads out of the folder")
                (folder / path).parent.mkdir(parents=True, exist_ok=True)
                (folder / path).write_bytes(opened.read(entry))
    except (zipfile.BadZipFile, EOFError, NotImplementedError) as error:
        raise ValueError(f"not an archive: {error}") from error


def why_not_offline(exercise: AnyExercise) -> str | None:
    """Why a student's copy does not repeat a grade of this exercise, in a sentence; or None."""
    if isinstance(exercise, QuizExercise):
        return "It is a quiz: its answers stay with the service, which alone can mark it."
    if at_points(exercise):
        return (
            "It is judged at held-out points: these and the reference's answers at them stay with "
            "the service, which alone can grade it."
        )
    return None


def lacks_points(exercise: AnyExercise) -> bool:
    """Whether this is a copy without the held-out points that its grading would need."""
    return (
        isinstance(exercise, CodeExercise)
        and is_copy(exercise.folder)
        and bool(at_points(exercise))
        and not (exercise.folder / "points.npz").is_file()
    )


def _read(exercise: AnyExercise) -> tuple[dict[str, bytes], dict[str, str]]:
    """The contents of the folder's files, and the digests of all files of the version."""
    contents = {name: path.read_bytes() for name, path in files(exercise.folder).items()}
    listed = digests(exercise.folder)
    if version_of(listed) != exercise.version:
        raise ChangedExercise(f"the files of {exercise.slug} have changed since they were read")
    return {name: content for name, content in contents.items() if name in listed}, listed


def _zipped(contents: Mapping[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as packed:
        for name, content in sorted(contents.items()):
            entry = zipfile.ZipInfo(name, _MOMENT)
            entry.external_attr = 0o644 << 16
            packed.writestr(entry, content, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()
