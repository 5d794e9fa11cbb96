"""The check of a log-density: log_prob(x) = log N(z; 0, I) − log |det J(z)| at x = f(z)."""

from __future__ import annotations

import numpy as np

from exercises.checks.asking import Asking
from exercises.checks.case import Case
from exercises.checks.comparison import Comparison, Truth, compare
from exercises.checks.density_mistakes import log_normal, log_prob_mistakes
from exercises.checks.evidence import near
from exercises.checks.volume import Volume, measure_volume, no_structure
from exercises.criteria import LogProb
from exercises.numerics.injectivity import judge_injectivity
from exercises.numerics.log_abs_det import LogAbsDet, dense_log_abs_det
from exercises.numerics.precision import DOUBLE, all_finite
from exercises.numerics.streams import stream
from exercises.numerics.verdict import Injective
from exercises.numerics.witness import Witness
from exercises.oracle import Answer, Array
from exercises.report import Finding

#: The disc on which f must be one-to-one, should it map the plane: 99.97 % of the mass.
_RADIUS = 4.0
#: Rounding of x moves z by the blur, and log p by so many times (1 + |z|) of it.
_ROUNDINGS = 8.0
#: Up to so many dimensions log |det J| is worked out at x too, to name a mistake.
_DENSE = 64


def check_log_prob(case: Case, criterion: LogProb) -> Finding:
    """Compare log_prob at x = f(z) with the change of variables, by differences of f.

    The change of variables has one term only where f is one-to-one. In the plane that is looked
    for, and an f with a witness against it is not judged further.

    Raises:
        ValueError: f, or log_prob, does not have a fitting form (our failure).
        Stopped: the submission ended.
    """
    f, log_prob = Asking(case, criterion.function), Asking(case, criterion.log_prob)
    dimension = f.as_map()
    if log_prob.signature.inputs != dimension or log_prob.signature.columns != 1:
        raise ValueError(f"{criterion.log_prob} must take {dimension} numbers and return one")
    volume = measure_volume(case, f, "log_prob")
    witness = _second_preimage(case, f) if dimension == 2 else None
    finite = all_finite(volume.x)
    answers = np.full(len(volume.z), np.nan)
    if finite.any():
        answers[finite] = log_prob(volume.x[finite])[:, 0]
    comparison = Comparison(
        check="log_prob",
        points=criterion.points,
        function=log_prob,
        at=volume.x,
        answers=answers,
        truth=None if witness is not None else _truth(volume, criterion.function),
        unclear=no_structure(criterion.function)
        if witness is None
        else _not_one_to_one(criterion, witness),
        means=f"the log-density of x = {criterion.function}(z)",
    )
    return compare(
        comparison,
        lambda: log_prob_mistakes(volume, _at_x(f, volume)),
        lambda: f.spent + log_prob.spent,
    )


def _truth(volume: Volume, name: str) -> Truth | None:
    """The change of variables at the volume's points."""
    if volume.ladj is None:
        return None
    method = f"change of variables with differences of {name}: {volume.ladj.method}"
    errors = _errors(volume, volume.ladj)
    return Truth.of(log_normal(volume.z) - volume.ladj.values, errors, method)


def _errors(volume: Volume, ladj: LogAbsDet) -> Array:
    """Those of log |det J|, and what a rounding of x does to log N(z)."""
    if ladj.blur is None:
        return ladj.errors
    size = 1 + np.abs(volume.z).max(axis=1)
    return ladj.errors + np.where(np.isfinite(ladj.blur), _ROUNDINGS * ladj.blur * size, np.inf)


def _second_preimage(case: Case, f: Asking) -> Witness | None:
    """Two inputs with one output, where f of the plane has such."""
    name = f.signature.name

    def ask(points: Array) -> Answer:
        f.spent += len(points)
        return case.oracle.evaluate(points, function=name, tolerant=True)

    found = judge_injectivity(ask, _RADIUS, stream(case.seed, f"log_prob/{name}/injectivity"))
    return found.witness if found.verdict is Injective.NOT_INVERTIBLE else None


def _not_one_to_one(criterion: LogProb, witness: Witness) -> str:
    return (
        f"{criterion.log_prob} was not judged, as {criterion.function} is not one-to-one: z = "
        f"{near(witness.z1)} and z = {near(witness.z2)} both give x = {near(witness.x1)}. There "
        "the density of x is a sum over all z with that x."
    )


def _at_x(f: Asking, volume: Volume) -> Array | None:
    """log |det J| at x instead of z, where that is affordable."""
    if volume.ladj is None or volume.z.shape[1] > _DENSE:
        return None
    values = np.full(len(volume.x), np.nan)
    finite = all_finite(volume.x)
    values[finite] = dense_log_abs_det(f, volume.x[finite], DOUBLE).values
    return values
