"""The check of normalization: exp(log_prob(x)) integrates to one over the plane."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from pydantic import JsonValue

from exercises.checks.agreement import credit, finding
from exercises.checks.asking import Asking, fresh_points
from exercises.checks.case import Case
from exercises.checks.evidence import call, number, numbers, percent, rounded
from exercises.criteria import Normalization
from exercises.misconceptions import Misconception
from exercises.numerics.cubature import integrate_plane
from exercises.numerics.importance import Estimate, estimate_plane
from exercises.numerics.streams import stream
from exercises.oracle import Array
from exercises.report import Finding, Status

#: The integral may be off by this, the error of cubature included.
TOLERANCE = 0.02
#: An integral off by a factor of two earns nothing.
_NOTHING = math.log(2.0)
#: Questions of cubature, and the error to aim at: a quarter of the tolerance.
_BUDGET, _GOAL = 40_000, TOLERANCE / 4
#: Where cubature does not say 1: samples for importance sampling, and how often it is tried.
_SAMPLES, _LOOKS = 4_096, 4
#: It decides if its standard error is so small, and says "not 1" beyond so many of them. For the
#: central limit theorem a right density then fails with probability below 3e-4 over all looks.
_SHARP, _SURE = TOLERANCE / 3, 4.0
#: The largest exponent: a density beyond is taken for infinite.
_LARGEST = 700.0
#: The share of values that may be infinite: a density may have a pole, at which it is not asked
#: but by chance.
_INFINITE = 1e-3
#: Known factors that a density is off by.
_FACTORS = (
    (2 * math.pi, Misconception.NO_CONSTANT, "The constant −log(2π) of the Gaussian is missing."),
    (
        math.sqrt(2 * math.pi),
        Misconception.CONSTANT_ONCE,
        "The constant −log(2π)/2 of the Gaussian is needed once for each coordinate, twice in all.",
    ),
)


class _Density:
    """exp(log_prob) with a count of what is no number."""

    def __init__(self, log_prob: Asking) -> None:
        self._log_prob = log_prob
        self.asked = self.undefined = self.infinite = 0
        #: The least value of log_prob itself.
        self.lowest = math.inf
        self.example: Array | None = None

    def __call__(self, x: Array) -> Array:
        values = self._log_prob(x)[:, 0]
        nan, infinite = np.isnan(values), values > _LARGEST
        self.asked += len(x)
        self.undefined += int(nan.sum())
        self.infinite += int(infinite.sum())
        self.lowest = float(np.where(nan, -np.inf, values).min(initial=self.lowest))
        odd = np.flatnonzero(nan | infinite)
        if len(odd) and self.example is None:
            self.example = x[odd[np.argmin(np.abs(x[odd]).max(axis=1))]]
        return np.exp(np.where(nan | infinite, -np.inf, values))


@dataclass(frozen=True, slots=True)
class _Measured:
    status: Status
    integral: float
    error: float
    #: Surely so much, where the integral can not be told.
    least: float
    #: Shares of the values that were NaN or beyond float64, and a point of such.
    undefined: float
    infinite: float
    example: Array | None
    #: The least value of log_prob that was seen.
    lowest: float
    method: str


def check_normalization(case: Case, criterion: Normalization) -> Finding:
    """Integrate exp(log_prob) over the plane, starting from points where it is asked.

    Raises:
        ValueError: log_prob does not take two numbers and return one (our failure).
        Stopped: the submission ended.
    """
    log_prob = Asking(case, criterion.log_prob)
    if (log_prob.signature.inputs, log_prob.signature.columns) != (2, 1):
        raise ValueError(f"{criterion.log_prob} must take two numbers and return one")
    measured = _by_cubature(case, log_prob)
    if measured.status is not Status.PASSED and not measured.least > 1 + TOLERANCE:
        # Cubature may have missed a thin ridge; what it found is there.
        measured = _by_importance(case, log_prob)
    share = 0.0
    if measured.status is Status.FAILED and measured.error < measured.integral / 2:
        off = np.array([abs(math.log(measured.integral))])
        share = float(credit(off, math.log1p(TOLERANCE), _NOTHING)[0])
    mistake, message = _message(log_prob, measured)
    return finding(
        "normalization",
        measured.status,
        criterion.points,
        share,
        message,
        _evidence(measured, mistake, log_prob.spent),
    )


def _by_cubature(case: Case, log_prob: Asking) -> _Measured:
    density = _Density(log_prob)
    samples = case.drawn[log_prob.signature.name].points
    found = integrate_plane(density, samples, _GOAL, _BUDGET)
    off = abs(found.value - 1)
    status = Status.PASSED if off + found.error <= TOLERANCE else Status.FAILED
    method = "adaptive cubature (Genz and Malik) from cells around the points asked first"
    return _measured(status, found.value, found.error, found.least, density, method)


def _by_importance(case: Case, log_prob: Asking) -> _Measured:
    density = _Density(log_prob)
    name = log_prob.signature.name
    samples = fresh_points(case, name, f"normalization/{name}", _SAMPLES)
    rng = stream(case.seed, f"normalization/{name}/draws")
    looks: list[Estimate] = []
    status = Status.INCONCLUSIVE
    while status is Status.INCONCLUSIVE and len(looks) < _LOOKS:
        looks.append(estimate_plane(density, samples, rng))
        value = float(np.mean([look.value for look in looks]))
        error = float(np.linalg.norm([look.standard_error for look in looks])) / len(looks)
        if abs(value - 1) > TOLERANCE + _SURE * error:
            status = Status.FAILED
        elif abs(value - 1) <= TOLERANCE and error <= _SHARP:
            status = Status.PASSED
    method = "importance sampling from bumps around the points where it is asked"
    return _measured(status, value, error, value - _SURE * error, density, method)


def _measured(
    status: Status, value: float, error: float, least: float, density: _Density, method: str
) -> _Measured:
    undefined, infinite = density.undefined / density.asked, density.infinite / density.asked
    if infinite > _INFINITE:
        status = Status.FAILED
    example, lowest = density.example, density.lowest
    return _Measured(status, value, error, least, undefined, infinite, example, lowest, method)


def _message(log_prob: Asking, measured: _Measured) -> tuple[Misconception | None, str]:
    name = log_prob.signature.name
    value, error = rounded(measured.integral, 4), rounded(measured.error, 1)
    if measured.status is Status.PASSED:
        return None, f"exp({name}(x)) integrates to {value} over the plane, to within {error}."
    odd = _odd(log_prob, measured)
    if measured.status is Status.INCONCLUSIVE:
        return None, (
            f"It is not clear whether exp({name}(x)) integrates to 1: {value} was found, but the "
            f"density is too sharp or too wide to be sure.{odd}"
        )
    if measured.infinite > _INFINITE:
        return Misconception.INFINITE, f"exp({name}(x)) is infinite at too many points.{odd}"
    if not measured.error < measured.integral / 2:
        least = rounded(measured.least, 3)
        odd = odd or _nowhere_negative(measured, name)
        return None, f"exp({name}(x)) integrates to more than {least}, not to 1.{odd}"
    for factor, mistake, hint in _FACTORS:
        if abs(measured.integral / factor - 1) <= TOLERANCE:
            return mistake, f"exp({name}(x)) integrates to {value}, not to 1. {hint}"
    return None, f"exp({name}(x)) integrates to {value}, not to 1.{odd}"


def _odd(log_prob: Asking, measured: _Measured) -> str:
    """A word on values that are no number, or whose exp is beyond float64."""
    if measured.example is None:
        return ""
    where = call(log_prob.signature, measured.example)
    share = percent(measured.undefined + measured.infinite)
    if not measured.undefined:
        return (
            f" {where} is above {_LARGEST:.0f}, and so it is at {share} of the points; a density "
            "is as large at single points at most."
        )
    return (
        f" It has no finite value at {share} of the points, such as {where}: return -np.inf where "
        "the density is 0."
    )


def _nowhere_negative(measured: _Measured, name: str) -> str:
    """A word on values that are nowhere negative: no density is at least 1 on the whole plane."""
    if measured.lowest < 0:
        return ""
    return (
        f" {name} was nowhere below 0, so the density would be at least 1 everywhere. If it "
        "returns the density itself, return the logarithm of that."
    )


def _evidence(measured: _Measured, mistake: str | None, spent: int) -> dict[str, JsonValue]:
    example = measured.example
    return {
        "integral": number(measured.integral),
        "error": number(measured.error),
        "tolerance": TOLERANCE,
        "undefined_share": number(measured.undefined),
        "infinite_share": number(measured.infinite),
        "example": None if example is None else numbers(example),
        "mistake": mistake,
        "method": measured.method,
        "evaluations": spent,
    }
