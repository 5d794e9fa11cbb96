"""The check of a log-density: right by the change of variables, usual mistakes named."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from exercises.checks.log_prob import check_log_prob
from exercises.criteria import LogProb
from exercises.report import Finding, Status
from tests.laws.flow_case import flow_case
from tests.laws.flows import HIGHER, PLANE, Flow, coupling_in, log_normal
from tests.laws.wrong_flows import WRONG_LOG_PROBS, Wrong, named, naming

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")


def check(
    f: Callable[..., object], log_prob: Callable[..., object], dimension: int = 2, seed: int = 0
) -> Finding:
    criterion = LogProb(points=10)
    return check_log_prob(flow_case(criterion, dimension, seed, f=f, log_prob=log_prob), criterion)


#: Without those whose inverse takes many steps.
_FLOWS = [
    flow
    for flow in PLANE + HIGHER
    if flow.name not in ("contraction", "residual in 64", "residual in 70")
]


@pytest.mark.parametrize("flow", _FLOWS, ids=lambda flow: flow.name)
def test_a_right_log_prob_earns_all(flow: Flow) -> None:
    finding = check(flow.f, flow.log_prob, flow.dimension)
    assert finding.status is Status.PASSED, finding.message
    assert finding.points == 10


@pytest.mark.parametrize(("mistake", "wrong"), WRONG_LOG_PROBS, ids=naming)
@pytest.mark.parametrize("flow", [named("sinh"), coupling_in(100)], ids=lambda flow: flow.name)
def test_a_usual_mistake_is_named(flow: Flow, mistake: str, wrong: Wrong) -> None:
    if mistake == "log det at x" and "coupling" in flow.name:
        flow = named("residual net")  # a layer's J is that of x too, as its half stays
    finding = check(flow.f, lambda x: wrong(flow, x), flow.dimension)
    assert finding.status in (Status.FAILED, Status.PARTIAL)
    assert finding.evidence["mistake"] == mistake


def test_a_mistake_that_makes_no_difference_is_none() -> None:
    shear = named("swirl")
    assert (
        check(shear.f, lambda x: log_normal(np.asarray(shear.f_inv(x), dtype=np.float64))).status
        is Status.PASSED
    )


@pytest.mark.parametrize("seed", range(3))
def test_a_density_off_by_a_thousandth_fails(seed: int) -> None:
    flow = named("coupling")
    finding = check(flow.f, lambda x: flow.log_prob(x) + 1e-3, seed=seed)
    assert finding.status is Status.PARTIAL


def test_an_f_with_two_preimages_is_not_judged_by_one_of_them() -> None:
    def f(z: np.ndarray) -> np.ndarray:
        return np.array([z[0] ** 2, z[1]])

    def one_branch(x: np.ndarray) -> float:
        z = np.array([np.sqrt(x[0]), x[1]])
        return log_normal(z) - float(np.log(2 * z[0]))

    finding = check(f, one_branch)
    assert finding.status is Status.INCONCLUSIVE
    assert finding.points == 0
    assert "not one-to-one" in finding.message


def test_points_without_a_density_are_wrong_ones() -> None:
    flow = named("affine")
    finding = check(flow.f, lambda x: flow.log_prob(x) if x[0] > 0 else np.nan)
    assert finding.status is Status.PARTIAL
    assert "not a finite number" in finding.message
