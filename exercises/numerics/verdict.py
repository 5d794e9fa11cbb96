"""Verdicts on injectivity: what is known about one-to-one on a disc, and what it rests on."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from exercises.numerics.mesh import WarpedMesh
from exercises.numerics.witness import Witness


class Injective(StrEnum):
    """What is known about one-to-one on the disc."""

    INVERTIBLE = "invertible"
    NOT_INVERTIBLE = "not_invertible"
    INCONCLUSIVE = "inconclusive"


class Reason(StrEnum):
    """What the verdict rests on, or why there is none."""

    WITNESS = "two inputs with one output"
    COLLAPSE = "a region that f flattens"
    STEPS = "outputs that come in steps, as rounded numbers do"
    PINCH = "a line that f sends to one point"
    DEGREE = "one orientation everywhere and a boundary that does not cross itself"
    MONOTONE = "after one linear map every pair of points moves the same way that it lies"
    TRIANGULAR = "f keeps parallel lines parallel, and functions of one number are one-to-one"
    PIECES = "f jumps, but each piece between the jumps is one-to-one and their images lie apart"
    COUNTED = "f jumps, and at nearly all probes the pieces between the jumps count one input"
    NOT_FINITE = "f is not finite everywhere on the disc"
    JUMPS = "f jumps, or changes faster than the mesh can follow"
    FLAT = "f changes too little somewhere to be told apart in double precision"
    FOLDED = "f turns the plane over, but no two inputs with one output were found"
    CRITICAL = "f comes to rest at some points"
    BOUNDARY = "the image of the disc's edge comes too near to itself"
    WINDING = "the image of the disc's edge does not surround the image of its inside once"
    NOT_REPEATED = "two inputs had one output, but not in a fresh process"
    BUDGET = "it would need more points than a grading may ask"


@dataclass(frozen=True, slots=True)
class Injectivity:
    """The verdict with its reason and its evidence."""

    verdict: Injective
    reason: Reason
    witness: Witness | None = None
    #: Points that were asked.
    evaluations: int = 0
    #: The longest edge of the mesh.
    spacing: float = 0.0
    #: The share of the Gaussian's mass on the disc whose orientation is the rarer one.
    folded_mass: float = 0.0
    #: A fold of this mass is missed by all probes with probability below 1 %; the strips beside
    #: jumps, about which an argument by pieces says nothing, are added.
    seen_mass: float = 1.0
    #: The mass of those strips.
    left_out: float = 0.0
    #: The mesh as f maps it, where f was seen on it.
    warped: WarpedMesh | None = None


def found(witness: Witness, reason: Reason = Reason.WITNESS) -> Injectivity:
    """Not invertible, with its witness."""
    return Injectivity(Injective.NOT_INVERTIBLE, reason, witness)


def shown(reason: Reason, left_out: float = 0.0) -> Injectivity:
    """Invertible, by the argument that `reason` names."""
    return Injectivity(Injective.INVERTIBLE, reason, left_out=left_out)


def doubt(reason: Reason) -> Injectivity:
    """Neither, and why."""
    return Injectivity(Injective.INCONCLUSIVE, reason)
