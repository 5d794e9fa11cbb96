"""The catalogue: reads exercises from their folders and says what is wrong with broken ones."""

from __future__ import annotations

import re
import stat
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from pydantic import ValidationError

from exercises.catalog.complaints import DERIVED, complaints, not_utf8
from exercises.catalog.manifest import BrokenManifest, digests, is_copy, version_of
from exercises.catalog.material import missing_material
from exercises.exercise import AnyExercise, CodeExercise, QuizExercise

#: The exercises that come with the product.
COURSE = Path(__file__).parents[1] / "course"

_KINDS: Mapping[str, type[AnyExercise]] = MappingProxyType(
    {"code": CodeExercise, "quiz": QuizExercise}
)


#: A folder with one of these is meant as an exercise: what it lacks is said, and not passed over.
MARKS = ("exercise.toml", "statement.md", "starter.py", "reference.py", "questions.toml")
_EITHER = " or ".join(f'"{kind}"' for kind in _KINDS)
#: Bytes of a text that is read whole, and shown; the longest of the course has 7,500.
_LONGEST = 512 * 1024
#: Where tomllib says that an error is.
_AT = re.compile(r"^(?P<what>.*) \(at (?P<where>.+)\)$", re.DOTALL)


class BrokenExercise(Exception):
    """An exercise's folder does not hold what it should; the message names file and key."""


@dataclass(frozen=True, slots=True)
class Catalog:
    """The exercises of one folder, by slug."""

    exercises: Mapping[str, AnyExercise]
    #: Slug to what is wrong: such an exercise is not served, the others are.
    broken: Mapping[str, str]

    def __getitem__(self, slug: str) -> AnyExercise:
        return self.exercises[slug]

    def get(self, slug: str) -> AnyExercise | None:
        """The exercise of this slug, or None."""
        return self.exercises.get(slug)


def read_catalog(folder: Path = COURSE) -> Catalog:
    """Read every exercise under `folder`, in the order that they name, then of their slugs.

    Raises:
        NotADirectoryError: there is no such folder.
    """
    if not folder.is_dir():
        raise NotADirectoryError(f"there is no folder of exercises at {folder}")
    exercises: dict[str, AnyExercise] = {}
    broken: dict[str, str] = {}
    for path in sorted(folder.iterdir()):
        if not any((path / name).exists() for name in MARKS):
            continue
        try:
            exercise = read_exercise(path)
            missing = missing_material(exercise)
            if missing is not None:
                raise BrokenExercise(missing)
            exercises[path.name] = exercise
        except BrokenExercise as error:
            broken[path.name] = str(error)
    ordered = sorted(exercises.values(), key=lambda exercise: (exercise.order, exercise.slug))
    return Catalog({exercise.slug: exercise for exercise in ordered}, broken)


def read_exercise(folder: Path) -> AnyExercise:
    """Read one exercise.

    Raises:
        BrokenExercise: a file is missing or does not say what it should.
    """
    fields = _table(folder / "exercise.toml")
    kind = fields.setdefault("kind", "code")
    if kind not in _KINDS:
        raise _broken(folder / "exercise.toml", f"kind: must be {_EITHER}, not {kind!r}")
    reserved = DERIVED & fields.keys()
    if reserved:
        raise _broken(
            folder / "exercise.toml",
            f"{', '.join(sorted(reserved))}: not a key of this file: it follows from the folder",
        )
    derived = {
        "slug": folder.name,
        "version": digest(folder),
        "statement": _statement(folder / "statement.md"),
        "reading": _text(folder / "reading.md", missing=""),
        "folder": folder,
    }
    derived |= {"starter": _text(folder / "starter.py")} if kind == "code" else _bank(folder)
    try:
        return _KINDS[kind].model_validate(fields | derived)
    except ValidationError as error:
        said = complaints(folder.name, _KINDS[kind], fields | derived, error)
        raise BrokenExercise("; ".join(said)) from error


def _statement(path: Path) -> str:
    text = _text(path)
    if not text.strip():
        raise _broken(path, "it says nothing: write what is asked")
    return text


def _bank(folder: Path) -> dict[str, Any]:
    """The questions of a quiz, with their answers.

    Raises:
        BrokenExercise: there are none, as in a student's copy, or they are no list of tables.
    """
    path = folder / "questions.toml"
    if is_copy(folder) and not path.exists():
        raise _broken(path, "not in a student's copy: only the service can mark this quiz")
    bank = _table(path)
    if bank.keys() != {"questions"}:
        found = ", ".join(bank) or "nothing"
        raise _broken(path, f"must hold [[questions]] only; there is {found}")
    return bank


def _table(path: Path) -> dict[str, Any]:
    """A TOML file's keys.

    Raises:
        BrokenExercise: it is missing or not TOML.
    """
    try:
        return tomllib.loads(_text(path))
    except tomllib.TOMLDecodeError as error:
        raise _broken(path, _AT.sub(r"\g<where>: \g<what>", str(error))) from error


def digest(folder: Path) -> str:
    """The version of an exercise: a digest of the names and contents of its files.

    Of a student's copy it is the version of the original.

    Raises:
        BrokenExercise: a file can't be read, or a copy is not as it was made.
    """
    try:
        return version_of(digests(folder))
    except BrokenManifest as error:
        raise BrokenExercise(f"{folder.name}/{error}") from error
    except OSError as error:
        raise _unreadable(folder, error) from error


def _broken(path: Path, what: str) -> BrokenExercise:
    return BrokenExercise(f"{path.parent.name}/{path.name}: {what}")


def _unreadable(folder: Path, error: OSError) -> BrokenExercise:
    name = Path(str(error.filename)).name
    return BrokenExercise(f"{folder.name}/{name}: the file can't be read ({error.strerror})")


def _text(path: Path, missing: str | None = None) -> str:
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise _broken(path, "the file can't be read (it is no file)")
        if status.st_size > _LONGEST:
            raise _broken(path, f"too long: a text has at most {_LONGEST // 1024} KB")
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        if missing is not None:
            return missing
        raise BrokenExercise(f"{path.parent.name}/{path.name}: the file is missing") from error
    except OSError as error:
        raise _unreadable(path.parent, error) from error
    except UnicodeDecodeError as error:
        raise _broken(path, not_utf8(error)) from error
