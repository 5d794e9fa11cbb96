"""The turn that brings a law nearest to its target: a mistake with an angle."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from exercises.checks.alignment import align
from exercises.checks.mistakes import Mistake
from exercises.misconceptions import Misconception
from exercises.oracle import Array
from exercises.tables.target_law import Target

#: Angles that are tried, and refinements: of the candidates with few points, of the best with more,
#: from as far away as the angles are, as few points may have led astray.
_ANGLES, _ROUGH, _FINE = 36, 2, 7
_FEW, _MANY = 2**11, 2**14
#: Candidates are the best dips, if they go down by this share of the way from worst to best.
_CANDIDATES, _DEEP = 6, 0.5
#: Of candidates that do as well, to this share of the worst misfit, the smallest turn is meant.
_AS_WELL = 0.05


def rotation(x: Array, target: Target, misfit: Callable[[Array], float]) -> Mistake | None:
    """The turn, about whatever point, that brings x nearest to the target, or None.

    Args:
        x: shape (n, 2), all finite; pairs of a cell next to each other.
        target: what x should follow.
        misfit: how far points, shape (n, 2), are from the target.
    """

    def turned(points: Array, angle: float) -> Array:
        # The point about which it turns shows in the place that it turns to.
        new = _turned(points, angle)
        return new + align(new, target).shift

    def left(points: Array, angle: float) -> float:
        return misfit(turned(points, angle))

    few, many = _thinned(x, _FEW), _thinned(x, _MANY)
    step = 2 * np.pi / _ANGLES
    rough = min(_best(lambda angle: left(few, angle), step), key=abs)
    _, best = _refined(lambda angle: left(many, angle), rough, step, _FINE)
    degrees = round(np.degrees(best))
    if degrees == 0:
        return None
    way = "clockwise" if degrees > 0 else "counterclockwise"
    return Mistake(
        Misconception.ROTATION,
        f"The form is right, but it is turned by about {abs(degrees)} degrees {way}.",
        lambda points: turned(points, best),
    )


def _best(left: Callable[[float], float], step: float) -> list[float]:
    """Angles of the deepest dips, all as good: a law may look the same after part of a turn."""
    angles = step * np.arange(1 - _ANGLES // 2, _ANGLES // 2 + 1)
    values = np.array([left(float(angle)) for angle in angles])
    dips = np.flatnonzero((values <= np.roll(values, 1)) & (values <= np.roll(values, -1)))
    worst, least = float(values.max()), float(values.min())
    deep = [dip for dip in dips if values[dip] <= worst - _DEEP * (worst - least)]
    deepest = sorted(deep, key=lambda dip: float(values[dip]))[:_CANDIDATES]
    refined = [_refined(left, float(angles[dip]), step, _ROUGH) for dip in deepest]
    least = min(refined)[0]
    return [angle for value, angle in refined if value <= least + _AS_WELL * worst]


def _refined(
    left: Callable[[float], float], angle: float, step: float, halvings: int
) -> tuple[float, float]:
    """The least that is left near an angle, and where, by halving the step so many times."""
    best = (left(angle), angle)
    for _ in range(halvings):
        step /= 2
        angle = best[1]
        best = min(best, *((left(near), near) for near in (angle - step, angle + step)))
    return best


def _thinned(x: Array, points: int) -> Array:
    """About so many rows of x, in their pairs."""
    every = max(1, len(x) // points)
    return x.reshape(-1, 2, 2)[::every].reshape(-1, 2)


def _turned(x: Array, angle: float) -> Array:
    cos, sin = np.cos(angle), np.sin(angle)
    return np.asarray(x @ np.array([[cos, sin], [-sin, cos]]))
