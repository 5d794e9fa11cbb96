"""The programs of a class as Dolos and JPlag read them.

Dolos reads a zip archive with info.csv in its root: a column `filename` with paths from the root,
and, where they are there, `label`, `created_at` and `full_name`. JPlag reads a folder in which each
submission is a folder of its own, and a folder of base code, which counts for nobody.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

#: Every entry's moment, so that the same programs are the same archive.
_MOMENT = (1980, 1, 1, 0, 0, 0)
_FOLDER = "submissions"
#: What no name of a file may hold on some system, and what JPlag would read as a separator.
_UNSAFE = re.compile(r"[^0-9A-Za-z]+")
#: What a spreadsheet would take for the beginning of a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Program:
    """One program of the class."""

    submission: str
    name: str
    verdict: str
    accepted_at: datetime
    source: str


@dataclass(frozen=True, slots=True)
class Programs:
    """The programs of an assignment."""

    exercise: str
    programs: tuple[Program, ...]
    #: What the exercise gives to everybody to begin with.
    starter: str


def dolos_archive(taken: Programs) -> bytes:
    """A zip archive for Dolos: `dolos run -l python dolos.zip`."""
    rows = io.StringIO()
    writer = csv.writer(rows, lineterminator="\n")
    writer.writerow(("filename", "label", "created_at", "full_name"))
    contents: dict[str, str] = {}
    for program in taken.programs:
        name = f"{_file_name(program)}.py"
        contents[name] = program.source
        at = program.accepted_at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S +0000")
        writer.writerow((name, program.verdict, at, _cell(program.name)))
    return _packed({"info.csv": rows.getvalue(), **contents})


def jplag_archive(taken: Programs) -> bytes:
    """A zip archive for JPlag, with what to run in its README.txt."""
    contents = {
        f"{_FOLDER}/{_file_name(program)}/{taken.exercise}.py": program.source
        for program in taken.programs
    }
    command = f"java -jar jplag.jar -l python3 {_FOLDER}"
    if taken.starter:
        contents[f"basecode/{taken.exercise}.py"] = taken.starter
        command += " -bc basecode"
    readme = (
        f"The latest programs of {len(taken.programs)} students for {taken.exercise}, each in a\n"
        "folder of its own. Unpack the archive, and in its folder run:\n\n"
        f"    {command}\n"
    )
    return _packed({"README.txt": readme, **contents})


def _file_name(program: Program) -> str:
    """A name that every system takes: the student's, as far as that is ASCII, and the id."""
    plain = unicodedata.normalize("NFKD", program.name).encode("ascii", "ignore").decode()
    safe = _UNSAFE.sub("_", plain).strip("_")[:48]
    return f"{safe}_{program.submission}" if safe else program.submission


def _cell(text: str) -> str:
    """A name as text, whatever it begins with; on one line."""
    line = " ".join(text.split())
    return f"'{line}" if line.startswith(_FORMULA) else line


def _packed(contents: Mapping[str, str]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as packed:
        for name, content in _in_order(contents.items()):
            entry = zipfile.ZipInfo(name, _MOMENT)
            entry.external_attr = 0o644 << 16
            packed.writestr(entry, content.encode(errors="replace"), zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def _in_order(items: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    return sorted(items)
