"""The check that a density integrates to one: sharp, and no right density fails."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest

from exercises.checks.normalization import check_normalization
from exercises.criteria import Normalization
from exercises.numerics.cubature import integrate_plane
from exercises.numerics.importance import estimate_plane
from exercises.oracle import Array
from exercises.report import Finding, Status
from tests.laws.flow_case import flow_case, measured
from tests.laws.flows import PLANE, Flow, Map, Number
from tests.laws.wrong_flows import HARD_DENSITIES, named

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")

#: The others' log_prob is no density: between the halves that "jump" moves apart it is not 0.
_ONTO = [flow for flow in PLANE if flow.name not in ("jump", "contraction", "residual net")]


def check(f: Callable[..., object], log_prob: Callable[..., object], seed: int = 0) -> Finding:
    criterion = Normalization(points=10)
    return check_normalization(flow_case(criterion, 2, seed, f=f, log_prob=log_prob), criterion)


@pytest.mark.parametrize("flow", _ONTO, ids=lambda flow: flow.name)
def test_a_flows_density_integrates_to_one(flow: Flow) -> None:
    finding = check(flow.f, flow.log_prob)
    assert finding.status is Status.PASSED, finding.message
    assert finding.points == 10


@pytest.mark.parametrize("factor", [1.05, 0.95])
@pytest.mark.parametrize(
    "name", ["affine", "sinh", "exp", "tanh", "cauchy", "henon", "coupling", "small", "large"]
)
def test_a_factor_of_a_twentieth_fails(name: str, factor: float) -> None:
    flow = named(name)
    finding = check(flow.f, lambda x: flow.log_prob(x) + math.log(factor))
    assert finding.status is Status.PARTIAL, finding.message
    assert measured(finding, "integral") == pytest.approx(factor, abs=0.025)


@pytest.mark.parametrize(("name", "f", "log_prob"), HARD_DENSITIES, ids=lambda part: str(part)[:20])
def test_no_right_density_fails_however_sharp(name: str, f: Map, log_prob: Number) -> None:
    finding = check(f, log_prob, seed=1)
    assert finding.status in (Status.PASSED, Status.INCONCLUSIVE), (name, finding.message)
    assert measured(finding, "integral") == pytest.approx(1, abs=0.04)


@pytest.mark.parametrize(
    ("name", "f", "log_prob"), HARD_DENSITIES[::2], ids=lambda part: str(part)[:20]
)
def test_a_sharp_density_off_by_a_fifth_fails(name: str, f: Map, log_prob: Number) -> None:
    finding = check(f, lambda x: log_prob(x) + math.log(0.8))
    assert finding.status is Status.PARTIAL, (name, finding.message)


@pytest.mark.parametrize(
    ("constant", "mistake"),
    [(math.log(2 * math.pi), "no constant"), (math.log(2 * math.pi) / 2, "constant once")],
)
def test_a_missing_constant_is_named(constant: float, mistake: str) -> None:
    flow = named("affine")
    finding = check(flow.f, lambda x: flow.log_prob(x) + constant)
    assert (finding.evidence["mistake"], finding.points) == (mistake, 0)


def test_the_density_for_its_logarithm_has_no_integral() -> None:
    flow = named("affine")
    finding = check(flow.f, lambda x: math.exp(flow.log_prob(x)))
    assert finding.status is Status.FAILED
    assert "more than" in finding.message
    assert finding.message.endswith("return the logarithm of that.")


def test_no_number_outside_the_support_is_said_and_counts_as_density_zero() -> None:
    flow = named("exp")
    right = check(flow.f, flow.log_prob)  # NaN for negative x
    assert right.status is Status.PASSED
    assert measured(right, "undefined_share") > 0.1
    wrong = check(flow.f, lambda x: flow.log_prob(x) if x[0] > 0.3 else math.nan)
    assert wrong.status is Status.PARTIAL
    assert "return -np.inf where the density is 0" in wrong.message


def test_values_beyond_float64_are_not_taken_for_places_without_density() -> None:
    flow = named("affine")
    finding = check(flow.f, lambda x: -400 * flow.log_prob(x))
    assert finding.evidence["mistake"] == "infinite"
    assert "is above 700, and so it is at" in finding.message
    assert "where the density is 0" not in finding.message


def _gauss(x: Array) -> Array:
    return np.asarray(np.exp(-(x * x).sum(axis=1) / 2) / (2 * np.pi))


def _cauchy(x: Array) -> Array:
    return np.asarray(np.prod(1 / (np.pi * (1 + x * x)), axis=1))


@pytest.mark.parametrize("density", [_gauss, _cauchy])
def test_cubature_keeps_its_error(density: Callable[[Array], Array]) -> None:
    samples = np.random.default_rng(1).standard_normal((500, 2))
    for goal in (1e-2, 1e-4, 1e-6):
        found = integrate_plane(density, samples, goal, 200_000)
        assert abs(found.value - 1) <= found.error <= goal
        assert found.least <= 1


def test_importance_sampling_keeps_its_error() -> None:
    off = []
    for seed in range(5):
        rng = np.random.default_rng(seed)
        found = estimate_plane(_gauss, rng.standard_normal((1024, 2)), rng)
        off.append((found.value - 1) / found.standard_error)
    assert np.abs(off).max() < 4
    assert 0.4 < np.std(off) < 2
