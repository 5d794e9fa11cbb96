"""Held-out points of an exercise with the reference's answers at them: the table points.npz.

Where a task has one right value (a score, a log-density), or is judged on data (a classifier, a
likelihood), the judge asks at points that students have not seen. They and the right answers are
written down off line, so that no reference is needed to grade.
"""

from __future__ import annotations

import io
import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any
from zipfile import BadZipFile

import numpy as np
from numpy.lib.npyio import NpzFile
from numpy.typing import NDArray

from exercises.exercise import CodeExercise, Function
from exercises.oracle import Array
from exercises.tables.target import sources_of

#: Raised by one when tables built before cannot be read any more.
FORMAT = 1
#: Significant digits of a point: it can be typed, and float32 holds it.
_DIGITS = 6
#: Criteria that are judged at held-out points wherever their function is asked first.
_AT_POINTS = ("values", "accuracy", "likelihood")


class BrokenPoints(Exception):
    """The table of held-out points is missing, stale or unreadable; the message says what to do."""


@dataclass(frozen=True, slots=True)
class HeldOut:
    """The held-out points of one function."""

    #: Shape (n, inputs).
    inputs: Array
    #: Shape (n, columns): what the reference answers; None where there are only data.
    outputs: Array | None
    #: Shape (n,): the true class of each, 0 or 1; None where it is not a classifier.
    labels: NDArray[np.int8] | None


def at_points(exercise: CodeExercise) -> tuple[Function, ...]:
    """The functions that are asked at held-out points, for their form or for a criterion."""
    judged = {
        name
        for criterion in exercise.criteria
        if criterion.check in _AT_POINTS
        for name in criterion.functions
    }
    return tuple(
        function
        for function in exercise.functions
        if function.asked_at == "points" or function.name in judged
    )


def held_out(exercise: CodeExercise, name: str) -> HeldOut:
    """The held-out points of one function of the exercise.

    Raises:
        BrokenPoints: the table is missing, stale or unreadable, or holds no such points.
    """
    function = exercise.named(name)
    points = load_points(exercise.folder).get(name)
    if points is None or points.inputs.shape[1:] != (function.inputs,):
        raise BrokenPoints(_with_remedy(exercise.folder, f"lacks the points of {name}"))
    if points.outputs is not None and points.outputs.shape[1:] != (function.signature.columns,):
        raise BrokenPoints(_with_remedy(exercise.folder, f"has answers of {name} of other lengths"))
    return points


def load_points(folder: Path) -> Mapping[str, HeldOut]:
    """The held-out points by function, read once per process and state of the file.

    A student's copy has neither reference.py nor heldout.csv, and the table is believed. A file
    that is there must be the one that the table was built from.

    Raises:
        BrokenPoints: the table is missing, unreadable, or built from other files.
    """
    table = folder / "points.npz"
    if not table.is_file():
        raise BrokenPoints(_with_remedy(folder, "is missing"))
    sources, points = _read(table, table.stat().st_mtime_ns)
    for name, digest in sources_of(folder).items():
        if sources.get(name) != digest:
            raise BrokenPoints(_with_remedy(folder, f"is older than {name}"))
    return points


def save_points(folder: Path, points: Mapping[str, HeldOut]) -> None:
    """Write points.npz into an exercise's folder, byte for byte the same each time."""
    fields: dict[str, Any] = {
        "format": np.int64(FORMAT),
        "sources": np.str_(json.dumps(sources_of(folder), sort_keys=True)),
    }
    for name, part in points.items():
        fields[f"{name}/inputs"] = _short(part.inputs)
        if part.outputs is not None:
            fields[f"{name}/outputs"] = part.outputs
        if part.labels is not None:
            fields[f"{name}/labels"] = part.labels
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **fields)
    (folder / "points.npz").write_bytes(buffer.getvalue())


def rounded_points(points: Array) -> Array:
    """The points to six significant digits, as a student can type them."""
    with np.errstate(all="ignore"):
        exponent = np.floor(np.log10(np.abs(points)))
    exponent = np.where(np.isfinite(exponent), exponent, 0.0)
    # Both operands of the last step are exact integers, so the quotient is the decimal's float64.
    up = np.power(10.0, np.maximum(_DIGITS - 1 - exponent, 0))
    down = np.power(10.0, np.maximum(exponent - _DIGITS + 1, 0))
    return np.asarray(np.rint(points * up / down) * down / up, dtype=np.float64)


def _short(points: Array) -> NDArray[Any]:
    """As float32, where that and six digits give the points back; that halves the table."""
    with np.errstate(over="ignore"):
        small = points.astype(np.float32)
    return small if np.array_equal(_long(small), points) else points


def _long(points: NDArray[Any]) -> Array:
    wide = np.asarray(points, dtype=np.float64)
    return rounded_points(wide) if points.dtype == np.float32 else wide


def _with_remedy(folder: Path, problem: str) -> str:
    return (
        f"{folder.name}/points.npz {problem}; build it with: grader exercises build FOLDER, "
        f"where FOLDER is that of {folder.name}"
    )


@lru_cache(maxsize=64)
def _read(table: Path, modified_ns: int) -> tuple[Mapping[str, str], Mapping[str, HeldOut]]:
    del modified_ns  # part of the key of the cache only
    try:
        fields = np.load(io.BytesIO(table.read_bytes()), allow_pickle=False)
        if not isinstance(fields, NpzFile):
            raise ValueError("not an archive")
        with fields:
            if int(fields["format"]) != FORMAT:
                raise BrokenPoints(_with_remedy(table.parent, "is of an older grader"))
            names = [key.removesuffix("/inputs") for key in fields if key.endswith("/inputs")]
            points = {name: _part(fields, name) for name in names}
            return json.loads(str(fields["sources"])), MappingProxyType(points)
    except (ValueError, KeyError, OSError, EOFError, BadZipFile, zlib.error) as error:
        raise BrokenPoints(_with_remedy(table.parent, "is no table")) from error


def _part(fields: NpzFile, name: str) -> HeldOut:
    outputs, labels = (
        fields[key] if (key := f"{name}/{word}") in fields else None
        for word in ("outputs", "labels")
    )
    held = HeldOut(_long(fields[f"{name}/inputs"]), outputs, labels)
    rows = len(held.inputs)
    if any(len(part) != rows for part in (outputs, labels) if part is not None):
        raise ValueError("the parts are not of one length")
    for part in (held.inputs, outputs, labels):
        if part is not None:
            part.flags.writeable = False  # it is shared by all gradings of this process
    return held
