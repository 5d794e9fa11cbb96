"""A submission to take away: code, report, pictures, and what repeats its grade offline."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass

from exercises.report import Report

#: The folder of exercises within the bundle.
_EXERCISES = "exercises"
#: Every entry's moment, so that the same submission is the same bundle.
_MOMENT = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Taken:
    """What a bundle is made of."""

    submission: str
    report: Report
    #: The program, or the answers to a quiz as JSON.
    source: bytes
    #: py or json.
    ending: str
    #: By name the pictures and the numbers behind them.
    figures: Mapping[str, bytes]
    #: The student's copy of the exercise, a zip archive with a folder of its name; None: there is
    #: no such version any more.
    exercise: bytes | None
    #: Why the grade can't be repeated by this bundle, in a sentence; None where it can.
    why_not: str | None


def pack(taken: Taken) -> bytes:
    """The bundle, a zip archive with one folder that is named after the submission."""
    report = taken.report
    contents = {
        "README.txt": _readme(taken).encode(),
        _name(taken): taken.source,
        "report.json": report.model_dump_json(indent=2).encode() + b"\n",
    }
    contents |= {f"figures/{name}": content for name, content in taken.figures.items()}
    if taken.exercise is not None:
        with zipfile.ZipFile(io.BytesIO(taken.exercise)) as copied:
            contents |= {f"{_EXERCISES}/{name}": copied.read(name) for name in copied.namelist()}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as packed:
        for name, content in sorted(contents.items()):
            entry = zipfile.ZipInfo(f"{taken.submission}/{name}", _MOMENT)
            entry.external_attr = 0o644 << 16
            packed.writestr(entry, content, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def command(report: Report, ending: str = "py") -> str:
    """The command that repeats a grade, in the bundle's folder."""
    return (
        f"grader check {report.exercise}.{ending} --exercises {_EXERCISES} "
        f"--exercise {report.exercise} --seed {report.seed}"
    )


def _name(taken: Taken) -> str:
    return f"{taken.report.exercise}.{taken.ending}"


def _readme(taken: Taken) -> str:
    listed = {
        _name(taken): "what was submitted",
        "report.json": "the report",
        "figures/": "its pictures, and the numbers behind them" if taken.figures else "",
        f"{_EXERCISES}/": "a copy of the exercise, without its answers" if taken.exercise else "",
    }
    width = max(map(len, listed))
    rows = [f"    {name:<{width}}  {what}\n" for name, what in listed.items() if what]
    if taken.why_not is not None:
        repeat = f"The grade can't be repeated with these files. {taken.why_not}\n"
    else:
        repeat = (
            "To repeat the grade, install the grader (pip install pushforward), open a terminal in "
            f"this folder, and run:\n\n    {command(taken.report, taken.ending)}\n\n"
            "The seed in it draws the points again that were asked, so verdict and score are the "
            "same.\n"
        )
    heading = f"Submission {taken.submission} to {taken.report.exercise}\n"
    return f"{heading}\n{''.join(rows)}\n{repeat}"
