"""A place where another platform grades: the exercise and what was handed in, as files there."""

from __future__ import annotations

import secrets
from pathlib import Path

from exercises.catalog.reading import read_catalog
from exercises.exercise import CodeExercise
from worker.source import SOURCE_BYTES


class BadHandIn(Exception):
    """What was handed in is no program that could be graded; the message is for the student."""


class BrokenPlace(Exception):
    """The package is not as it was made, which is no fault of the student's."""


def the_exercise(folder: Path) -> CodeExercise:
    """The one exercise in a folder of exercises.

    Raises:
        BrokenPlace: there is none, or another number of them, or it is a quiz.
    """
    catalog = read_catalog(folder) if folder.is_dir() else None
    if catalog is None or len(catalog.exercises) != 1:
        why = "; ".join(catalog.broken.values()) if catalog is not None else ""
        raise BrokenPlace(f"{folder} should hold one exercise. {why}".rstrip())
    (exercise,) = catalog.exercises.values()
    if not isinstance(exercise, CodeExercise):
        raise BrokenPlace(f"{exercise.slug} is a quiz, which is answered on its own pages.")
    return exercise


def handed_in(folder: Path) -> bytes:
    """The program that was handed in: the one file of Python in a folder, or in a folder of it.

    Raises:
        BadHandIn: there is none, or there are several.
    """
    found = sorted(
        path
        for path in folder.rglob("*.py")
        # What an archive of macOS carries beside each file.
        if path.is_file() and not path.is_symlink() and not path.name.startswith(".")
    )
    if not found:
        others = sorted(path.name for path in folder.rglob("*") if path.is_file())
        said = f" There is {', '.join(others[:5])}." if others else ""
        raise BadHandIn(f"Hand in one file of Python, with a name that ends in .py.{said}")
    if len(found) > 1:
        names = ", ".join(str(path.relative_to(folder)) for path in found[:5])
        raise BadHandIn(f"Hand in one file of Python only; there are {len(found)}: {names}.")
    with found[0].open("rb") as file:
        # One byte more than is graded: the judge says that it is too long.
        return file.read(SOURCE_BYTES + 1)


def seed_of(exercise: CodeExercise) -> int:
    """The seed of one grading: the exercise's own, or a fresh one."""
    return secrets.randbelow(2**53) if exercise.seed is None else exercise.seed
