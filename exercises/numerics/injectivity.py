"""Injectivity of a black box on a disc: a witness against it, an argument for it, or neither."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from exercises.numerics.boundary import (
    Boundary,
    crossings,
    nearest_pieces,
    split,
    trace_boundary,
    winding_numbers,
)
from exercises.numerics.collapse import find_collapse
from exercises.numerics.continuity import check_continuity
from exercises.numerics.gaussian_points import Mesh, disc_mesh, gaussian_lattice
from exercises.numerics.probe import (
    BudgetSpent,
    Local,
    Probe,
    Resolution,
    find_resolution,
    linearise,
    null_directions,
)
from exercises.numerics.witness import Witness, confirm, from_folds, from_near_pairs, newton
from exercises.oracle import Array

#: The most points that are asked in one judgement; the usual is about 12,000.
BUDGET = 24_000
#: Gaussian probes beside the mesh.
LATTICE = 1_200
#: A folded region of this Gaussian mass is missed by all of them with probability below 1 %:
#: (1 − m)^1200 for independent points, and a lattice is more even than those.
SEEN_MASS = 0.004


#: How often the boundary is traced more finely where it is in doubt.
_REFINEMENTS = 10


class Injective(StrEnum):
    """What is known about one-to-one on the disc."""

    INVERTIBLE = "invertible"
    NOT_INVERTIBLE = "not_invertible"
    INCONCLUSIVE = "inconclusive"


class Reason(StrEnum):
    """What the verdict rests on, or why there is none."""

    WITNESS = "two inputs with one output"
    COLLAPSE = "a region that f flattens"
    DEGREE = "one orientation everywhere and a boundary that does not cross itself"
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


def judge_injectivity(
    f: Callable[[Array], Array], radius: float, rng: np.random.Generator
) -> Injectivity:
    """Judge whether f, (n, 2) -> (n, 2), is one-to-one on |z| <= radius.

    "Not invertible" needs a witness. "Invertible" rests on degree theory: where f is continuous
    with det J of one sign, every regular value inside the image of the circle has as many
    preimages as that curve winds around it; once, if the curve does not cross itself. (Meisters
    and Olech, Duke Math. J. 30, 1963; for critical points that do no harm, Lipman,
    arXiv:1310.0955.) Sign and continuity are seen on a mesh, so the verdict holds to its
    resolution. Everything else is inconclusive, with its reason.
    """
    probe = Probe(f, BUDGET)
    inquiry = _Inquiry(probe, radius, rng, disc_mesh(radius))
    try:
        # What f returns may be as large as float64 goes: overflow is expected, and compared so
        # that NaN decides nothing.
        with np.errstate(all="ignore"):
            verdict = inquiry.run()
    except BudgetSpent:
        verdict = Injectivity(Injective.INCONCLUSIVE, Reason.BUDGET)
    witness = verdict.witness
    if witness is not None:
        witness = replace(witness, x1=probe.original(witness.x1), x2=probe.original(witness.x2))
    return Injectivity(
        verdict.verdict,
        verdict.reason,
        witness,
        probe.spent,
        inquiry.mesh.spacing,
        inquiry.folded_mass,
    )


@dataclass
class _Inquiry:
    """One judgement in progress: what is known so far of one f."""

    probe: Probe
    radius: float
    rng: np.random.Generator
    mesh: Mesh
    folded_mass: float = 0.0
    resolution: Resolution = field(init=False)
    #: First the nodes of the mesh, then the lattice.
    known: Local = field(init=False)
    #: The median lengths of J's rows, shape (2,); 1 where a row is mostly zero.
    typical: Array = field(init=False)

    def run(self) -> Injectivity:
        lattice = gaussian_lattice(self.rng, LATTICE, self.radius)
        self.probe.fit(lattice[:64])
        self.resolution = find_resolution(self.probe, lattice[:64])
        self.known = linearise(
            self.probe, np.concatenate((self.mesh.nodes, lattice)), self.resolution
        )
        rows = np.linalg.norm(self.known.jacobian[self.known.finite], axis=2)
        middle = np.median(rows, axis=0) if len(rows) else np.ones(2)
        self.typical = np.where(middle > 0, middle, 1.0)
        signs = self.known.sign[-LATTICE:]
        self.folded_mass = float(min((signs == 1).mean(), (signs == -1).mean()))
        verdict = self._decide()
        if verdict.witness is None or verdict.reason is Reason.COLLAPSE:
            return verdict
        return _found(_polished(self.probe, verdict.witness, self.resolution, self.radius))

    def _decide(self) -> Injectivity:
        witness = self._folds(self.known)
        if witness is not None:
            return _found(witness)
        argued = self._argue()
        if argued.verdict is not Injective.INCONCLUSIVE:
            return argued
        witness = from_near_pairs(self.probe, self.known, self.resolution, self.radius)
        if witness is not None:
            return _found(witness)
        witness = find_collapse(self.probe, self.known, self.resolution, self.radius)
        return argued if witness is None else _found(witness, Reason.COLLAPSE)

    def _folds(self, known: Local) -> Witness | None:
        """Witnesses beside the borders between the two orientations, the most central first."""
        plus, minus = known.z[known.sign == 1], known.z[known.sign == -1]
        if not len(plus) or not len(minus):
            return None
        fewer, more = (plus, minus) if len(plus) < len(minus) else (minus, plus)
        fewer = fewer[np.argsort(np.hypot(*fewer.T), kind="stable")]
        fewer = fewer[:: max(1, len(fewer) // 8)][:8]
        distance = np.hypot(*(fewer[:, None] - more[None]).transpose(2, 0, 1))
        nearest = more[np.argmin(distance, axis=1)]
        positive, negative = (fewer, nearest) if fewer[0] in plus else (nearest, fewer)
        return from_folds(
            self.probe, positive, negative, self.typical, self.resolution, self.radius
        )

    def _argue(self) -> Injectivity:
        """Look for an argument that f is one-to-one; each step can end in doubt or a witness."""
        known = self.known
        if not known.finite.all():
            return _doubt(Reason.NOT_FINITE)
        if (known.sign == 0).mean() > 0.01:
            return _doubt(Reason.FLAT)
        if (known.sign == 1).any() and (known.sign == -1).any():
            return _doubt(Reason.FOLDED)
        calm = check_continuity(self.probe, known, self.mesh.edges, self.resolution, self.rng)
        if not calm.smooth:
            return _doubt(Reason.JUMPS)
        low = self._lowest()
        both = known.join(low)
        if (both.sign == 1).any() and (both.sign == -1).any():
            witness = self._folds(both)
            return _doubt(Reason.FOLDED) if witness is None else _found(witness)
        if self._comes_to_rest(low):
            return _doubt(Reason.CRITICAL)
        return self._circumference(1 if (both.sign == 1).any() else -1)

    def _lowest(self) -> Local:
        """Points near where |det J| is smallest, by two measures: a hidden fold would be there."""
        known = self.known
        rows = np.linalg.norm(known.jacobian, axis=2)
        size = np.abs(known.relative) * (rows / self.typical).prod(axis=1)
        return self._descend(np.abs(known.relative), False).join(self._descend(size, True))

    def _descend(self, size: Array, scaled: bool) -> Local:
        order = np.argsort(np.nan_to_num(size, nan=np.inf), kind="stable")[:12]
        best = self.known.take(order)
        # The orientation of most points: a fold shows as less than zero of it.
        main = 1.0 if (self.known.sign == 1).sum() >= (self.known.sign == -1).sum() else -1.0
        angle = self.rng.random() * np.pi + np.arange(6) * (np.pi / 3)
        ring = np.column_stack((np.cos(angle), np.sin(angle)))
        place = np.arange(len(order))
        for reach in (0.5, 0.25, 0.12):
            around = (best.z[:, None] + reach * self.mesh.spacing * ring).reshape(-1, 2)
            around *= np.minimum(1.0, self.radius / np.hypot(*around.T))[:, None]
            tried = best.join(linearise(self.probe, around, self.resolution))
            value = main * tried.relative
            if scaled:
                rows = np.linalg.norm(tried.jacobian, axis=2)
                value = value * (rows / self.typical).prod(axis=1)
            value = np.nan_to_num(value, nan=np.inf)
            rings = value[len(order) :].reshape(-1, 6)
            pick = np.argmin(np.column_stack((value[: len(order)], rings)), axis=1)
            best = tried.take(np.where(pick == 0, place, len(order) + 6 * place + pick - 1))
        return best

    def _comes_to_rest(self, low: Local) -> bool:
        """Whether f hardly moves across a near-critical point, in the direction that J loses.

        z³ in each coordinate moves on behind its critical lines; (x·y², y) never leaves.
        """
        # Critical is far below the usual: a map that is thin everywhere has no critical points.
        usual = min(1.0, float(np.median(np.abs(self.known.relative))))
        low = low.take(low.finite & (np.abs(low.relative) < 1e-2 * usual))
        low = low.take(np.hypot(*low.z.T) < self.radius - 0.3)
        if not len(low.z):
            return False
        scaled = low.jacobian / self.typical[None, :, None]
        direction = null_directions(low.jacobian, self.typical)
        ends = [low.z + 0.3 * direction, low.z - 0.3 * direction]
        ahead, behind = np.split(self.probe(np.concatenate(ends)), 2)
        moved = np.linalg.norm((ahead - behind) / self.typical, axis=1)
        largest = np.linalg.norm(scaled, axis=(1, 2))
        return bool((~(moved > 1e-4 * np.maximum(largest, 1e-3))).any())

    def _circumference(self, orientation: int) -> Injectivity:
        boundary = trace_boundary(self.probe, self.radius)
        doubt = Reason.NOT_FINITE
        for _ in range(_REFINEMENTS):
            if boundary is None:
                break
            met = crossings(boundary.curve)
            if len(met):
                few = met[:: max(1, len(met) // 8)][:8]
                witness = self._crossing_witness(boundary, few)
                if witness is not None:
                    return _found(witness)
                doubt, pieces = Reason.BOUNDARY, np.unique(few)
            else:
                outside = self._not_surrounded(boundary, orientation)
                if not len(outside):
                    return Injectivity(Injective.INVERTIBLE, Reason.DEGREE)
                # A polygon cuts corners of a thin image: look closer where points fell out.
                doubt = Reason.WINDING
                pieces = nearest_pieces(boundary.curve, outside[:: max(1, len(outside) // 64)])
            boundary = split(self.probe, boundary, pieces)
        return _doubt(doubt)

    def _not_surrounded(self, boundary: Boundary, orientation: int) -> Array:
        """Images of inner points around which the boundary does not run once, in its scale."""
        inside = np.flatnonzero(np.hypot(*self.known.z.T) < 0.96 * self.radius)
        points = boundary.scaled(self.known.x[inside[:: max(1, len(inside) // 400)]])
        astray: Array = points[winding_numbers(boundary.curve, points) != orientation]
        return astray

    def _crossing_witness(self, boundary: Boundary, met: NDArray[np.intp]) -> Witness | None:
        """From a crossing, a pair: one point a little inside, the other by Newton's method."""
        one, two = boundary.z[met[:, 0]], boundary.z[met[:, 1]]
        for inward in (0.0, 0.02, 0.1, 0.3):
            anchors = np.concatenate((one, two)) * (1 - inward)
            starts = np.concatenate((two, one)) * (1 - inward)
            z2 = newton(self.probe, starts, self.probe(anchors), self.resolution, self.radius)
            found = confirm(self.probe, anchors, z2, self.resolution, self.radius)
            if found is not None:
                return found
        return None


def _polished(probe: Probe, witness: Witness, resolution: Resolution, radius: float) -> Witness:
    """The witness refined by itself: in a small batch, which no oracle answers but for rounding."""
    z1 = witness.z1[None]
    z2 = newton(probe, witness.z2[None], probe(z1), resolution, radius)
    return confirm(probe, z1, z2, resolution, radius) or witness


def _found(witness: Witness, reason: Reason = Reason.WITNESS) -> Injectivity:
    return Injectivity(Injective.NOT_INVERTIBLE, reason, witness)


def _doubt(reason: Reason) -> Injectivity:
    return Injectivity(Injective.INCONCLUSIVE, reason)
