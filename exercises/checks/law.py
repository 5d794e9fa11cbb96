"""The check of the law: does x = f(z) follow the exercise's target?"""

from __future__ import annotations

import math

import numpy as np
from pydantic import JsonValue

from exercises.checks.difference import describe
from exercises.checks.evidence import number, percent
from exercises.checks.looking import LOOKS, Look, look_at
from exercises.checks.statistics import statistics
from exercises.criteria import Law
from exercises.numerics.two_sample import distance
from exercises.oracle import Oracle
from exercises.report import Finding, Status
from exercises.tables.target_law import Target

#: A right answer fails with at most this probability a grading; see exercises/numerics/two_sample.
FALSE_FAIL = 1e-6
#: A law passes only when every event's share is shown to be this near to the target's: an f that
#: is further off in some event passes with at most this probability (that one event's bound would
#: have to fail, so no union over the events is needed and the bound is a little tighter).
TOLERANCE, FALSE_PASS = 0.01, 1e-6
#: A deviation of so many standard errors asks for another look: among 7,000 events about one in
#: twenty-five right answers shows one of five, and that costs only points.
_CURIOUS = 5.0
#: The share of outputs that may be not finite.
_NOT_FINITE = 1e-3
#: Full marks are kept for what passed.
_BEST_PARTIAL = 0.99


def check_law(oracle: Oracle, criterion: Law, target: Target, seed: int) -> Finding:
    """Judge the law of f(z) against the target, with more points while it is undecided.

    A fail is safe by theory: it needs an event whose share is further from the target's than a
    bound that holds for every f (see exercises/numerics/two_sample). A pass needs the opposite,
    that no event is further than TOLERANCE for certain, and nothing suspicious below that. Where
    the target is known from data only, TOLERANCE is what is asked beyond their own error.

    Undecided at the last look gives `inconclusive` with the points of the largest distance that
    is still possible: our inability costs little, and being hard to judge never pays, as the
    points are no more than those of an f that is truly so far away.

    Raises:
        Stopped: the submission ended.
    """
    if criterion.marginal is not None:
        target = target.marginal(criterion.marginal)
    evaluations = 0
    for index in range(len(LOOKS)):
        look = look_at(oracle, target, seed, "law", index)
        evaluations += look.counts.points
        status = _status(look, target)
        if status is not Status.INCONCLUSIVE:
            break
    return _finding(look, status, criterion, target, evaluations)


def credit(measured: float, base: float) -> float:
    """Partial credit of a distance: 1 at half of the tolerance, 0 at the distance of z itself.

    An answer no nearer to the target than the untransformed z earns nothing. The root mean square
    of a bump as high as the tolerance is about half of it.
    """
    full = TOLERANCE / 2
    return scale(measured, min(max(base, 10 * full), 0.5), full)


def scale(measured: float, zero: float, full: float) -> float:
    """The share of the points of a distance: 1 up to `full`, 0 from `zero` on.

    Logarithmic between the two, as a mistake of twice the size is one step worse at any size.
    """
    if not measured > full:
        return 1.0
    return max(0.0, math.log(zero / measured) / math.log(zero / full))


def tolerance(target: Target) -> float:
    """What a law that passes is nearer to the target's shares than, in every event."""
    return TOLERANCE + (float(target.planes.errors.max()) if target.rows else 0.0)


def _status(look: Look, target: Target) -> Status:
    size = np.abs(look.deviation)
    if look.not_finite > _NOT_FINITE or not (size <= look.bound(FALSE_FAIL)).all():
        return Status.FAILED
    calm = look.last or (size - look.errors <= _CURIOUS * look.counts.standard_error()).all()
    # The shares of a reference's law are off by at most their errors; those of data are what the
    # answer is compared with, as more is not known.
    unsure = -look.errors if target.rows else look.errors
    near = (size + look.noise(FALSE_PASS) + unsure <= TOLERANCE).all()
    return Status.PASSED if calm and near else Status.INCONCLUSIVE


def _finding(
    look: Look, status: Status, criterion: Law, target: Target, evaluations: int
) -> Finding:
    measured = target.misfit(look.seen)
    share = 1.0
    if status is Status.FAILED:
        share = min(_BEST_PARTIAL, credit(measured, target.base_distance))
    elif status is Status.INCONCLUSIVE:
        grid = np.abs(look.deviation) + look.bound(FALSE_FAIL)
        possible = distance(grid[: look.seen.share.size].reshape(look.seen.share.shape))
        share = min(_BEST_PARTIAL, credit(possible, target.base_distance))
    message, mistake = _message(look, status, target)
    evidence = _evidence(look, status, target) | {
        "distance": number(measured),
        "credit": number(share),
        "mistake": mistake,
        "evaluations": evaluations,
        **(statistics(look, target) if status is Status.FAILED else {}),
    }
    points = round(criterion.points * share, 2)
    if status is Status.FAILED and points > 0:
        status = Status.PARTIAL
    return Finding(
        check="law",
        status=status if criterion.points else Status.INFORMATIVE,
        points=points,
        max_points=criterion.points,
        message=message,
        evidence=evidence,
    )


def _message(look: Look, status: Status, target: Target) -> tuple[str, str | None]:
    who = "x" if len(target.axes) == 2 else f"x{target.axes[0] + 1}"
    if status is Status.PASSED:
        goal = "the held-out data as far as they can tell" if target.rows else "the target"
        near = percent(tolerance(target))
        return f"{who} follows {goal}: no difference is larger than {near}.", None
    if look.not_finite > _NOT_FINITE:
        return f"x is not finite for {percent(look.not_finite)} of the z.", None
    if status is Status.INCONCLUSIVE:
        least = percent(float(look.bound(FALSE_FAIL).max()))
        return (
            f"This f changes so fast that its law can only be told to within {least}: it is near "
            "the target, but not surely right."
        ), None
    sentence, mistake = describe(target, look)
    return f"{who} does not follow the target. " + sentence.rstrip(".") + ".", mistake


def _evidence(look: Look, status: Status, target: Target) -> dict[str, JsonValue]:
    size, bound = np.abs(look.deviation), look.bound(FALSE_FAIL)
    worst = int(np.argmax(size / bound))
    verdict = {Status.PASSED: "right", Status.FAILED: "wrong"}
    return {
        "verdict": verdict.get(status, "inconclusive"),
        "largest_difference": number(size.max()),
        "difference": number(size[worst]),
        "difference_bound": number(bound[worst]),
        "tolerance": number(tolerance(target)),
        "false_fail_probability": FALSE_FAIL,
        "false_pass_probability": FALSE_PASS,
        "method": "event counts over stratified pairs, Chernoff and Bernstein bounds",
        "events": int(size.size),
        "target": f"{target.rows} held-out rows" if target.rows else "the law of the reference",
        "not_finite": number(look.not_finite),
    }
