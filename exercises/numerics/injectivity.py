"""Injectivity of a black box on a disc: a witness against it, an argument for it, or neither."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from exercises.numerics.collapse import find_collapse
from exercises.numerics.continuity import check_continuity
from exercises.numerics.critical import comes_to_rest, lowest_points
from exercises.numerics.degree import argue_by_degree
from exercises.numerics.gaussian_points import gaussian_lattice
from exercises.numerics.high_order import settle_signs
from exercises.numerics.jacobian import Local, linearise
from exercises.numerics.jumping import argue_with_jumps
from exercises.numerics.mesh import Mesh, WarpedMesh, disc_mesh
from exercises.numerics.pinch import find_pinch
from exercises.numerics.probe import BudgetSpent, Probe, Resolution, find_resolution
from exercises.numerics.steps import find_steps
from exercises.numerics.verdict import Injective, Injectivity, Reason, doubt, found
from exercises.numerics.witness import (
    Witness,
    borders,
    from_folds,
    from_jumps,
    from_near_pairs,
    polished,
)
from exercises.oracle import Answer, Array

#: The most points that are asked in one judgement; the usual is about 13,000.
BUDGET = 64_000
#: The same where the oracle answers large batches by one call, so that points cost next to nothing.
LIFTED_BUDGET = 120_000
#: Gaussian probes beside the mesh, and how many more where f is lifted.
LATTICE, MORE = 1_200, 8_000
#: A folded region of mass m is missed by n probes with probability (1 − m)^n if they are
#: independent, and a lattice is more even than those: so below this probability for SEEN / n.
_MISSED = 0.01
_SEEN = -math.log(_MISSED)
#: Points kept for witnesses and the later arguments while the first argument looks closely.
_RESERVE = 14_000
#: Doubts of the argument by degree that leave the other arguments open.
_OPEN = (Reason.JUMPS, Reason.FOLDED, Reason.BOUNDARY, Reason.WINDING, Reason.BUDGET)
#: Probes that are compared with each other before the argument by degree.
_COMPARED = 5_000


def judge_injectivity(
    f: Callable[[Array], Answer],
    radius: float,
    rng: np.random.Generator,
    *,
    budget: int = BUDGET,
) -> Injectivity:
    """Judge whether f, (n, 2) -> (n, 2), is one-to-one on |z| <= radius.

    "Not invertible" needs a witness. "Invertible" rests on an argument: by degree for continuous
    f (exercises/numerics/degree), else on one that allows jumps (exercises/numerics/jumping). What
    these need is seen on a mesh and at random probes, so the verdict holds to their resolution.
    Everything else is inconclusive, with its reason.

    Args:
        f: answers a batch of points.
        radius: of the disc.
        rng: what is drawn comes from it.
        budget: the most points that are asked where f is not called once for all of them.
    """
    probe = Probe(f, budget, LIFTED_BUDGET)
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
        warped=inquiry.warped,
    )


@dataclass
class _Inquiry:
    """One judgement in progress: what is known so far of one f."""

    probe: Probe
    radius: float
    rng: np.random.Generator
    mesh: Mesh
    folded_mass: float = 0.0
    #: The mesh as f maps it, once f was seen there.
    warped: WarpedMesh | None = None
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
        return found(polished(self.probe, verdict.witness, self.resolution, self.radius))

    def _look(self) -> None:
        """The first look: scales, noise, and Jacobians on the mesh and the lattice."""
        lattice = gaussian_lattice(self.rng, LATTICE, self.radius)
        self.probe.fit(lattice[:64])
        self.resolution = find_resolution(self.probe, lattice[:64])
        points = np.concatenate((self.mesh.nodes, lattice))
        known = linearise(self.probe, points, self.resolution)
        self.known = settle_signs(self.probe, known, self.resolution)
        rows = np.linalg.norm(self.known.jacobian[self.known.finite], axis=2)
        middle = np.median(rows, axis=0) if len(rows) else np.ones(2)
        self.typical = np.where(middle > 0, middle, 1.0)
        self._count(LATTICE)
        self.warped = self._warp()

    def _warp(self) -> WarpedMesh:
        nodes = self.known.take(np.arange(len(self.mesh.nodes)))
        images = self.probe.original(nodes.x)
        return WarpedMesh(nodes.z, self.mesh.triangles, images, nodes.relative, nodes.sign)

    def _look_closer(self) -> None:
        """Where points cost next to nothing, many more of them: smaller folds are seen."""
        lattice = gaussian_lattice(self.rng, MORE, self.radius)
        more = settle_signs(
            self.probe, linearise(self.probe, lattice, self.resolution), self.resolution
        )
        self.known = self.known.join(more)
        self._count(LATTICE + MORE)

    def _count(self, probes: int) -> None:
        signs = self.known.sign[-probes:]
        self.folded_mass = float(min((signs == 1).mean(), (signs == -1).mean()))
        self.probes = probes

    def _decide(self) -> Injectivity:
        lattice = self.known.z[-LATTICE:]
        coarse, witness = find_steps(self.probe, lattice, self.resolution)
        if witness is not None:
            return found(witness, Reason.STEPS)
        verdict = self._compare()
        if coarse and verdict.verdict is Injective.INVERTIBLE:
            return doubt(Reason.STEPS)
        return verdict

    def _compare(self) -> Injectivity:
        """Witnesses and arguments, the cheapest and most telling first."""
        witness = self._folds(self.known)
        if witness is None and self.probe.lifted:
            self._look_closer()
            witness = self._folds(self.known)
        if witness is not None:
            return found(witness)
        argued = self._argue_within(_RESERVE)
        if argued.verdict is Injective.NOT_INVERTIBLE:
            return argued
        if argued.verdict is Injective.INVERTIBLE:
            # The argument allows critical points, and a thin strip that is flat looks like a few.
            witness = find_collapse(self.probe, self.known, self.resolution, self.radius)
            return argued if witness is None else found(witness, Reason.COLLAPSE)
        witness = self._search()
        if witness is not None:
            return found(witness)
        witness = find_collapse(self.probe, self.known, self.resolution, self.radius)
        if witness is not None:
            return found(witness, Reason.COLLAPSE)
        witness = self._pinch()
        if witness is not None:
            return found(witness, Reason.PINCH)
        if argued.reason not in _OPEN:
            return argued
        lattice = self.known.take(np.arange(len(self.mesh.nodes), len(self.known.z)))
        again = argue_with_jumps(
            self.probe, self.known, lattice, self.jumps, self.resolution, self.radius, self.rng
        )
        return argued if again is None else again

    def _search(self) -> Witness | None:
        """Witnesses beside jumps, then wherever outputs are near each other."""
        some = self.jumps[:: max(1, len(self.jumps) // 8)][:8]
        witness = from_jumps(self.probe, some, self.resolution, self.radius)
        if witness is not None:
            return witness
        return from_near_pairs(self.probe, self.known, self.resolution, self.radius)

    def _folds(self, known: Local) -> Witness | None:
        """Witnesses beside the borders between the two orientations."""
        positive, negative = borders(known)
        if not len(positive):
            return None
        return from_folds(
            self.probe, positive, negative, self.typical, self.resolution, self.radius
        )

    def _pinch(self) -> Witness | None:
        """Witnesses on critical curves: where f turns over, or where it came to rest."""
        positive, negative = borders(self.known)
        places = np.concatenate((self.rests, (positive + negative) / 2))
        return find_pinch(
            self.probe, places, self.typical, self.mesh.spacing, self.resolution, self.radius
        )

    def _argue_within(self, reserve: int) -> Injectivity:
        """`_argue`, with so many points kept for what comes after it."""
        self.probe.reserved = reserve
        try:
            return self._argue()
        except BudgetSpent:
            return doubt(Reason.BUDGET)
        finally:
            self.probe.reserved = 0

    def _argue(self) -> Injectivity:
        """Look for an argument that f is one-to-one; each step can end in doubt or a witness."""
        known = self.known
        if not known.finite.all():
            return doubt(Reason.NOT_FINITE)
        if (known.sign == 0).mean() > 0.01:
            return doubt(Reason.FLAT)
        calm = check_continuity(self.probe, known, self._edges(), self.resolution, self.rng)
        self.jumps = calm.jumps
        if (known.sign == 1).any() and (known.sign == -1).any():
            return doubt(Reason.FOLDED)
        if not calm.smooth:
            return doubt(Reason.JUMPS)
        if calm.surprised:
            # A pole takes a neighbourhood over all the rest, and the edge may not show it.
            some = known.take(np.arange(min(len(known.z), _COMPARED)))
            witness = from_near_pairs(self.probe, some, self.resolution, self.radius)
            if witness is not None:
                return found(witness)
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
        return argue_by_degree(
            self.probe, known, orientation, self.resolution, self.radius, calm.surprised
        )

    def _edges(self) -> NDArray[np.intp]:
        """The mesh's edges, and one from each other probe to the node nearest to it.

        So what is moved out of its place is missed no more often than a fold of its mass.
        """
        nodes = len(self.mesh.nodes)
        nearest = self.mesh.nearest(self.known.z[nodes:])
        spokes = np.column_stack((nearest, nodes + np.arange(len(nearest))))
        return np.concatenate((self.mesh.edges, spokes[nearest >= 0]))
