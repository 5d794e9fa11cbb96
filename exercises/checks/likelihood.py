"""The check of likelihood: the mean of log_prob on held-out points, from a baseline to the best."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from pydantic import JsonValue

from exercises.checks.agreement import finding, held
from exercises.checks.case import Case
from exercises.checks.evidence import apart, number, numbers, percent, rounded, short
from exercises.checks.held_out import Asked, ask_held_out, joined
from exercises.criteria import Likelihood, LogProb, Normalization
from exercises.numerics.mass import least_mass
from exercises.numerics.streams import stream
from exercises.oracle import Array
from exercises.report import Finding, Status
from exercises.tables.points import BrokenPoints

#: Held-out points that are asked: all of a table.
_POINTS = 8_192
#: This part of the scale earns all: parameters that were learned from data are never the
#: reference's own. Of n training points a fit of k parameters loses about k / 2n on average.
_ENOUGH = 0.98
#: Points lie in a hyperplane where a variance is this small beside the largest; those of a table
#: are rounded to six digits.
_FLAT = 1e-10
#: A density is called none with at most this probability a grading.
_FALSE_ALARM = 1e-6


@dataclass(frozen=True, slots=True)
class _Scale:
    """The means that earn nothing and all, and the log-densities at the points behind them."""

    baseline: float
    full: float
    #: Shape (n,): the reference's; None where `full` is a number of the exercise's.
    reference: Array | None
    #: Whether the baseline is that of the best single Gaussian.
    of_gaussian: bool

    def share(self, mean: float) -> float:
        """The part of the way that a mean reaches."""
        return (mean - self.baseline) / (self.full - self.baseline)


def check_likelihood(case: Case, criterion: Likelihood) -> Finding:
    """Judge the mean of log_prob over held-out points.

    It tells something of a density only: where the exercise's own check of that, normalization or
    log_prob, was not passed, nothing is earned. Credit is the part of the way from the baseline's
    mean to the reference's on the same points; 98 % of it earn all.

    Raises:
        Stopped: the submission ended.
        BrokenPoints: the table is missing or stale, or leaves no scale (our failure).
    """
    obstacle = _obstacle(case, criterion)
    if obstacle is not None:
        return _not_counted(criterion, obstacle)
    asked = ask_held_out(case, criterion.log_prob, _POINTS)
    scale = _scale(asked, criterion, case)
    values = asked.values[:, 0]
    with np.errstate(over="ignore"):  # a mean beyond float64 is infinite, which is low enough
        mean = float(values.mean()) if asked.finite.all() else -math.inf
    mass = _mass(case, asked)
    share = scale.share(mean) if mass <= 1 else 0.0
    passed = share >= _ENOUGH
    told = _message(asked, scale, mean, share, passed=passed)
    return finding(
        "likelihood",
        Status.PASSED if passed else Status.FAILED,
        criterion.points,
        max(share, 0.0),
        told if mass <= 1 else _too_much(asked, mass),
        {
            **_evidence(asked, scale, mean, share, criterion, passed=passed),
            "least_mass_near_the_points": number(mass),
            "false_alarm_probability": _FALSE_ALARM,
        },
    )


def gaussian_log_prob(points: Array) -> Array:
    """The log-densities at points, shape (n, d), of the Gaussian with their mean and covariance.

    Raises:
        ValueError: the points lie in a hyperplane, so that there is no such density.
    """
    count, d = points.shape
    centred = points - points.mean(axis=0)
    covariance = centred.T @ centred / count
    widths = np.linalg.eigvalsh(covariance)
    if not widths[0] > _FLAT * widths[-1]:
        raise ValueError("the points lie in a hyperplane")
    factor = np.linalg.cholesky(covariance)
    white = np.linalg.solve(factor, centred.T)
    log_det = np.log(np.diag(factor)).sum()
    return np.asarray(-0.5 * (white**2).sum(axis=0) - d / 2 * math.log(2 * math.pi) - log_det)


def _obstacle(case: Case, criterion: Likelihood) -> str | None:
    """The check that did not show log_prob to be a density, or None where one did."""
    for kind in (Normalization, LogProb):  # the integral decides, where it was judged
        for other, found in case.earlier:
            if isinstance(other, kind) and other.log_prob == criterion.log_prob:
                return None if held(found) else other.check
    return None


def _not_counted(criterion: Likelihood, obstacle: str) -> Finding:
    name = criterion.log_prob
    reason = {
        "normalization": f"exp({name}(x)) was not shown to integrate to one",
        "log_prob": f"{name} was not shown to be the log-density of x = f(z)",
    }[obstacle]
    return Finding(
        check="likelihood",
        status=Status.SKIPPED,
        max_points=criterion.points,
        message=f"Not counted, as {reason}: the likelihood of what is no density tells nothing.",
        evidence={"function": name, "obstacle": obstacle},
    )


def _mass(case: Case, asked: Asked) -> float:
    """A lower bound of the mass that log_prob claims near the held-out points.

    Normalization asks where the submission's own samples are, and they may be elsewhere.
    """
    name = asked.function.name

    def log_density(points: Array) -> Array:
        return case.oracle.evaluate(points, function=name, tolerant=True).values[:, 0]

    rng = stream(case.seed, f"mass/{name}")
    return least_mass(log_density, asked.right.inputs, rng, _FALSE_ALARM)


def _too_much(asked: Asked, mass: float) -> str:
    name = asked.function.name
    return (
        f"exp({name}(x)) integrates to {rounded(mass)} or more near the held-out points alone, but "
        "a density integrates to one in all: the likelihood of what is no density tells nothing."
    )


def _scale(asked: Asked, criterion: Likelihood, case: Case) -> _Scale:
    outputs = asked.right.outputs
    reference = None if criterion.full is not None or outputs is None else outputs[:, 0]
    baseline, full = criterion.baseline, criterion.full
    if reference is not None:
        full = float(reference.mean())
    if baseline is None:
        try:
            baseline = float(gaussian_log_prob(asked.right.inputs).mean())
        except ValueError as error:
            raise BrokenPoints(f"{case.exercise.slug}/points.npz: {error}") from error
    if full is None or full <= baseline:
        raise BrokenPoints(
            f"{case.exercise.slug}/points.npz: the likelihood has no scale: "
            f"from {baseline:.4g} to {full if full is None else f'{full:.4g}'}"
        )
    return _Scale(baseline, full, reference, criterion.baseline is None)


def _message(asked: Asked, scale: _Scale, mean: float, share: float, *, passed: bool) -> str:
    name, count = asked.function.name, len(asked)
    if not asked.finite.all():
        return joined([_missing(asked), asked.fault])
    mine, best = apart(mean, scale.full, 6)
    result = f"The mean of {name} over {count:,} held-out points is {mine}"
    of_gaussian = ", that of the best single Gaussian," if scale.of_gaussian else ""
    aims = f"{short(scale.baseline)}{of_gaussian} earns nothing and {best} all"
    if passed:
        return f"{result}, as good as can be expected: {aims}."
    if share <= 0:
        return f"{result}: {aims}. {_lowest(asked)}"
    return f"{result}: {aims}, so it is {percent(share)} of the way. {_lowest(asked)}"


def _missing(asked: Asked) -> str:
    """What log_prob says where it says no number: one such point makes the mean no number."""
    row = int(np.argmin(asked.finite))
    value = asked.values[row, 0]
    lost = int((~asked.finite).sum())
    points = f"{lost:,} of {len(asked):,} held-out points"
    if value == -np.inf:
        return (
            f"{asked.function.name} is -inf at {points}, for instance {asked.call(row)}: what it "
            "calls impossible has happened, so the mean is -inf. Give every point a density above "
            "zero, and calculate its logarithm without taking np.log of a number that became 0."
        )
    return (
        f"{asked.function.name} is {short(value)} at {points}, for instance {asked.call(row)}, "
        "so there is no mean."
    )


def _lowest(asked: Asked) -> str:
    row = int(np.argmin(asked.values[:, 0]))
    return f"The least likely point is {asked.call(row)}, {short(asked.values[row, 0])}."


def _evidence(
    asked: Asked,
    scale: _Scale,
    mean: float,
    share: float,
    criterion: Likelihood,
    *,
    passed: bool,
) -> dict[str, JsonValue]:
    values = np.where(asked.finite, asked.values[:, 0], -np.inf)
    row = int(np.argmin(values))
    with np.errstate(all="ignore"):
        below = (scale.full if scale.reference is None else scale.reference) - values
        error = float(np.std(below) / math.sqrt(len(below))) if asked.finite.all() else math.inf
    return {
        "function": criterion.log_prob,
        "verdict": "right" if passed else "wrong",
        "points": len(asked),
        "mean": number(mean),
        "baseline": number(scale.baseline),
        "full": number(scale.full),
        "share": number(share),
        "enough": _ENOUGH,
        "below_full": number(scale.full - mean),
        "standard_error": number(error),
        "not_finite": int((~asked.finite).sum()),
        "least_likely": numbers(asked.right.inputs[row]),
        "least_likely_value": number(asked.values[row, 0]),
        "presupposes": "a density: normalization or log_prob",
    }
