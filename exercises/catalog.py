"""The catalogue: reads exercises from their folders and says what is wrong with broken ones."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from exercises.exercise import Exercise

#: The exercises that come with the product.
COURSE = Path(__file__).parent / "course"


class BrokenExercise(Exception):
    """An exercise's folder does not hold what it should; the message names file and key."""


@dataclass(frozen=True, slots=True)
class Catalog:
    """The exercises of one folder, by slug."""

    exercises: Mapping[str, Exercise]
    #: Slug to what is wrong: such an exercise is not served, the others are.
    broken: Mapping[str, str]

    def __getitem__(self, slug: str) -> Exercise:
        return self.exercises[slug]

    def get(self, slug: str) -> Exercise | None:
        """The exercise of this slug, or None."""
        return self.exercises.get(slug)


def read_catalog(folder: Path = COURSE) -> Catalog:
    """Read every exercise under `folder`, in the order of their slugs.

    Raises:
        NotADirectoryError: there is no such folder.
    """
    if not folder.is_dir():
        raise NotADirectoryError(f"there is no folder of exercises at {folder}")
    exercises: dict[str, Exercise] = {}
    broken: dict[str, str] = {}
    for path in sorted(folder.iterdir()):
        if not (path / "exercise.toml").is_file():
            continue
        try:
            exercises[path.name] = read_exercise(path)
        except BrokenExercise as error:
            broken[path.name] = str(error)
    return Catalog(exercises, broken)


def read_exercise(folder: Path) -> Exercise:
    """Read one exercise.

    Raises:
        BrokenExercise: a file is missing or does not say what it should.
    """
    try:
        fields = tomllib.loads(_text(folder / "exercise.toml"))
    except tomllib.TOMLDecodeError as error:
        raise BrokenExercise(f"{folder.name}/exercise.toml: {error}") from error
    reserved = {"slug", "version", "statement", "starter", "folder"} & fields.keys()
    if reserved:
        raise BrokenExercise(
            f"{folder.name}/exercise.toml: {', '.join(sorted(reserved))}: not a key of this file"
        )
    derived = {
        "slug": folder.name,
        "version": digest(folder),
        "statement": _text(folder / "statement.md"),
        "starter": _text(folder / "starter.py"),
        "folder": folder,
    }
    try:
        return Exercise.model_validate(fields | derived)
    except ValidationError as error:
        raise BrokenExercise("; ".join(_complaints(folder.name, error))) from error


def digest(folder: Path) -> str:
    """A digest of the names and contents of an exercise's files, as 16 hexadecimal digits.

    Raises:
        BrokenExercise: a file can't be read.
    """
    total = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        relative = path.relative_to(folder)
        if any(p.startswith((".", "__pycache__")) for p in relative.parts):
            continue
        try:
            if not path.is_file():
                continue
            content = path.read_bytes()
        except OSError as error:
            raise _unreadable(folder, error) from error
        total.update(f"{relative.as_posix()}\0{len(content)}\0".encode())
        total.update(content)
    return total.hexdigest()[:16]


def _unreadable(folder: Path, error: OSError) -> BrokenExercise:
    name = Path(str(error.filename)).name
    return BrokenExercise(f"{folder.name}/{name}: the file can't be read ({error.strerror})")


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise BrokenExercise(f"{path.parent.name}/{path.name}: the file is missing") from error
    except OSError as error:
        raise _unreadable(path.parent, error) from error
    except UnicodeDecodeError as error:
        raise BrokenExercise(f"{path.parent.name}/{path.name}: not UTF-8 ({error})") from error


def _complaints(slug: str, error: ValidationError) -> Iterator[str]:
    for detail in error.errors():
        key = ".".join(str(part) for part in detail["loc"])
        yield f"{slug}/exercise.toml: {key}: {detail['msg']}"
