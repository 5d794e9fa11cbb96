"""How well a batch of answers agrees with what is right: credit, spread of errors, evidence."""

from __future__ import annotations

import numpy as np
from pydantic import JsonValue

from exercises.checks.evidence import number
from exercises.oracle import Array
from exercises.report import Finding, Status

#: Full marks are kept for what passed.
BEST_PARTIAL = 0.99
#: Less than this share is nothing: some points of a wrong answer are right by chance.
LEAST_PARTIAL = 0.05


def credit(error: Array, tolerance: Array | float, nothing: float) -> Array:
    """What each point earns: 1 up to the tolerance, 0 from an error of `nothing` on.

    Logarithmic between the two, as in the law: an error of twice the size is one step worse at any
    size. NaN and inf earn 0.
    """
    with np.errstate(all="ignore"):
        steps = np.log(nothing / error) / np.log(nothing / np.asarray(tolerance))
        share = np.where(error <= tolerance, 1.0, np.clip(steps, 0.0, 1.0))
    return np.where(np.isfinite(error), share, 0.0)


def spread(error: Array) -> dict[str, JsonValue]:
    """The middle, the 99 % level and the largest of the errors, without those that are NaN."""
    known = error[~np.isnan(error)]
    if not len(known):
        return {"median": None, "q99": None, "max": None}
    # By order, not by interpolation: some errors are infinite.
    middle, high = np.quantile(known, [0.5, 0.99], method="higher")
    return {"median": number(middle), "q99": number(high), "max": number(known.max())}


def finding(
    check: str,
    status: Status,
    most: float,
    share: float,
    message: str,
    evidence: dict[str, JsonValue],
) -> Finding:
    """The finding with its points: all for what passed, else that share of them.

    Args:
        check: its name.
        status: what was found, as if there were points to earn.
        most: the criterion's points; with 0 the check only informs.
        share: of the points, where it did not pass; none below 5 %, at most 99 %.
        message: for the student.
        evidence: what the message rests on.
    """
    if status is Status.PASSED:
        share = 1.0
    else:
        share = min(share, BEST_PARTIAL) if share >= LEAST_PARTIAL else 0.0
    points = round(most * share, 2)
    if status is Status.FAILED and points > 0:
        status = Status.PARTIAL
    return Finding(
        check=check,
        status=status if most else Status.INFORMATIVE,
        points=points,
        max_points=most,
        message=message,
        evidence={**evidence, "credit": number(share)},
    )


def held(found: Finding) -> bool:
    """Whether a check was passed, also one that is worth no points and so only informs."""
    if found.status is Status.INFORMATIVE:
        return found.evidence.get("credit") == 1.0 or found.evidence.get("verdict") == "invertible"
    return found.status is Status.PASSED
