"""One judgement of injectivity: what is asked of a black box, in which order, and what follows."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from exercises.numerics.collapse import find_collapse
from exercises.numerics.continuity import check_continuity
from exercises.numerics.critical import comes_to_rest, lowest_points
from exercises.numerics.degree import argue_by_degree
from exercises.numerics.gaussian_points import gaussian_lattice
from exercises.numerics.high_order import settle_rarer, settle_signs
from exercises.numerics.jacobian import Local, linearise
from exercises.numerics.jumping import argue_with_jumps
from exercises.numerics.mesh import Mesh, WarpedMesh
from exercises.numerics.pinch import find_pinch
from exercises.numerics.probe import BudgetSpent, Probe, Resolution, find_resolution
from exercises.numerics.steps import find_steps
from exercises.numerics.unbending import Unbending, find_unbending
from exercises.numerics.verdict import Injective, Injectivity, Reason, doubt, found
from exercises.numerics.witness import (
    Witness,
    borders,
    from_folds,
    from_jumps,
    from_near_pairs,
    polished,
)
from exercises.oracle import Array

#: Gaussian probes beside the mesh, and how many more where f is lifted.
LATTICE, MORE = 1_200, 8_000
#: Points kept for witnesses and the later arguments while the first argument looks closely.
_RESERVE = 14_000
#: Doubts of the argument by degree that leave the other arguments open.
_OPEN = (Reason.JUMPS, Reason.FOLDED, Reason.BOUNDARY, Reason.WINDING, Reason.BUDGET)
#: The share of points whose orientation may be unsure.
_UNSURE = 0.01
#: Probes that are compared with each other before the argument by degree.
_COMPARED = 5_000


@dataclass
class Inquiry:
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
    #: Whether outputs come in steps.
    coarse: bool = False

    def run(self, unbending: Unbending | None = None) -> Injectivity:
        """The verdict, with its witness refined once more by itself.

        Args:
            unbending: other coordinates of outputs, in which to look.
        """
        try:
            self._look(unbending)
            verdict = self._decide()
            if verdict.witness is None or verdict.reason is not Reason.WITNESS:
                return verdict
            return found(polished(self.probe, verdict.witness, self.resolution, self.radius))
        except BudgetSpent:
            return doubt(Reason.BUDGET)

    def unbent(self, verdict: Injectivity) -> tuple[Inquiry, Injectivity]:
        """Another inquiry where the image is too thin, in coordinates in which it is not.

        Returns:
            What answers: it and its verdict, or this one and `verdict` where it knows no more.
        """
        unbending = None if self.coarse else find_unbending(self.known.x)
        if unbending is None:
            return self, verdict
        other = Inquiry(self.probe, self.radius, self.rng, self.mesh)
        again = other.run(unbending)
        if again.verdict is Injective.INCONCLUSIVE:
            return self, verdict
        other.warped = self.warped
        return other, again

    def _look(self, unbending: Unbending | None) -> None:
        """The first look: scales, noise, and Jacobians on the mesh and the lattice."""
        lattice = gaussian_lattice(self.rng, LATTICE, self.radius)
        if unbending is None:
            self.probe.fit(lattice[:64])
        else:
            self.probe.unbend(unbending, lattice[:64])
        self.resolution = find_resolution(self.probe, lattice[:64])
        points = np.concatenate((self.mesh.nodes, lattice))
        known = linearise(self.probe, points, self.resolution)
        known = settle_signs(self.probe, known, self.resolution)
        self.known = settle_rarer(self.probe, known, self.resolution)
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
        self.known = settle_rarer(self.probe, self.known.join(more), self.resolution)
        self._count(LATTICE + MORE)

    def _count(self, probes: int) -> None:
        signs = self.known.sign[-probes:]
        self.folded_mass = float(min((signs == 1).mean(), (signs == -1).mean()))
        self.probes = probes

    def _decide(self) -> Injectivity:
        if self.probe.unbent:  # steps were looked for before, in outputs as they are
            return self._compare()
        lattice = self.known.z[-LATTICE:]
        self.coarse, witness = find_steps(self.probe, lattice, self.resolution)
        if witness is not None:
            return found(witness, Reason.STEPS)
        verdict = self._compare()
        if self.coarse and verdict.verdict is Injective.INVERTIBLE:
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
        if self.probe.unbent:  # in whose noise a slow rise and none look alike
            return argued
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
        # Where outputs are unbent, what is flat can not be told from noise by its rim.
        if (known.sign == 0).mean() > (0.0 if self.probe.unbent else _UNSURE):
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
        both = settle_rarer(self.probe, known.join(low), self.resolution)
        if (both.sign == 1).any() and (both.sign == -1).any():
            witness = self._folds(both)
            return doubt(Reason.FOLDED) if witness is None else found(witness)
        resting = comes_to_rest(self.probe, known, low, self.typical, self.radius, self.resolution)
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
