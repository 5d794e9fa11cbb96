"""Files of an exercise that nothing looks at, though their author may think so."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from pathlib import PurePosixPath

from exercises.catalog.manifest import files
from exercises.exercise import AnyExercise, CodeExercise
from grader.authoring.step import Step, note

#: What a folder may hold, by name.
_FILES = ("exercise.toml", "statement.md", "reading.md")
_OF_PROGRAMS = ("starter.py", "reference.py", "target.npz", "points.npz", "heldout.csv")
_OF_QUIZZES = ("questions.toml",)
_FOLDERS = ("alternatives", "mistakes", "gallery", "figures")
#: Names that are so alike are taken for slips.
_ALIKE = 0.7
_QUIZ = "is a quiz"


def unknown_files(exercise: AnyExercise) -> Iterator[Step]:
    """A note for each file that is most likely in the wrong place or has the wrong name.

    An author's own notes, pictures and scripts are none of them.
    """
    for name in files(exercise.folder):
        path = PurePosixPath(name)
        why = _in_folder(exercise, path) if len(path.parts) > 1 else _beside(exercise, name)
        if why is not None:
            yield note(name, why)


def _beside(exercise: AnyExercise, name: str) -> str | None:
    program = isinstance(exercise, CodeExercise)
    own, other = (_OF_PROGRAMS, _OF_QUIZZES) if program else (_OF_QUIZZES, _OF_PROGRAMS)
    if name in other:
        return f"nothing looks at it: the exercise {'asks for a program' if program else _QUIZ}"
    data = exercise.data if isinstance(exercise, CodeExercise) else ()
    if name in _FILES or name in own or name in data:
        return None
    return _meant(name, (*_FILES, *own))


def _in_folder(exercise: AnyExercise, path: PurePosixPath) -> str | None:
    folder = path.parts[0]
    if folder not in _FOLDERS:
        return _meant(folder, _FOLDERS)
    if folder == "figures":
        return None
    if not isinstance(exercise, CodeExercise):
        return f"nothing looks at it: the exercise {_QUIZ}"
    if len(path.parts) > 2 or path.suffix != ".py":
        return f"nothing looks at it: {folder}/ is for files that end with .py"
    if folder == "gallery" and path.name not in [sketch.file for sketch in exercise.gallery]:
        return "nothing shows it: exercise.toml lists no such sketch under gallery"
    return None


def _meant(name: str, known: tuple[str, ...]) -> str | None:
    near = difflib.get_close_matches(name, known, n=1, cutoff=_ALIKE)
    return f"nothing looks at it; did you mean {near[0]}?" if near else None
