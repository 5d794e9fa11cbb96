"""The check of an inverse: right pairs pass however ill-conditioned, wrong ones are named."""

from __future__ import annotations

import json
from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pytest

from exercises.checks.inverse import check_inverse
from exercises.criteria import Inverse
from exercises.report import Finding, Status
from tests.laws.flow_case import flow_case, measured
from tests.laws.flows import HIGHER, PLANE, Flow, Vector, coupling_in
from tests.laws.wrong_flows import UNDECIDED_PAIRS, WRONG_PAIRS, WrongPair

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")


def check(
    f: Callable[..., object],
    f_inv: Callable[..., object],
    dimension: int = 2,
    seed: int = 0,
    points: float = 10,
) -> Finding:
    criterion = Inverse(points=points)
    return check_inverse(flow_case(criterion, dimension, seed, f=f, f_inv=f_inv), criterion)


#: Without those whose inverse takes many steps.
_SLOW = ("contraction", "residual in 64", "residual in 70", "autoregressive in 80")
_FLOWS = [flow for flow in PLANE + HIGHER if flow.name not in _SLOW]


@pytest.mark.parametrize("flow", _FLOWS, ids=lambda flow: flow.name)
def test_a_right_inverse_earns_all(flow: Flow) -> None:
    finding = check(flow.f, flow.f_inv, flow.dimension)
    assert finding.status is Status.PASSED, finding.message
    assert finding.points == 10


@pytest.mark.parametrize("seed", range(1, 4))
@pytest.mark.parametrize("name", ["steep exp", "tanh", "cube", "small and shifted", "float32"])
def test_rounding_fails_no_right_inverse_at_any_seed(name: str, seed: int) -> None:
    flow = next(flow for flow in PLANE if flow.name == name)
    assert check(flow.f, flow.f_inv, seed=seed).status is Status.PASSED


@pytest.mark.parametrize("pair", WRONG_PAIRS, ids=lambda pair: pair.name)
def test_a_wrong_inverse_fails_and_its_mistake_is_named(pair: WrongPair) -> None:
    finding = check(pair.f, pair.f_inv)
    assert finding.status in (Status.FAILED, Status.PARTIAL), finding.message
    assert finding.points < 10
    assert finding.evidence["mistake"] == pair.mistake


@pytest.mark.parametrize(("name", "f", "f_inv"), UNDECIDED_PAIRS, ids=lambda part: str(part)[:20])
def test_what_double_precision_can_not_tell_is_inconclusive(
    name: str, f: Callable[..., object], f_inv: Callable[..., object]
) -> None:
    finding = check(f, f_inv)
    assert finding.status is Status.INCONCLUSIVE, name
    assert finding.points < 10
    assert "flat" in finding.message


def test_flatness_excuses_no_error_that_f_can_see() -> None:
    def f_inv(x: Vector) -> Vector:
        return np.asarray(np.arctanh(x) / 3 + 1e-5)

    assert check(lambda z: np.tanh(3 * z), f_inv).status is Status.PARTIAL


@pytest.mark.parametrize("scale", [1e-12, 1e-9, 1e-3, 1e9, np.array([1e-9, 1e9])])
def test_no_scale_of_x_hides_an_error(scale: Vector) -> None:
    mixed = np.array([[1.0, 5.0], [5.0, 1.0]])

    def right(x: Vector) -> Vector:
        return np.linalg.solve(mixed, x / scale)

    def wrong_in_part(x: Vector) -> Vector:
        z = right(x)
        return z if z[0] > -1 else 1.1 * z

    def f(z: Vector) -> Vector:
        return scale * (mixed @ z)

    assert check(f, right).status is Status.PASSED
    found = check(f, wrong_in_part)
    assert found.status is Status.PARTIAL
    assert found.evidence["mistake"] is not None
    assert check(f, lambda x: right(x).astype(np.float16)).status is not Status.PASSED


def test_the_example_can_be_replayed() -> None:
    finding = check(lambda z: 2 * z, lambda x: np.array([x[0] / 2, x[1] / 2 + (x[0] > 0) * 0.25]))
    assert "f_inv(np.array([" in finding.message
    assert "off by 0.25" in finding.message
    left = finding.evidence["left"]
    assert isinstance(left, dict)
    example = left["example"]
    assert isinstance(example, dict)
    z, x, w = (np.array(example[key], dtype=float) for key in ("z", "x", "w"))
    assert np.array_equal(2 * z, x)
    assert np.allclose(w - z, [0, 0.25])


def test_credit_falls_as_the_error_grows() -> None:
    errors = (1e-7, 1e-5, 1e-3, 0.2)
    points = [check(lambda z: z, lambda x, e=e: x + e).points for e in errors]
    assert points[0] == 10
    assert points[-1] == 0
    assert all(one > other for one, other in pairwise(points))


def test_f_that_has_no_value_is_named_as_the_reason() -> None:
    finding = check(lambda z: np.sqrt(z), lambda x: x**2)
    assert finding.status is Status.PARTIAL
    assert finding.message.startswith("f has no finite value at")


def test_an_exception_of_the_inverse_is_told() -> None:
    def f_inv(x: Vector) -> Vector:
        if x[0] > 0:
            raise ValueError("x is too large")
        return x

    finding = check(lambda z: z, f_inv)
    assert "ValueError: x is too large" in finding.message
    assert finding.evidence["mistake"] == "half"


def test_a_check_without_points_only_informs() -> None:
    finding = check(lambda z: z, lambda x: 2 * x, points=0)
    assert (finding.status, finding.points) == (Status.INFORMATIVE, 0)


def test_one_seed_gives_one_finding() -> None:
    pair = WRONG_PAIRS[0]
    assert check(pair.f, pair.f_inv, seed=3) == check(pair.f, pair.f_inv, seed=3)


def test_an_image_is_affordable_and_its_report_short() -> None:
    flow = coupling_in(4096)
    right = check(flow.f, flow.f_inv, 4096)
    assert right.status is Status.PASSED
    assert measured(right, "evaluations") <= 2_000
    wrong = check(flow.f, lambda x: flow.f_inv(x) + 1e-3 * (np.arange(4096) == 4000), 4096)
    assert wrong.status is Status.PARTIAL
    assert measured(wrong, "evaluations") <= 10_000
    assert "off by 0.001 in [4000]" in wrong.message
    assert len(wrong.message) < 700
    assert len(json.dumps(wrong.evidence)) < 2_500
