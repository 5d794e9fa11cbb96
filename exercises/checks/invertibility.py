"""The check of invertibility: is f one-to-one on the disc that holds the Gaussian's bulk?"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from pydantic import JsonValue

from exercises.checks.evidence import near, number, numbers, percent, place, rounded
from exercises.criteria import Invertibility
from exercises.numerics.injectivity import BUDGET, judge_injectivity
from exercises.numerics.mesh import WarpedMesh
from exercises.numerics.streams import stream
from exercises.numerics.verdict import Injective, Injectivity, Reason
from exercises.numerics.witness import Witness
from exercises.oracle import Answer, Array, Oracle
from exercises.report import Finding, Status

_STATUS = {
    Injective.INVERTIBLE: Status.PASSED,
    Injective.NOT_INVERTIBLE: Status.FAILED,
    Injective.INCONCLUSIVE: Status.INCONCLUSIVE,
}


_METHOD = (
    "differences on a mesh and a lattice; Newton's method for witnesses; degree theory, monotony, "
    "parallel lines or pieces for certificates"
)


@dataclass(frozen=True, slots=True)
class Judged:
    """The finding, with what a figure of it shows."""

    finding: Finding
    #: The mesh over the disc as f maps it; None where f was not seen on it.
    mesh: WarpedMesh | None
    #: The two inputs with one output, where the finding rests on such.
    witness: Witness | None


def check_invertibility(oracle: Oracle, criterion: Invertibility, seed: int) -> Finding:
    """The finding of `judge_invertibility` alone."""
    return judge_invertibility(oracle, criterion, seed).finding


def judge_invertibility(
    oracle: Oracle, criterion: Invertibility, seed: int, *, budget: int = BUDGET
) -> Judged:
    """Judge f on |z| <= criterion.radius; a witness counts only if a fresh process repeats it.

    Points are for what is shown: `inconclusive` earns none. An f that no grader can judge is easy
    to write (one jump is enough), so being hard to judge must not pay; and whoever meets it
    with an honest f sees the reason, and the teacher sees that nothing was found against it.

    Args:
        oracle: behind it the submission.
        criterion: the disc, and what it is worth.
        seed: of the grading.
        budget: the most points that are asked where f is called point by point.
    """
    rng = stream(seed, "invertibility")

    def ask(points: Array) -> Answer:
        return oracle.evaluate(points, tolerant=True)

    found = judge_injectivity(ask, criterion.radius, rng, budget=budget)
    if found.witness is not None and not _repeats(oracle, found.witness):
        found = replace(
            found, verdict=Injective.INCONCLUSIVE, reason=Reason.NOT_REPEATED, witness=None
        )
    earned = criterion.points if found.verdict is Injective.INVERTIBLE else 0.0
    finding = Finding(
        check="invertibility",
        status=_STATUS[found.verdict] if criterion.points else Status.INFORMATIVE,
        points=earned,
        max_points=criterion.points,
        message=_message(found, criterion.radius),
        evidence=_evidence(found, criterion.radius),
    )
    return Judged(finding, found.warped, found.witness)


def _repeats(oracle: Oracle, witness: Witness) -> bool:
    """Whether a fresh process gives the same two outputs, bit for bit."""
    with oracle.fresh() as other:
        answer = other.evaluate(np.stack((witness.z1, witness.z2)), tolerant=True)
    expected = np.stack((witness.x1, witness.x2))
    return answer.values.tobytes() == expected.tobytes()


def _message(found: Injectivity, radius: float) -> str:
    disc = f"|z| ≤ {rounded(radius)}"
    witness = found.witness
    if witness is not None:
        # Inputs of one small cell look the same to four digits.
        tell = near if near(witness.z1) != near(witness.z2) else place
        return (
            f"f is not invertible: z = {tell(witness.z1)} and z = {tell(witness.z2)} both give "
            f"x = {near(witness.x1)}."
        )
    if found.verdict is Injective.INVERTIBLE:
        return (
            f"f is invertible on {disc}, which holds {percent(_mass(radius))} of the z: no two of "
            "them were found to share an x. Folds of less than "
            f"{percent(found.seen_mass)} of the z might have been missed."
        )
    return f"It is not clear whether f is invertible on {disc}: {found.reason.value}."


def _mass(radius: float) -> float:
    """The share of N(0, I) on the disc: 1 − exp(−r²/2)."""
    return float(-np.expm1(-radius * radius / 2))


def _evidence(found: Injectivity, radius: float) -> dict[str, JsonValue]:
    return {
        "verdict": found.verdict.value,
        "radius": radius,
        "mass": _mass(radius),
        "witness": _witness(found.witness),
        "reason": found.reason.value,
        "method": _METHOD,
        "resolution": number(found.spacing),
        "smallest_fold_seen": number(found.seen_mass),
        "left_out": number(found.left_out),
        "folded_mass": number(found.folded_mass),
        "evaluations": found.evaluations,
    }


def _witness(witness: Witness | None) -> JsonValue:
    if witness is None:
        return None
    return {
        "z1": numbers(witness.z1),
        "z2": numbers(witness.z2),
        "x": numbers(witness.x1),
        "x2": numbers(witness.x2),
        "gap": number(witness.gap),
    }
