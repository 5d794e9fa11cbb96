"""The check of an affine coupling layer: one part stays, and scales and shifts the other."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from pydantic import JsonValue

from exercises.checks.agreement import finding
from exercises.checks.asking import Asking, fresh_points
from exercises.checks.case import Case
from exercises.checks.evidence import near, number, numbers, percent
from exercises.criteria import Coupling
from exercises.misconceptions import Misconception
from exercises.numerics.coupling import TOLERANCE, Layer, look_at_layer, vary
from exercises.numerics.streams import stream
from exercises.report import Finding, Status

#: Points, and the most numbers that they may have in all; a fault on 5 % of the mass is missed by
#: 64 points with probability 0.04, one on 1 % by 512 points with probability 0.006.
_POINTS, _LEAST, _NUMBERS = 512, 64, 2**18
#: The share of the points at which f may have no finite value.
_NOT_FINITE = 1e-3
#: Coordinates that are named in a sentence.
_NAMED = 3


@dataclass(frozen=True, slots=True)
class _Judged:
    """What holds of a layer, a quarter of the points each, and what to say of it."""

    holds: dict[str, bool]
    mistake: Misconception | None
    message: str


def check_coupling(case: Case, criterion: Coupling) -> Finding:
    """Judge the four parts of a layer; each is worth a quarter.

    Raises:
        ValueError: f does not map points to points of one length (our failure).
        Stopped: the submission ended.
    """
    f = Asking(case, criterion.function)
    dimension = f.as_map()
    count = max(_LEAST, min(_POINTS, _NUMBERS // dimension))
    z = fresh_points(case, criterion.function, "coupling", count)
    layer = look_at_layer(f, z, stream(case.seed, "coupling/moves"))
    judged = _judge(layer, criterion.function)
    passed = all(judged.holds.values())
    return finding(
        "coupling",
        Status.PASSED if passed else Status.FAILED,
        criterion.points,
        sum(judged.holds.values()) / len(judged.holds),
        judged.message,
        _evidence(layer, judged, f.spent),
    )


def _judge(layer: Layer, name: str) -> _Judged:
    nothing = dict.fromkeys(("passes", "affine", "scale", "shift"), False)
    if layer.not_finite > _NOT_FINITE:
        said = f"{name} has no finite value at {percent(layer.not_finite)} of the points."
        return _Judged(nothing, Misconception.NOT_FINITE, said)
    if not len(layer.moving):
        said = f"{name} returns z itself: no coordinate is changed."
        return _Judged(nothing, Misconception.IDENTITY, said)
    if not len(layer.passing):
        return _nothing_passes(layer, name, nothing)
    if not layer.affine:
        return _not_affine(layer, name, nothing | {"passes": True})
    return _moves(layer, name)


def _nothing_passes(layer: Layer, name: str, holds: dict[str, bool]) -> _Judged:
    z, x = near(layer.z[0]), near(layer.x[0])
    if layer.displaced:
        return _Judged(
            holds,
            Misconception.PERMUTED,
            f"{name} moves {layer.displaced:,} of the coordinates to another place: it sends {z} "
            f"to {x}. In one layer the part that passes unchanged stays where it is.",
        )
    return _Judged(
        holds,
        Misconception.NOTHING_PASSES,
        f"No coordinate passes unchanged: {name} sends {z} to {x}. In one layer a part of z is "
        "returned as it is, and scales and shifts the rest.",
    )


def _not_affine(layer: Layer, name: str, holds: dict[str, bool]) -> _Judged:
    i, at = layer.coordinate, near(layer.z[layer.worst])
    kept = _coordinates(layer.passing, "z")
    if layer.crossed:
        why = (
            "some coordinates depend on others that change too. Compute scale and shift from the "
            f"part that passes unchanged ({kept}) only"
        )
    else:
        why = (
            f"x[{i}] is not scale · z[{i}] + shift with both from {kept} alone: its scale or shift "
            f"depends on z[{i}] itself"
        )
    return _Judged(
        holds,
        Misconception.CROSSED if layer.crossed else Misconception.NOT_AFFINE,
        f"{name} passes {kept} unchanged, but {why}; seen at z = {at}.",
    )


def _moves(layer: Layer, name: str) -> _Judged:
    """The verdict on scales and shifts that were told."""
    scales = layer.scales
    kept, moved = _coordinates(layer.passing, "z"), _coordinates(layer.moving, "x")
    both = ((scales > 0).any(axis=0) & (scales < 0).any(axis=0)) | (scales == 0).any(axis=0)
    size = np.abs(layer.x[:, layer.moving]) + np.abs(scales)
    varies, shifted = vary(scales, np.abs(scales)).any(), vary(layer.shifts, size).any()
    holds = {
        "passes": True,
        "affine": True,
        "scale": bool(varies and not both.any()),
        "shift": bool(shifted),
    }
    if both.any():
        i = int(layer.moving[np.flatnonzero(both)[0]])
        return _Judged(
            holds,
            Misconception.ZERO_SCALE,
            f"The scale of x[{i}] takes both signs or is 0, so {name} can not be undone "
            "everywhere: use exp(s), which is never 0.",
        )
    if not varies:
        rest = "nor does its shift" if not shifted else "that is an additive layer"
        said = f"The scale of {moved} does not depend on {kept}; {rest}."
        named = Misconception.ADDITIVE if shifted else Misconception.UNCOUPLED
        return _Judged(holds, named, said)
    if not shifted:
        said = f"The shift of {moved} does not depend on {kept}: add a t that does."
        return _Judged(holds, Misconception.NO_SHIFT, said)
    return _Judged(
        holds,
        None,
        f"{name} is an affine coupling layer: it passes {kept} unchanged, and scales and shifts "
        f"{_coordinates(layer.moving, 'z')} by functions of what it passes.",
    )


def _coordinates(index: np.ndarray[tuple[int], np.dtype[np.intp]], letter: str) -> str:
    """z[0], or z[0] … z[2047], or z[0], z[2] and 2,046 more."""
    if len(index) <= _NAMED:
        return ", ".join(f"{letter}[{i}]" for i in index)
    if index[-1] - index[0] == len(index) - 1:
        return f"{letter}[{index[0]}] … {letter}[{index[-1]}]"
    return f"{letter}[{index[0]}], {letter}[{index[1]}] and {len(index) - 2:,} more"


def _evidence(layer: Layer, judged: _Judged, spent: int) -> dict[str, JsonValue]:
    seen = bool(layer.scales.size) and layer.affine
    return {
        "holds": {**judged.holds},
        "points": len(layer.z),
        "passing": len(layer.passing),
        "moving": len(layer.moving),
        "tolerance": TOLERANCE,
        "largest_residual": number(layer.residual),
        "worst": numbers(layer.z[layer.worst]) if len(layer.z) else None,
        "smallest_scale": number(np.abs(layer.scales).min()) if seen else None,
        "largest_scale": number(np.abs(layer.scales).max()) if seen else None,
        "mistake": judged.mistake,
        "method": "moves of the other coordinates with those that pass held",
        "evaluations": spent,
    }
