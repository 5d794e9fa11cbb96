"""The table of a target law, target.npz: written beside its exercise off line, and read to grade.

The judge knows no closed form: whoever writes an exercise writes one right f, or gives rows of
data, and the table is built from these, with error bounds of its own.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import zlib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any
from zipfile import BadZipFile

import numpy as np
from numpy.lib.npyio import NpzFile

from exercises.catalog.complaints import not_utf8
from exercises.numerics.coarse import (
    SHARE,
    few_bits_above,
    pack_density,
    pack_shares,
    unpack_density,
    unpack_shares,
)
from exercises.numerics.views import Frame
from exercises.oracle import Array
from exercises.tables.reference import REFERENCE, reference_names
from exercises.tables.target_building import build_from_rows, build_target
from exercises.tables.target_law import Events, Target

__all__ = ["BrokenTarget", "Target", "build_target", "load_target", "write_target"]

#: Raised by one when tables built before cannot be read or compared any more.
FORMAT = 2
#: What a table can be built from. Data are the target where there are any; a reference beside
#: them is one answer that was fitted to them.
DATA = "heldout.csv"
_HEADER = ["x1", "x2"]
#: Bits that are kept of error bounds, rounded up.
_ERROR_BITS = 5


class BrokenTarget(Exception):
    """An exercise's target table is missing, stale or unreadable; the message says what to do."""


def load_target(folder: Path) -> Target:
    """The table of the exercise in `folder`, read once per process and state of the files.

    A student's copy has neither reference.py nor heldout.csv, and the table is believed. A file
    that is there must be the one that the table was built from.

    Raises:
        BrokenTarget: it is missing, unreadable, or built from other files.
    """
    table = folder / "target.npz"
    remedy = _remedy(folder)
    if not table.is_file():
        raise BrokenTarget(f"{folder.name}/target.npz is missing; {remedy}")
    target = _read(table, table.stat().st_mtime_ns)
    for name, digest in sources_of(folder).items():
        if target.sources.get(name) != digest:
            raise BrokenTarget(f"{folder.name}/target.npz is older than {name}; {remedy}")
    return target


def _remedy(folder: Path) -> str:
    return f"build it with: grader exercises build FOLDER, where FOLDER is that of {folder.name}"


def write_target(folder: Path) -> Target:
    """Build the table of the exercise in `folder` and write target.npz, byte for byte again.

    The target is the law of the rows of heldout.csv, where there is one: two columns under the
    header x1,x2. Otherwise it is the law of the f of reference.py, which is the course's own
    code: it runs here, never in the service.

    Raises:
        ValueError: there is neither, or they do not hold what they should.
    """
    sources = sources_of(folder)
    f = reference_names(folder).get("f")
    if DATA in sources:
        target = build_from_rows(read_rows(folder / DATA), sources, f)
    elif f is not None:
        target = build_target(f, sources)
    else:
        raise ValueError(f"a law needs a {REFERENCE} that defines f, or rows in {DATA}")
    (folder / "target.npz").write_bytes(_packed(target))
    return load_target(folder)


def sources_of(folder: Path) -> dict[str, str]:
    """The digests of those files in the folder that a table is built from.

    However their lines end: git changes that between one system and another.
    """
    return {
        name: hashlib.sha256((folder / name).read_bytes().replace(b"\r\n", b"\n")).hexdigest()
        for name in (DATA, REFERENCE)
        if (folder / name).is_file()
    }


def read_rows(data: Path) -> Array:
    """The rows of heldout.csv, shape (n, 2).

    Raises:
        ValueError: it does not hold two columns of numbers under the header x1,x2.
    """
    try:
        text = data.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValueError(f"{data.name}: {not_utf8(error)}") from error
    lines = csv.reader(text.splitlines())
    if [name.strip() for name in next(lines, [])] != _HEADER:
        raise ValueError(f"{data.name}: the first line must be {','.join(_HEADER)}")
    try:
        rows = [(float(first), float(second)) for first, second in filter(None, lines)]
    except (ValueError, csv.Error) as error:
        where = f"{data.name}, line {lines.line_num}"
        raise ValueError(f"{where}: there must be two numbers, with a comma between") from error
    return np.array(rows, dtype=np.float64).reshape(-1, 2)


def _packed(target: Target) -> bytes:
    fields: dict[str, Any] = {
        "format": np.int64(FORMAT),
        "sources": np.str_(json.dumps(dict(target.sources), sort_keys=True)),
        "knots0": target.knots[0],
        "knots1": target.knots[1],
        "scores0": target.scores[0],
        "scores1": target.scores[1],
        "middle": target.frame.middle,
        "scale": target.frame.scale,
        "directions": target.frame.directions,
        "quantiles": target.quantiles,
        "base_distances": target.base_distances,
        "density": pack_density(target.density),
        "peak": target.density.max(),
        "window": np.array(target.window),
        "rows": np.int64(target.rows),
        "reference_distance": np.float64(target.reference_distance),
    }
    for name, group in (("events", target.events), ("planes", target.planes)):
        fields[f"{name}/thresholds"] = group.thresholds
        fields[f"{name}/shares"] = pack_shares(group.shares)
        fields[f"{name}/errors"] = few_bits_above(group.errors + SHARE / 2, _ERROR_BITS)
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **fields)
    return buffer.getvalue()


@lru_cache(maxsize=64)
def _read(table: Path, modified_ns: int) -> Target:
    del modified_ns  # part of the key of the cache only
    name = f"{table.parent.name}/target.npz"
    try:
        fields = np.load(io.BytesIO(table.read_bytes()), allow_pickle=False)
        if not isinstance(fields, NpzFile):
            raise ValueError("not an archive")
        with fields:
            if int(fields["format"]) != FORMAT:
                raise BrokenTarget(f"{name} is of an older grader; {_remedy(table.parent)}")
            return _unpacked(fields)
    except (ValueError, KeyError, OSError, EOFError, BadZipFile, zlib.error) as error:
        raise BrokenTarget(f"{name} is no table; {_remedy(table.parent)}") from error


def _unpacked(fields: Mapping[str, Any]) -> Target:
    first, second, third, fourth = fields["window"].tolist()
    return Target(
        sources=MappingProxyType(json.loads(str(fields["sources"]))),
        knots=(fields["knots0"], fields["knots1"]),
        scores=(fields["scores0"], fields["scores1"]),
        events=_events(fields, "events"),
        frame=Frame(fields["middle"], fields["scale"], fields["directions"]),
        planes=_events(fields, "planes"),
        quantiles=fields["quantiles"],
        base_distances=fields["base_distances"],
        density=unpack_density(fields["density"], float(fields["peak"])),
        window=(first, second, third, fourth),
        rows=int(fields["rows"]),
        reference_distance=float(fields["reference_distance"]),
    )


def _events(fields: Mapping[str, Any], name: str) -> Events:
    return Events(
        fields[f"{name}/thresholds"],
        unpack_shares(fields[f"{name}/shares"]),
        fields[f"{name}/errors"].astype(np.float64),
    )
