"""A submission to take away: code, report, pictures, and what repeats its grade offline."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass

from exercises.report import Report

#: The folder of exercises within the bundle.
_EXERCISES = "exercises"


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
    #: The student's copy of the exercise, a zip archive with a folder of its name.
    exercise: bytes
    #: Why the copy does not repeat the grade, in a sentence; None where it does.
    why_not: str | None


def pack(taken: Taken) -> bytes:
    """The bundle, a zip archive with one folder that is named after the submission."""
    report = taken.report
    contents = {
        "README.txt": _readme(taken).encode(),
        f"{report.exercise}.{taken.ending}": taken.source,
        "report.json": report.model_dump_json(indent=2).encode() + b"\n",
    }
    contents |= {f"figures/{name}": content for name, content in taken.figures.items()}
    with zipfile.ZipFile(io.BytesIO(taken.exercise)) as copied:
        contents |= {f"{_EXERCISES}/{name}": copied.read(name) for name in copied.namelist()}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in sorted(contents.items()):
            packed.writestr(f"{taken.submission}/{name}", content)
    return buffer.getvalue()


def command(taken: Taken) -> str:
    """The command that repeats the grade, in the bundle's folder."""
    report = taken.report
    return (
        f"grader check {report.exercise}.{taken.ending} --exercises {_EXERCISES} "
        f"--exercise {report.exercise} --seed {report.seed}"
    )


def _readme(taken: Taken) -> str:
    report = taken.report
    heading = f"Submission {taken.submission} to {report.exercise}\n"
    parts = [
        heading,
        f"{report.exercise}.{taken.ending}  what was submitted\n"
        "report.json  the report\n"
        "figures/  its pictures, and the numbers behind them\n"
        f"{_EXERCISES}/  a copy of the exercise, without its answers\n",
    ]
    if taken.why_not is not None:
        parts.append(f"The grade cannot be repeated with this copy. {taken.why_not}\n")
    else:
        parts.append(
            "To repeat the grade, install the grader (pip install pushforward) and run here:\n\n"
            f"    {command(taken)}\n"
        )
    return "\n".join(parts)
