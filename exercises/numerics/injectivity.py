"""Injectivity of a black box on a disc: a witness against it, an argument for it, or neither."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np

from exercises.numerics.collapse import find_collapse
from exercises.numerics.continuity import check_continuity
from exercises.numerics.critical import comes_to_rest, lowest_points
from exercises.numerics.degree import argue_by_degree
from exercises.numerics.gaussian_points import Mesh, disc_mesh, gaussian_lattice
from exercises.numerics.jacobian import Local, linearise
from exercises.numerics.monotone import is_monotone
from exercises.numerics.pieces import argue_by_pieces
from exercises.numerics.pinch import find_pinch
from exercises.numerics.probe import BudgetSpent, Probe, Resolution, find_resolution
from exercises.numerics.verdict import Injective, Injectivity, Reason, doubt, found, shown
from exercises.numerics.witness import (
    Witness,
    confirm,
    from_folds,
    from_jumps,
    from_near_pairs,
    newton,
)
from exercises.oracle import Answer, Array

#: The most points that are asked in one judgement; the usual is about 13,000.
BUDGET = 40_000
#: The same where the oracle answers large batches by one call, so that points cost next to nothing.
LIFTED_BUDGET = 100_000
#: Gaussian probes beside the mesh, and how many more where f is lifted.
LATTICE, MORE = 1_200, 8_000
#: A folded region of mass m is missed by n probes with probability (1 − m)^n if they are
#: independent, and a lattice is more even than those: so below this probability for SEEN / n.
_MISSED = 0.01
_SEEN = -math.log(_MISSED)


def judge_injectivity(
    f: Callable[[Array], Answer], radius: float, rng: np.random.Generator
) -> Injectivity:
    """Judge whether f, (n, 2) -> (n, 2), is one-to-one on |z| <= radius.

    "Not invertible" needs a witness. "Invertible" rests on an argument: by degree for continuous
    f (exercises/numerics/degree), else by monotony or by pieces. What these need is seen on a mesh
    and at random probes, so the verdict holds to their resolution. Everything else is
    inconclusive, with its reason.
    """
    probe = Probe(f, BUDGET, LIFTED_BUDGET)
    inquiry = _Inquiry(probe, radius, rng, disc_mesh(radius))
    try:
        # What f returns may be as large as float64 goes: overflow is expected, and compared so
        # that NaN decides nothing.
        with np.errstate(all="ignore"):
            verdict = inquiry.run()
    except BudgetSpent:
        verdict = doubt(Reason.BUDGET)
    witness = verdict.witness
    if witness is not None:
        witness = replace(witness, x1=probe.original(witness.x1), x2=probe.original(witness.x2))
    return replace(
        verdict,
        witness=witness,
        evaluations=probe.spent,
        spacing=inquiry.mesh.spacing,
        folded_mass=inquiry.folded_mass,
        seen_mass=_SEEN / max(inquiry.probes, 1) + verdict.left_out,
    )


@dataclass
class _Inquiry:
    """One judgement in progress: what is known so far of one f."""

    probe: Probe
    radius: float
    rng: np.random.Generator
    mesh: Mesh
    folded_mass: float = 0.0
    #: How many probes of the lattice were asked.
    probes: int = 0
    resolution: Resolution = field(init=False)
    #: First the nodes of the mesh, then the lattice.
    known: Local = field(init=False)
    #: The median lengths of J's rows, shape (2,); 1 where a row is mostly zero.
    typical: Array = field(init=False)
    #: Places between whose two sides f jumps, shape (k, 2, 2).
    jumps: Array = field(default_factory=lambda: np.empty((0, 2, 2)))
    #: Critical points at which f comes to rest, shape (k, 2).
    rests: Array = field(default_factory=lambda: np.empty((0, 2)))

    def run(self) -> Injectivity:
        """The verdict, with its witness refined once more by itself."""
        self._look()
        verdict = self._decide()
        if verdict.witness is None or verdict.reason is not Reason.WITNESS:
            return verdict
        return found(_polished(self.probe, verdict.witness, self.resolution, self.radius))

    def _look(self) -> None:
        """The first look: scales, noise, and Jacobians on the mesh and the lattice."""
        lattice = gaussian_lattice(self.rng, LATTICE, self.radius)
        self.probe.fit(lattice[:64])
        self.resolution = find_resolution(self.probe, lattice[:64])
        self.known = linearise(
            self.probe, np.concatenate((self.mesh.nodes, lattice)), self.resolution
        )
        rows = np.linalg.norm(self.known.jacobian[self.known.finite], axis=2)
        middle = np.median(rows, axis=0) if len(rows) else np.ones(2)
        self.typical = np.where(middle > 0, middle, 1.0)
        self._count(LATTICE)

    def _look_closer(self) -> None:
        """Where points cost next to nothing, many more of them: smaller folds are seen."""
        lattice = gaussian_lattice(self.rng, MORE, self.radius)
        self.known = self.known.join(linearise(self.probe, lattice, self.resolution))
        self._count(LATTICE + MORE)

    def _count(self, probes: int) -> None:
        signs = self.known.sign[-probes:]
        self.folded_mass = float(min((signs == 1).mean(), (signs == -1).mean()))
        self.probes = probes

    def _decide(self) -> Injectivity:
        witness = self._folds(self.known)
        if witness is None and self.probe.lifted:
            self._look_closer()
            witness = self._folds(self.known)
        if witness is not None:
            return found(witness)
        argued = self._argue()
        if argued.verdict is not Injective.INCONCLUSIVE:
            return argued
        witness = self._search()
        if witness is not None:
            return found(witness)
        witness = find_collapse(self.probe, self.known, self.resolution, self.radius)
        if witness is not None:
            return found(witness, Reason.COLLAPSE)
        witness = self._pinch()
        if witness is not None:
            return found(witness, Reason.PINCH)
        return self._argue_with_jumps(argued)

    def _search(self) -> Witness | None:
        """Witnesses beside jumps, then wherever outputs are near each other."""
        some = self.jumps[:: max(1, len(self.jumps) // 8)][:8]
        witness = from_jumps(self.probe, some, self.resolution, self.radius)
        if witness is not None:
            return witness
        return from_near_pairs(self.probe, self.known, self.resolution, self.radius)

    def _folds(self, known: Local) -> Witness | None:
        """Witnesses beside the borders between the two orientations."""
        positive, negative = _borders(known)
        if not len(positive):
            return None
        return from_folds(
            self.probe, positive, negative, self.typical, self.resolution, self.radius
        )

    def _pinch(self) -> Witness | None:
        """Witnesses on critical curves: where f turns over, or where it came to rest."""
        positive, negative = _borders(self.known)
        places = np.concatenate((self.rests, (positive + negative) / 2))
        return find_pinch(
            self.probe, places, self.typical, self.mesh.spacing, self.resolution, self.radius
        )

    def _argue(self) -> Injectivity:
        """Look for an argument that f is one-to-one; each step can end in doubt or a witness."""
        known = self.known
        if not known.finite.all():
            return doubt(Reason.NOT_FINITE)
        if (known.sign == 0).mean() > 0.01:
            return doubt(Reason.FLAT)
        calm = check_continuity(self.probe, known, self.mesh.edges, self.resolution, self.rng)
        self.jumps = calm.jumps
        if (known.sign == 1).any() and (known.sign == -1).any():
            return doubt(Reason.FOLDED)
        if not calm.smooth:
            return doubt(Reason.JUMPS)
        turn = self.rng.random() * np.pi
        low = lowest_points(
            self.probe, known, self.typical, self.mesh.spacing, turn, self.resolution
        )
        both = known.join(low)
        if (both.sign == 1).any() and (both.sign == -1).any():
            witness = self._folds(both)
            return doubt(Reason.FOLDED) if witness is None else found(witness)
        resting = comes_to_rest(self.probe, known, low, self.typical, self.radius)
        self.rests = resting.z
        if len(resting.z):
            return doubt(Reason.CRITICAL)
        orientation = 1 if (both.sign == 1).any() else -1
        return argue_by_degree(self.probe, known, orientation, self.resolution, self.radius)

    def _argue_with_jumps(self, argued: Injectivity) -> Injectivity:
        """Arguments that allow jumps; where none holds, the doubt that there was before."""
        if argued.reason not in (Reason.JUMPS, Reason.FOLDED):
            return argued
        if is_monotone(self.probe, self.known, self.jumps, self.radius, self.rng):
            return shown(Reason.MONOTONE)
        if not len(self.jumps):
            return argued
        left_out = argue_by_pieces(self.probe, self.resolution, self.radius)
        if left_out is None or left_out > _SEEN / LATTICE:
            return argued
        return shown(Reason.PIECES, left_out)


def _borders(known: Local) -> tuple[Array, Array]:
    """Up to eight pairs of points of either orientation, (n, 2) each, the most central first."""
    plus, minus = known.z[known.sign == 1], known.z[known.sign == -1]
    if not len(plus) or not len(minus):
        return np.empty((0, 2)), np.empty((0, 2))
    fewer, more = (plus, minus) if len(plus) < len(minus) else (minus, plus)
    fewer = fewer[np.argsort(np.hypot(*fewer.T), kind="stable")]
    fewer = fewer[:: max(1, len(fewer) // 8)][:8]
    distance = np.hypot(*(fewer[:, None] - more[None]).transpose(2, 0, 1))
    nearest = more[np.argmin(distance, axis=1)]
    return (fewer, nearest) if len(plus) < len(minus) else (nearest, fewer)


def _polished(probe: Probe, witness: Witness, resolution: Resolution, radius: float) -> Witness:
    """The witness refined by itself: in a small batch, which no oracle answers but for rounding."""
    z1 = witness.z1[None]
    z2 = newton(probe, witness.z2[None], probe(z1), resolution, radius)
    return confirm(probe, z1, z2, resolution, radius) or witness
