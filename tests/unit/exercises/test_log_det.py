"""The check of log |det J|: right ones pass in 2 to 4,096 dimensions, wrong ones are named."""

from __future__ import annotations

import json
from collections.abc import Callable

import numpy as np
import pytest

from exercises.checks.log_det import check_log_det
from exercises.criteria import LogDet
from exercises.report import Finding, Status
from tests.laws.flow_case import flow_case, measured
from tests.laws.flows import HIGHER, PLANE, Flow, autoregressive_in, coupling_in, residual_in
from tests.laws.wrong_flows import WRONG_LOG_DETS, Wrong, named, naming

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")


def check(
    f: Callable[..., object], log_det: Callable[..., object], dimension: int = 2, seed: int = 0
) -> Finding:
    criterion = LogDet(points=10)
    return check_log_det(flow_case(criterion, dimension, seed, f=f, log_det=log_det), criterion)


@pytest.mark.parametrize("flow", PLANE + HIGHER, ids=lambda flow: flow.name)
def test_a_right_log_det_earns_all(flow: Flow) -> None:
    finding = check(flow.f, flow.log_det, flow.dimension)
    assert finding.status is Status.PASSED, finding.message
    assert finding.points == 10


@pytest.mark.parametrize(("mistake", "wrong"), WRONG_LOG_DETS, ids=naming)
@pytest.mark.parametrize(
    "flow", [named("sinh"), named("residual net"), coupling_in(100)], ids=lambda flow: flow.name
)
def test_a_usual_mistake_is_named(flow: Flow, mistake: str, wrong: Wrong) -> None:
    finding = check(flow.f, lambda z: wrong(flow, z), flow.dimension)
    assert finding.status in (Status.FAILED, Status.PARTIAL)
    assert finding.evidence["mistake"] == mistake


def test_the_diagonal_alone_is_named() -> None:
    finding = check(
        lambda z: np.array([2 * z[0] + z[1] ** 3, z[1] + np.tanh(z[0])]), lambda z: np.log(2.0)
    )
    assert finding.evidence["mistake"] == "diagonal only"


def test_a_negative_determinant_without_its_absolute_value_is_named() -> None:
    finding = check(
        lambda z: np.array([z[0] ** 3 - 3 * z[0], z[1]]),
        lambda z: np.log(3 * z[0] ** 2 - 3),
    )
    assert finding.evidence["mistake"] == "no absolute value"
    assert finding.status is Status.PARTIAL


@pytest.mark.parametrize("size", [3e-4, 1e-3, 0.01])
def test_a_small_offset_is_an_offset_and_no_missing_absolute_value(size: float) -> None:
    finding = check(lambda z: 2 * z + 1, lambda z: 2 * np.log(2.0) + size)
    assert finding.evidence["mistake"] == "offset"


def test_no_mistake_is_named_that_is_not_where_the_answer_is_wrong() -> None:
    finding = check(lambda z: 2 * z, lambda z: 2 * np.log(2.0) + 0.1 * (z[0] > 2))
    assert finding.status is Status.PARTIAL
    assert finding.evidence["mistake"] is None


@pytest.mark.parametrize("seed", range(5))
def test_an_error_on_a_twentieth_of_the_mass_fails(seed: int) -> None:
    finding = check(lambda z: 2 * z, lambda z: 2 * np.log(2.0) + 0.01 * (z[0] > 1.645), seed=seed)
    assert finding.status is Status.PARTIAL


def test_a_determinant_is_not_told_where_f_is_all_jumps() -> None:
    finding = check(lambda z: np.round(z * 1e5) / 1e5, lambda z: 0.0)
    assert finding.status is Status.INCONCLUSIVE
    assert finding.points == 0
    assert "differences" in finding.message


def test_an_exception_is_told() -> None:
    def log_det(z: np.ndarray) -> float:
        raise ZeroDivisionError("no determinant")

    finding = check(lambda z: 2 * z, log_det)
    assert finding.points == 0
    assert "ZeroDivisionError: no determinant" in finding.message


def test_the_example_can_be_replayed() -> None:
    finding = check(lambda z: 2 * z, lambda z: float(np.abs(z).max()))
    example = finding.evidence["example"]
    assert isinstance(example, dict)
    at = np.array(example["at"], dtype=float)
    assert example["answer"] == np.abs(at).max()
    assert example["numeric"] == pytest.approx(2 * np.log(2))
    assert repr(float(at[0])) in finding.message


@pytest.mark.parametrize("seed", range(2))
def test_a_coupling_layer_of_an_image_is_judged(seed: int) -> None:
    flow = coupling_in(4096)
    right = check(flow.f, flow.log_det, 4096, seed)
    assert right.status is Status.PASSED
    assert measured(right, "evaluations") <= 2_000
    assert len(json.dumps(right.evidence)) < 1_500
    wrong = check(flow.f, lambda z: flow.log_det(z) + 0.05, 4096, seed)
    assert wrong.status is Status.PARTIAL
    mean = check(flow.f, lambda z: flow.log_det(z) / 2048, 4096, seed)
    assert "1/2,048" in mean.message


def test_an_autoregressive_layer_of_an_image_is_judged_in_any_order() -> None:
    flow = autoregressive_in(1200)
    right = check(flow.f, flow.log_det, 1200)
    assert right.status is Status.PASSED
    assert check(flow.f, lambda z: flow.log_det(z) + 0.01, 1200).status is Status.PARTIAL


def test_without_a_structure_many_dimensions_are_inconclusive() -> None:
    flow = residual_in(1100)
    finding = check(flow.f, flow.log_det, 1100)
    assert finding.status is Status.INCONCLUSIVE
    assert finding.points == 0
    assert "triangular" in finding.message
