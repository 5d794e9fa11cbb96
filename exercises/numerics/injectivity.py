"""Injectivity of a black box on a disc: a witness against it, an argument for it, or neither."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from exercises.numerics.inquiry import Inquiry
from exercises.numerics.mesh import disc_mesh
from exercises.numerics.probe import Probe
from exercises.numerics.verdict import Injective, Injectivity, Reason
from exercises.numerics.witness import Witness
from exercises.oracle import Answer, Array

#: The most points that are asked in one judgement; the usual is about 13,000.
BUDGET = 96_000
#: The same where the oracle answers large batches by one call, so that points cost next to nothing.
LIFTED_BUDGET = 240_000
#: A folded region of mass m is missed by n probes with probability (1 − m)^n if they are
#: independent, and a lattice is more even than those: so below this probability for SEEN / n.
_MISSED = 0.01
_SEEN = -math.log(_MISSED)


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
    inquiry = Inquiry(probe, radius, rng, disc_mesh(radius))
    # What f returns may be as large as float64 goes: overflow is expected, and compared so
    # that NaN decides nothing.
    with np.errstate(all="ignore"):
        verdict = inquiry.run()
        if verdict.verdict is Injective.INCONCLUSIVE and verdict.reason is Reason.FLAT:
            inquiry, verdict = inquiry.unbent(verdict)
        witness = verdict.witness
        if witness is not None:
            witness = _as_given(probe, witness)
    return replace(
        verdict,
        witness=witness,
        evaluations=probe.spent,
        spacing=inquiry.mesh.spacing,
        folded_mass=inquiry.folded_mass,
        seen_mass=_SEEN / max(inquiry.probes, 1) + verdict.left_out,
        warped=inquiry.warped,
    )


def _as_given(probe: Probe, witness: Witness) -> Witness:
    """The witness with outputs as f gave them."""
    if probe.unbent:  # there they are known to rounding, and here the last bit counts
        x1, x2 = probe.as_given(np.stack((witness.z1, witness.z2)))
    else:
        x1, x2 = probe.original(np.stack((witness.x1, witness.x2)))
    return replace(witness, x1=x1, x2=x2)
