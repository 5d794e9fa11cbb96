"""The check of the law: does x = f(z) follow the exercise's target?"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from pydantic import JsonValue

from exercises.checks.difference import describe
from exercises.checks.evidence import number, percent
from exercises.exercise import Criterion
from exercises.numerics.gaussian_points import stratified_pairs
from exercises.numerics.streams import stream
from exercises.numerics.two_sample import Counts, distance, log_inverse
from exercises.oracle import Array, Oracle
from exercises.report import Finding, Status
from exercises.target import Target

#: A right answer fails with at most this probability a grading; see exercises/numerics/two_sample.
FALSE_FAIL = 1e-6
#: A law passes only when every event's share is shown to be this near to the target's: an f that
#: is further off in some event passes with at most this probability (that one event's bound would
#: have to fail, so no union over the events is needed and the bound is a little tighter).
TOLERANCE, FALSE_PASS = 0.01, 1e-6
#: Cells a look: 16,384 points, and four and sixteen times as many where that does not decide.
LOOKS = ((64, 128), (128, 256), (256, 512))
#: A deviation of so many standard errors asks for another look: among 600 events a right answer
#: shows one of five less than once in a thousand gradings, and that costs only points.
_CURIOUS = 5.0
#: The share of outputs that may be not finite.
_NOT_FINITE = 1e-3
#: Full marks are kept for what passed.
_BEST_PARTIAL = 0.99
_BATCH = 2**15


@dataclass(frozen=True, slots=True)
class Look:
    """One look at the law: the points' images and what was counted."""

    x: Array
    counts: Counts
    #: Shares minus the target's.
    deviation: Array
    #: What a right answer's deviation exceeds with a probability below FALSE_FAIL in all.
    bound: Array
    status: Status
    #: The share of outputs that are not finite.
    not_finite: float


def check_law(oracle: Oracle, criterion: Criterion, target: Target, seed: int) -> Finding:
    """Judge the law of f(z) against the target, with more points while it is undecided.

    A fail is safe by theory: it needs an event whose share is further from the target's than a
    bound that holds for every f (see exercises/numerics/two_sample). A pass needs the opposite,
    that no event is further than TOLERANCE for certain, and nothing suspicious below that.

    Undecided at the last look gives `inconclusive` with the points of the largest distance that
    is still possible: our inability costs little, and being hard to judge never pays, as the
    points are no more than those of an f that is truly so far away.
    """
    evaluations = 0
    for index in range(len(LOOKS)):
        look = _look(oracle, target, seed, index)
        evaluations += look.counts.points
        if look.status is not Status.INCONCLUSIVE:
            break
    return _finding(look, criterion, target, evaluations)


def credit(measured: float, base: float) -> float:
    """Partial credit of a distance: 1 at the tolerance, 0 at the distance of z itself.

    Logarithmic between the two, as a mistake of twice the size is one step worse at any size.
    An answer no nearer to the target than the untransformed z earns nothing.
    """
    full = TOLERANCE / 2  # the root mean square of a bump as high as the tolerance is about half
    zero = min(max(base, 10 * full), 0.5)
    if not measured > full:
        return 1.0
    return max(0.0, math.log(zero / measured) / math.log(zero / full))


def _look(oracle: Oracle, target: Target, seed: int, index: int) -> Look:
    z = stratified_pairs(stream(seed, f"law/{index}"), *LOOKS[index]).reshape(-1, 2)
    x = np.concatenate(
        [
            oracle.evaluate(z[start : start + _BATCH], tolerant=True).values
            for start in range(0, len(z), _BATCH)
        ]
    )
    finite = np.isfinite(x).all(axis=1)
    # Half a number is none: a row with one NaN belongs to no event of any view.
    counts = target.count(np.where(finite[:, None], x, np.nan))
    deviation = counts.share - target.shares
    bound = counts.bound(log_inverse(FALSE_FAIL, deviation.size, len(LOOKS))) + target.errors
    lost = 1.0 - float(np.mean(finite))
    last = index == len(LOOKS) - 1
    return Look(
        x, counts, deviation, bound, _status(counts, deviation, bound, target, lost, last), lost
    )


def _status(
    counts: Counts, deviation: Array, bound: Array, target: Target, lost: float, last: bool
) -> Status:
    size = np.abs(deviation)
    sure = counts.bound(log_inverse(FALSE_PASS, 1, len(LOOKS))) + target.errors
    if lost > _NOT_FINITE or not (size <= bound).all():
        return Status.FAILED
    beyond = np.maximum(size - target.errors, 0.0)
    calm = last or (beyond <= _CURIOUS * counts.standard_error()).all()
    return Status.PASSED if calm and (size + sure <= TOLERANCE).all() else Status.INCONCLUSIVE


def _finding(look: Look, criterion: Criterion, target: Target, evaluations: int) -> Finding:
    measured = distance(look.deviation)
    share = 1.0
    if look.status is Status.FAILED:
        share = min(_BEST_PARTIAL, credit(measured, target.base_distance))
    elif look.status is Status.INCONCLUSIVE:
        possible = distance(np.abs(look.deviation) + look.bound)
        share = min(_BEST_PARTIAL, credit(possible, target.base_distance))
    points = round(criterion.points * share, 2)
    message, mistake = _message(look, target)
    status = look.status
    if status is Status.FAILED and points > 0:
        status = Status.PARTIAL
    return Finding(
        check="law",
        status=status if criterion.points else Status.INFORMATIVE,
        points=points,
        max_points=criterion.points,
        message=message,
        evidence=_evidence(look, measured, share, mistake, evaluations),
    )


def _message(look: Look, target: Target) -> tuple[str, str | None]:
    if look.status is Status.PASSED:
        return f"x follows the target: no difference is larger than {percent(TOLERANCE)}.", None
    if look.not_finite > _NOT_FINITE:
        return f"x is not finite for {percent(look.not_finite)} of the z.", None
    sentence, mistake = describe(target, look.x, look.counts)
    if look.status is Status.INCONCLUSIVE:
        least = percent(float(look.bound.max()))
        return (
            f"This f changes so fast that its law can only be told to within {least}: it is near "
            "the target, but not surely right."
        ), None
    return "x does not follow the target. " + sentence.rstrip(".") + ".", mistake


def _evidence(
    look: Look, measured: float, share: float, mistake: str | None, evaluations: int
) -> dict[str, JsonValue]:
    excess = np.abs(look.deviation) - look.bound
    view, level = np.unravel_index(int(np.argmax(excess)), excess.shape)
    return {
        "verdict": {Status.PASSED: "right", Status.FAILED: "wrong"}.get(
            look.status, "inconclusive"
        ),
        "distance": number(measured),
        "credit": number(share),
        "largest_difference": number(np.abs(look.deviation).max()),
        "difference": number(abs(look.deviation[view, level])),
        "difference_bound": number(look.bound[view, level]),
        "tolerance": TOLERANCE,
        "false_fail_probability": FALSE_FAIL,
        "false_pass_probability": FALSE_PASS,
        "method": "event counts over stratified pairs, Chernoff and Bernstein bounds",
        "not_finite": number(look.not_finite),
        "mistake": mistake,
        "evaluations": evaluations,
    }
