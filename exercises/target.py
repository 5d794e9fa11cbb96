"""A target law as a table: thresholds of views with their probabilities, built from a reference.

The judge knows no closed form: whoever writes an exercise writes one right f, and the table is
built from it off line, with error bounds of its own. It lies beside the exercise as target.npz.
"""

from __future__ import annotations

import hashlib
import io
import runpy
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
from numpy.lib.npyio import NpzFile
from scipy.special import ndtr, ndtri

from exercises.numerics.gaussian_points import stratified_pairs
from exercises.numerics.streams import stream
from exercises.numerics.two_sample import (
    DIRECTIONS,
    Counts,
    count_events,
    distance,
    log_inverse,
    views,
)
from exercises.oracle import Array

#: Raised by one when tables built before cannot be read or compared any more.
FORMAT = 1
#: Probabilities at which the thresholds lie, in the middle of 31 equal classes.
_LEVELS = (np.arange(31) + 0.5) / 31
#: Knots of the scores; the outermost leave 0.1 % of the mass on each side.
_KNOTS = np.concatenate(([0.001, 0.004, 0.01], np.linspace(0.02, 0.98, 97), [0.99, 0.996, 0.999]))
#: Cells of the pilot draw, which places the thresholds, and of the draw that fills the table.
_PILOT_CELLS = (128, 256)
_TABLE_CELLS = (512, 1024)
#: Scores this near are one; an atom has this share of the mass at one score; and the thresholds
#: beside it lie this far away: a thousandth of the spread.
_SAME, _ATOM, _BESIDE = 1e-9, 0.01, 1e-3
#: The probability that a table's error bounds do not hold.
_FALSE_TABLE = 1e-9


class BrokenTarget(Exception):
    """An exercise's target table is missing, stale or unreadable; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Target:
    """The law that x = f(z) should follow, as far as the judge looks."""

    #: A digest of the reference that the table was built from.
    digest: str
    #: Two arrays, ascending: knots of the two coordinates.
    knots: tuple[Array, Array]
    #: Two arrays, the normal scores at these knots.
    scores: tuple[Array, Array]
    #: Shape (views, k): "view <= threshold" is an event.
    thresholds: Array
    #: Shape (views, k): the probabilities of the events.
    shares: Array
    #: Shape (views, k): how wrong these may be.
    errors: Array
    #: Shape (2, 5): the 5, 25, 50, 75 and 95 % quantiles of the two coordinates.
    quantiles: Array
    #: The distance of z itself, untransformed, from the target: the zero of partial credit.
    base_distance: float

    def views(self, x: Array) -> Array:
        """The views of points x, shape (n, 2), after each coordinate became a normal score.

        A score is the normal quantile of the target's own distribution function, linear between
        knots: so heavy tails and spread-out scales are compared where their mass is.
        """
        columns = [np.interp(x[:, axis], self.knots[axis], self.scores[axis]) for axis in range(2)]
        return views(np.column_stack(columns))

    def levels(self, axis: int) -> Array:
        """The probabilities of the knots of one coordinate, ascending."""
        return np.asarray(ndtr(self.scores[axis]), dtype=np.float64)

    @property
    def on_a_line(self) -> bool:
        """Whether nearly all of the mass lies on one line, as one view's atom."""
        return bool((np.diff(self.shares[:DIRECTIONS], axis=1) > 0.99).any())

    def count(self, x: Array) -> Counts:
        """Count the events over x, shape (2c, 2), whose rows 2i and 2i + 1 are pairs of a cell."""
        return count_events(self.views(x), self.thresholds)


def load_target(folder: Path) -> Target:
    """The table of the exercise in `folder`, read once per process and state of the files.

    Raises:
        BrokenTarget: it is missing, unreadable, or built from another reference.py.
    """
    table, reference = folder / "target.npz", folder / "reference.py"
    remedy = f"build it with: grader exercises build FOLDER, where FOLDER is that of {folder.name}"
    if not reference.is_file():
        raise BrokenTarget(f"{folder.name}/reference.py is missing: a law needs a right answer")
    if not table.is_file():
        raise BrokenTarget(f"{folder.name}/target.npz is missing; {remedy}")
    target = _read(table, table.stat().st_mtime_ns)
    if target.digest != reference_digest(reference):
        raise BrokenTarget(f"{folder.name}/target.npz is older than reference.py; {remedy}")
    return target


def reference_digest(reference: Path) -> str:
    """A digest of the reference's text and of the table's format."""
    return hashlib.sha256(f"{FORMAT}\0".encode() + reference.read_bytes()).hexdigest()


@lru_cache(maxsize=64)
def _read(table: Path, modified_ns: int) -> Target:
    del modified_ns  # part of the key of the cache only
    try:
        fields = np.load(io.BytesIO(table.read_bytes()), allow_pickle=False)
        if not isinstance(fields, NpzFile):
            raise ValueError("not an archive")
        with fields:
            if int(fields["format"]) != FORMAT:
                raise ValueError("another format")
            return Target(
                digest=str(fields["digest"]),
                knots=(fields["knots0"], fields["knots1"]),
                scores=(fields["scores0"], fields["scores1"]),
                thresholds=fields["thresholds"],
                shares=fields["shares"],
                errors=fields["errors"],
                quantiles=fields["quantiles"],
                base_distance=float(fields["base_distance"]),
            )
    except (ValueError, KeyError, OSError, EOFError, BadZipFile, zlib.error) as error:
        raise BrokenTarget(f"{table.parent.name}/target.npz cannot be read: {error}") from error


def build_target(f: Callable[[Array], object], digest: str) -> Target:
    """The table of the law of f(z), with f called point by point on about a million points.

    The thresholds come from one draw and their probabilities from another, so that the errors
    are those of events fixed beforehand.

    Raises:
        ValueError: f is not finite somewhere.
    """
    _, pilot = _draw(f, "pilot", _PILOT_CELLS)
    knots, scores = zip(*(_score_knots(pilot[:, axis]) for axis in range(2)), strict=True)
    blank = np.empty(0)
    draft = Target(digest, knots, scores, blank, blank, blank, blank, 0.0)
    seen = draft.views(pilot)
    thresholds = _rectangular([_thresholds(column) for column in seen.T])
    z, x = _draw(f, "table", _TABLE_CELLS)
    counts = count_events(draft.views(x), thresholds)
    base = count_events(draft.views(z), thresholds)
    return Target(
        digest=digest,
        knots=knots,
        scores=scores,
        thresholds=thresholds,
        shares=counts.share,
        errors=counts.bound(log_inverse(_FALSE_TABLE, thresholds.size, 1)),
        quantiles=np.quantile(x, [0.05, 0.25, 0.5, 0.75, 0.95], axis=0).T,
        base_distance=distance(base.share - counts.share),
    )


def write_target(folder: Path) -> Target:
    """Build the table from the folder's reference.py and write target.npz, byte for byte again.

    reference.py is the course's own code: it runs here, never in the service.
    """
    reference = folder / "reference.py"
    f = runpy.run_path(str(reference))["f"]
    target = build_target(f, reference_digest(reference))
    buffer = io.BytesIO()
    np.savez_compressed(
        buffer,
        format=np.int64(FORMAT),
        digest=np.str_(target.digest),
        knots0=target.knots[0],
        knots1=target.knots[1],
        scores0=target.scores[0],
        scores1=target.scores[1],
        thresholds=target.thresholds,
        shares=target.shares,
        errors=target.errors,
        quantiles=target.quantiles,
        base_distance=np.float64(target.base_distance),
    )
    (folder / "target.npz").write_bytes(buffer.getvalue())
    return target


def _draw(f: Callable[[Array], object], name: str, cells: tuple[int, int]) -> tuple[Array, Array]:
    # The seed is fixed: a table is a constant of its exercise, not a draw of a grading.
    z = stratified_pairs(stream(0, f"target/{name}"), *cells).reshape(-1, 2)
    x = np.array([f(point.copy()) for point in z], dtype=np.float64)
    if x.shape != z.shape or not np.isfinite(x).all():
        raise ValueError("the reference must return two finite numbers for every z")
    return z, x


def _score_knots(values: Array) -> tuple[Array, Array]:
    """Knots of one coordinate and their scores, with one more on each side for what lies beyond."""
    places, scores = np.quantile(values, _KNOTS), ndtri(_KNOTS)
    # Point masses repeat a place: keep the middle of the scores of each.
    unique, group = np.unique(places, return_inverse=True)
    middle = np.bincount(group, scores) / np.bincount(group)
    width = (unique[-1] - unique[0]) or max(abs(unique[0]), 1.0)
    knots = np.concatenate(([unique[0] - width], unique, [unique[-1] + width]))
    return knots, np.concatenate(([middle[0] - 2.0], middle, [middle[-1] + 2.0]))


def _thresholds(values: Array) -> Array:
    """Thresholds of one view: between values at the levels, and close to both sides of an atom.

    An atom is one score that more than 1 % of the points share, as those of a discrete law or of
    one on a line do. Only thresholds beside it tell it from mass near by.
    """
    ordered = np.sort(values)
    count = len(ordered)
    tiny = 1e-6 * max(float(ordered[-1] - ordered[0]), 1.0)
    chosen = [ordered[0] - tiny, ordered[-1] + tiny]
    for level in _LEVELS:
        here = ordered[int(level * count)]
        before, after = np.searchsorted(ordered, [here - _SAME, here + _SAME])
        if after - before > _ATOM * count:
            chosen += [here - _BESIDE, here + _BESIDE]
        else:
            chosen.append((here + ordered[after]) / 2 if after < count else here + tiny)
    return np.unique(chosen) if len(chosen) > len(_LEVELS) + 2 else np.sort(chosen)


def _rectangular(rows: list[Array]) -> Array:
    """The thresholds of all views as one array; rows that are shorter repeat some of theirs."""
    longest = max(len(row) for row in rows)
    picked = [np.linspace(0, len(row) - 1, longest).round().astype(int) for row in rows]
    return np.array([row[pick] for row, pick in zip(rows, picked, strict=True)])
