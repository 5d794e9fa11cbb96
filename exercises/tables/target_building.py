"""Builds target laws: from a reference's f, asked off line, or from held-out rows of data."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np

from exercises.numerics.gaussian_points import stratified_pairs
from exercises.numerics.smoothed import smoothed
from exercises.numerics.streams import stream
from exercises.numerics.thresholds import place_thresholds, score_knots
from exercises.numerics.two_sample import Counts, data_error, distance, log_inverse
from exercises.numerics.views import DIRECTIONS, Frame
from exercises.oracle import Array
from exercises.tables.target_law import Events, Target

#: Cells of the pilot draw, which places the thresholds, and of the draw that fills the table.
_PILOT_CELLS = (128, 256)
_TABLE_CELLS = (512, 1024)
#: Cells of the draws that say how far z itself and the reference of data are from the target.
_DISTANCE_CELLS = (128, 256)
#: Classes of a view of the scores, and of a half-plane of x.
_LEVELS, _PLANE_LEVELS = 31, 127
#: The probability that a table's error bounds do not hold.
_FALSE_TABLE = 1e-9
#: Fewer held-out rows than these tell too little.
LEAST_ROWS = 2_000

Function = Callable[[Array], object]


def build_target(f: Function, sources: Mapping[str, str]) -> Target:
    """The target that is the law of f(z), with f called point by point a million times.

    Raises:
        ValueError: f is not finite somewhere.
    """
    return build_from_image(lambda z: _image(f, z), sources)


def build_from_image(
    image: Callable[[Array], Array],
    sources: Mapping[str, str],
    cells: tuple[int, int] | None = None,
) -> Target:
    """The same from f as a function of whole batches, (n, 2) to (n, 2).

    Fewer `cells` than a table of the course has, with two points in each, give larger error bounds.

    The thresholds come from one draw and their probabilities from another, so that the errors
    are those of events fixed beforehand.
    """
    pilot, x = (
        image(_drawn(name, size))
        for name, size in (("pilot", _PILOT_CELLS), ("table", cells or _TABLE_CELLS))
    )
    target = _without_shares(pilot, x, sources)
    seen, planes = target.count(x), target.count_planes(x)
    return _with_shares(target, (seen, planes), (_stratified(seen), _stratified(planes)))


def build_from_rows(
    rows: Array, sources: Mapping[str, str], reference: Function | None = None
) -> Target:
    """The target that is the law of held-out data, rows of shape (n, 2), n >= LEAST_ROWS.

    One half of the rows, chosen at random, places the thresholds; the other half gives the
    shares, so that they are those of events fixed beforehand (see two_sample.data_error).

    Args:
        rows: independent draws of the law.
        sources: digests, by file.
        reference: an f that was fitted to the law, whose distance is the end of a scale.

    Raises:
        ValueError: the rows are too few or not finite, or the reference is not finite somewhere.
    """
    if rows.ndim != 2 or rows.shape[1] != 2 or len(rows) < LEAST_ROWS:
        raise ValueError(
            f"held-out data need two columns and at least {LEAST_ROWS:,} rows, not {len(rows):,}"
        )
    if not np.isfinite(rows).all():
        row = int(np.argmin(np.isfinite(rows).all(axis=1)))
        raise ValueError(f"held-out data must be finite numbers; row {row + 1} is not")
    mixed = rows[stream(0, "target/rows").permutation(len(rows))]
    half = len(rows) // 4 * 2
    pilot, x = mixed[half:], mixed[:half]
    target = _without_shares(pilot, x, sources)
    seen, planes = target.count(x), target.count_planes(x)
    errors = (data_error(seen, _FALSE_TABLE / 2), data_error(planes, _FALSE_TABLE / 2))
    target = replace(_with_shares(target, (seen, planes), errors), rows=half)
    if reference is None:
        return target
    fitted = target.count(_image(reference, _drawn("reference", _DISTANCE_CELLS)))
    return replace(target, reference_distance=target.misfit(fitted))


def _stratified(counts: Counts) -> Array:
    return counts.bound(log_inverse(_FALSE_TABLE / 2, counts.share.size, 1))


def _without_shares(pilot: Array, x: Array, sources: Mapping[str, str]) -> Target:
    """Everything that is placed before the shares are counted, from the pilot; and the density."""
    (knots1, scores1), (knots2, scores2) = (score_knots(column) for column in pilot.T)
    blank = Events(np.empty((0, 0)), np.empty((0, 0)), np.empty((0, 0)))
    density, window = smoothed(x)
    draft = Target(
        sources=sources,
        knots=(knots1, knots2),
        scores=(scores1, scores2),
        events=blank,
        frame=Frame.of(pilot),
        planes=blank,
        quantiles=np.quantile(x, [0.05, 0.25, 0.5, 0.75, 0.95], axis=0).T,
        base_distances=np.zeros(3),
        density=density,
        window=(*window.lo, *window.hi),
    )
    seen = place_thresholds(list(draft.views(pilot)), _LEVELS)
    planes = place_thresholds(list(draft.half_planes(pilot)), _PLANE_LEVELS)
    return replace(
        draft, events=replace(blank, thresholds=seen), planes=replace(blank, thresholds=planes)
    )


def _with_shares(
    target: Target, counts: tuple[Counts, Counts], errors: tuple[Array, Array]
) -> Target:
    events, planes = (
        Events(group.thresholds, counted.share, error)
        for group, counted, error in zip(
            (target.events, target.planes), counts, errors, strict=True
        )
    )
    base = target.count(_drawn("base", _DISTANCE_CELLS)).share - events.shares
    distances = [distance(base), *(distance(base[view][None]) for view in (0, DIRECTIONS // 2))]
    return replace(target, events=events, planes=planes, base_distances=np.array(distances))


def _drawn(name: str, cells: tuple[int, int]) -> Array:
    # The seed is fixed: a table is a constant of its exercise, not a draw of a grading.
    return stratified_pairs(stream(0, f"target/{name}"), *cells).reshape(-1, 2)


def _image(f: Function, z: Array) -> Array:
    answers: list[object] = []
    try:
        answers.extend(f(point.copy()) for point in z)
    except Exception as error:  # whatever its author's code raises
        at = z[len(answers)].tolist()
        raise ValueError(
            f"f of the reference raised {type(error).__name__}: {error} at z = {at}"
        ) from error
    try:
        x = np.array(answers, dtype=np.float64)
    except (TypeError, ValueError):  # None, or arrays of several lengths
        x = np.empty(0)
    if x.shape != z.shape:
        raise ValueError("f of the reference must return two numbers for every z")
    bad = ~np.isfinite(x).all(axis=1)
    if bad.any():
        at = z[int(np.argmax(bad))].tolist()
        raise ValueError(f"f of the reference must return finite numbers; it does not at z = {at}")
    return x
