"""Gathering: of an archive the one file of each person, with what says whose it is."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from grader.collected.archive import Archive, BadArchive, PassedOver, Unfit
from grader.collected.labels import (
    METADATA,
    Label,
    Placed,
    by_hand,
    is_platforms,
    placed,
    read_submitters,
)
from grader.collected.why import Aside, Why

#: What says whose the files are, where their names don't: columns `file` and `student`.
NAMES = "names.csv"
#: Bytes of what a platform or a person writes about the files; Gradescope's has all reports in it.
_NOTES_LIMIT = 32 * 1024 * 1024
_NAMES_LIMIT = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which files answer an exercise."""

    #: With its dot, in lower case.
    suffix: str
    #: Of several files of one person, which one counts: the first of these that is there.
    names: tuple[str, ...]
    #: Bytes of one file, and how many files.
    file_limit: int
    files_limit: int


@dataclass(frozen=True, slots=True)
class Piece:
    """What is there of one person."""

    path: str
    label: Label | None
    #: None where `why` says that it can't be handed in.
    content: bytes | None
    why: Why | None = None
    #: Names of files, where they say more.
    detail: str = ""


@dataclass(slots=True)
class Gathered:
    """All that an archive holds."""

    pieces: list[Piece] = field(default_factory=list)
    passed_over: list[PassedOver] = field(default_factory=list)


def wanted(slug: str, *, is_quiz: bool, file_limit: int, files_limit: int) -> Wanted:
    """Which files answer an exercise: programs, or to a quiz files of answers."""
    suffix, usual = (".json", "answers.json") if is_quiz else (".py", "f.py")
    return Wanted(suffix, (usual, f"{slug}{suffix}"), file_limit, files_limit)


def gather(archive: Archive, asked: Wanted, knows: Callable[[str], bool]) -> Gathered:
    """The files of an archive that are somebody's, in the order of their paths.

    Args:
        archive: what was sent.
        asked: which files answer.
        knows: whether a text is an id or a name of somebody in the course: such a folder is a
            person's own, and not one that holds those of all.

    Raises:
        BadArchive: there are more files than may be, or a list in it can't be read.
    """
    found = Gathered(passed_over=[*archive.passed_over])
    root = _root(archive.paths, knows)
    submitters = _submitters(archive, root)
    named = _named(archive, root)
    groups: dict[str, list[Placed]] = {}
    for path in sorted(archive.paths):
        rest = path.removeprefix(root)
        if rest in {NAMES, METADATA}:
            continue
        one = placed(rest, submitters)
        groups.setdefault(one.group, []).append(one)
    for several in groups.values():
        found.pieces += _pieces(archive, root, several, asked, named, found.passed_over)
        if len(found.pieces) > asked.files_limit:
            raise BadArchive(f"The archive has the work of more than {asked.files_limit:,} people.")
    return found


def _pieces(
    archive: Archive,
    root: str,
    several: Sequence[Placed],
    asked: Wanted,
    named: Mapping[str, str],
    passed_over: list[PassedOver],
) -> Iterator[Piece]:
    """What one person's files are: one that counts, or why none does."""
    fitting = [one for one in several if one.file.lower().endswith(asked.suffix)]
    if not fitting and not any(one.is_sure for one in several):
        passed_over += [PassedOver(root + one.path, Aside.OTHER_KIND) for one in several]
        return
    first = (fitting or several)[0]
    labels: Sequence[Label | None] = _labels(root, first, named) or (None,)
    chosen = _chosen(fitting, asked)
    if chosen is None:
        why = Why.SEVERAL_FILES if fitting else Why.NO_FILE
        detail = ", ".join(one.file for one in several)[:300]
        yield from (Piece(root + first.path, label, None, why, detail) for label in labels)
        return
    for one in several:
        if one is not chosen:
            kind = Aside.BESIDE if one in fitting else Aside.OTHER_KIND
            passed_over.append(PassedOver(root + one.path, kind))
    path = root + chosen.path
    try:
        content = archive.read(path, asked.file_limit)
    except Unfit as error:
        yield from (Piece(path, label, None, error.why) for label in labels)
    else:
        yield from (Piece(path, label, content) for label in labels)


def _chosen(fitting: Sequence[Placed], asked: Wanted) -> Placed | None:
    """The file that counts of those that could; None where that is not clear."""
    if len(fitting) == 1:
        return fitting[0]
    for name in asked.names:
        called = [one for one in fitting if one.file.lower() == name]
        if called:
            return called[0] if len(called) == 1 else None
    return None


def _labels(root: str, one: Placed, named: Mapping[str, str]) -> tuple[Label, ...]:
    """Whose a file is: by the list that somebody wrote, before all else."""
    folders = [str(parent) for parent in PurePosixPath(root + one.path).parents]
    for key in (root + one.path, one.path, one.group, *folders):
        if key in named:
            return (by_hand(named[key]),)
    return one.labels


def _root(paths: Sequence[str], knows: Callable[[str], bool]) -> str:
    """The folder in which people's folders or files are: platforms and people pack one around."""
    root = ""
    while True:
        heads = {
            head if slash else ""
            for head, slash, _ in (path.removeprefix(root).partition("/") for path in paths)
        }
        if len(heads) != 1:
            return root
        (head,) = heads
        if not head or is_platforms(head) or knows(head):
            return root
        root += f"{head}/"


def _submitters(archive: Archive, root: str) -> dict[str, tuple[Label, ...]]:
    """By folder who handed in, where the archive is Gradescope's.

    Raises:
        BadArchive: its list can't be read.
    """
    text = _text(archive, root + METADATA, _NOTES_LIMIT)
    return {} if text is None else read_submitters(text)


def _named(archive: Archive, root: str) -> dict[str, str]:
    """By file or folder whose it is, as somebody has written it down.

    Raises:
        BadArchive: the list can't be read.
    """
    text = _text(archive, root + NAMES, _NAMES_LIMIT)
    if text is None:
        return {}
    try:
        rows = [*csv.DictReader(io.StringIO(text, newline=""), strict=True)]
    except csv.Error as error:
        raise BadArchive(f"{NAMES} is no CSV: {error}.") from error
    found: dict[str, str] = {}
    for number, row in enumerate(rows, start=2):
        file, student = row.get("file"), row.get("student")
        if file is None or student is None:
            raise BadArchive(f"{NAMES} needs the columns file and student in every row.")
        key = unicodedata.normalize("NFC", file.strip().strip("/"))
        if found.setdefault(key, student.strip()) != student.strip():
            raise BadArchive(f"{NAMES} gives {file[:80]} to two people (row {number}).")
    return {key: student for key, student in found.items() if key and student}


def _text(archive: Archive, path: str, limit: int) -> str | None:
    if path not in archive.entries:
        return None
    name = PurePosixPath(path).name
    try:
        return archive.read(path, limit).decode("utf-8-sig")
    except Unfit as error:
        raise BadArchive(f"{name} in the archive can't be read.") from error
    except UnicodeDecodeError as error:
        raise BadArchive(f"{name} in the archive is no UTF-8 text.") from error
