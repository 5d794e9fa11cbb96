"""What every package holds: the grader's code, the exercise, and the names of what they need."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from importlib.metadata import PackageNotFoundError, distribution, version
from importlib.resources import files
from pathlib import Path

from exercises.catalog.bundle import archive, grading_copy
from exercises.exercise import CodeExercise

#: Of what the grader needs, what grading alone needs. A test imports nothing else.
NEEDED = ("matplotlib", "numpy", "pillow", "pydantic", "restrictedpython", "rich", "scipy")
#: The packages that are taken along, without what only the service shows.
_CODE = ("exercises", "worker", "grader")
_LEFT = re.compile(r"(^exercises/course/|^grader/web/(static|templates|translations|editor)/)")
_ENDINGS = {".py", ".json", ".toml", ".npz", ".txt"}
#: Every entry's moment, so that the same files are the same package.
_MOMENT = (1980, 1, 1, 0, 0, 0)
_NAME = re.compile(r"^[A-Za-z0-9][A-Za-z0-9._-]*")


def code() -> dict[str, bytes]:
    """The grader's modules, by their paths."""
    return {name: path.read_bytes() for package in _CODE for name, path in _modules(package)}


def _modules(package: str) -> Iterator[tuple[str, Path]]:
    root = Path(str(files(package)))
    for path in sorted(root.rglob("*")):
        name = f"{package}/{path.relative_to(root).as_posix()}"
        kept = path.suffix in _ENDINGS and "__pycache__" not in path.parts
        if kept and path.is_file() and not _LEFT.match(name):
            yield name, path


def exercise_files(exercise: CodeExercise) -> dict[str, bytes]:
    """What grading reads of an exercise, by paths under a folder of its name: never for students.

    Raises:
        ChangedExercise: the files have changed since the exercise was read.
    """
    with zipfile.ZipFile(io.BytesIO(grading_copy(archive(exercise)))) as packed:
        return {f"{exercise.slug}/{name}": packed.read(name) for name in packed.namelist()}


def requirements() -> str:
    """A requirements file: what grading needs, in the versions that it has here.

    The versions of what these need in turn are in it too, as far as they are known here, so that
    an image that is built next year is the one that was tried.
    """
    pinned: dict[str, str] = {}
    waiting = list(NEEDED)
    while waiting:
        name = _canonical(waiting.pop())
        if name in pinned:
            continue
        try:
            found = distribution(name)
        except PackageNotFoundError:
            continue  # needed on another system only
        pinned[name] = found.version
        waiting += [match[0] for line in found.requires or () if (match := _plain(line))]
    return "".join(f"{name}=={number}\n" for name, number in sorted(pinned.items()))


def _plain(requirement: str) -> re.Match[str] | None:
    """The name at the head of a requirement; None where only an extra asks for it."""
    return None if "extra ==" in requirement else _NAME.match(requirement)


def _canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def our_version() -> str:
    """The version of this grader."""
    return version("pushforward")


def pack(contents: Mapping[str, bytes], executable: frozenset[str] = frozenset()) -> bytes:
    """A zip archive of these files, the same for the same contents."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as packed:
        for name, content in sorted(contents.items()):
            entry = zipfile.ZipInfo(name, _MOMENT)
            entry.external_attr = (0o755 if name in executable else 0o644) << 16
            packed.writestr(entry, content, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()
