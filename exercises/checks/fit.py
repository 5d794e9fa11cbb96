"""The check of a fit: how near x = f(z) comes to the target, on a scale from a baseline to it."""

from __future__ import annotations

from exercises.checks.difference import describe
from exercises.checks.evidence import number, rounded
from exercises.checks.law import FALSE_FAIL, TOLERANCE, scale
from exercises.checks.looking import LOOKS, Look, look_at
from exercises.checks.statistics import statistics
from exercises.criteria import Fit
from exercises.numerics.two_sample import distance
from exercises.oracle import Array, Oracle
from exercises.report import Finding, Status
from exercises.tables.target_law import Target

#: What may be left of a look's own error when the distance is measured: half of a tolerance.
_SHARP = TOLERANCE / 2
#: The scale's least length, as a ratio of distances: a baseline no worse than a right answer.
_SHORTEST = 2.0
#: The share of outputs that may be not finite.
_NOT_FINITE = 1e-3


def check_fit(oracle: Oracle, criterion: Fit, target: Target, seed: int) -> Finding:
    """Grade the distance between the law of f(z) and the target: no verdict, only a scale.

    The distance is the root mean squared difference of half-planes of the worst direction. What
    the look's own error may have added, at FALSE_FAIL, is taken off, so the points are those of
    the least distance that is likely.

    A generator with the right law earns everything with probability at least 1 − FALSE_FAIL
    (and the 1e-9 of the table): then every measured difference is at most the look's error plus
    the table's, by the theory of two_sample, and with them their root mean squares (Minkowski).
    So the distance with the first taken off is at most that of the second, which is where the
    scale ends. The reference's own distance from held-out data, where that is larger, takes its
    place.

    Raises:
        Stopped: the submission ended.
    """
    evaluations = 0
    for index in range(len(LOOKS)):
        look = look_at(oracle, target, seed, "fit", index)
        evaluations += look.counts.points
        own = distance(_noise(look))
        if own <= _SHARP:
            break
    measured = target.misfit(look.seen)
    least = max(0.0, measured - own)
    full, zero = ends(target, criterion)
    # NaN would otherwise count as no distance at all.
    share = scale(least, zero, full) if look.not_finite <= _NOT_FINITE else 0.0
    points = round(criterion.points * share, 2)
    return Finding(
        check="fit",
        status=_status(criterion, share, points),
        points=points,
        max_points=criterion.points,
        message=_message(look, target, least, (full, zero), share),
        evidence={
            "distance": number(measured),
            "distance_error": number(own),
            "full_at": number(full),
            "nothing_at": number(zero),
            "credit": number(share),
            "false_fail_probability": FALSE_FAIL,
            "target": f"{target.rows} held-out rows" if target.rows else "the law of the reference",
            "not_finite": number(look.not_finite),
            "evaluations": evaluations,
            **(statistics(look, target) if share < 1.0 else {}),
        },
    )


def ends(target: Target, criterion: Fit) -> tuple[float, float]:
    """The distances that earn everything and nothing."""
    full = TOLERANCE / 2 + max(distance(target.events.errors), target.reference_distance)
    full = max(full, criterion.full or 0.0)
    base = criterion.baseline or target.base_distance
    return full, max(base, _SHORTEST * full)


def _noise(look: Look) -> Array:
    bound = look.bound(FALSE_FAIL) - look.errors
    noise: Array = bound[: look.seen.share.size].reshape(look.seen.share.shape)
    return noise


def _status(criterion: Fit, share: float, points: float) -> Status:
    if not criterion.points:
        return Status.INFORMATIVE
    if share >= 1.0:
        return Status.PASSED
    return Status.PARTIAL if points > 0 else Status.FAILED


def _message(
    look: Look, target: Target, least: float, ends: tuple[float, float], share: float
) -> str:
    if look.not_finite > _NOT_FINITE:
        return f"x is not finite for {rounded(100 * look.not_finite)} % of the z."
    full, zero = ends
    goal = "the held-out data" if target.rows else "the target"
    if share >= 1.0:
        return f"x follows {goal} as nearly as can be told: the distance is {rounded(least)}."
    sentence, _ = describe(target, look)
    return (
        f"The distance of x from {goal} is {rounded(least)}, on a scale from {rounded(zero)} "
        f"(nothing) to {rounded(full)} (everything). {sentence.rstrip('.')}."
    )
