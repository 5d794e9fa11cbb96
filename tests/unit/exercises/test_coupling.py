"""The check of an affine coupling layer: right in any split, and each part of a wrong one named."""

from __future__ import annotations

import json
from collections.abc import Callable

import numpy as np
import pytest

from exercises.checks.coupling import check_coupling
from exercises.criteria import Coupling
from exercises.report import Finding, Status
from tests.laws.flow_case import flow_case, measured
from tests.laws.flows import Map, Vector, coupling_in
from tests.laws.wrong_flows import LAYERS, NO_LAYERS

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")


def check(f: Callable[..., object], dimension: int = 2, seed: int = 0) -> Finding:
    criterion = Coupling(points=4)
    return check_coupling(flow_case(criterion, dimension, seed, f=f), criterion)


@pytest.mark.parametrize(("name", "f"), LAYERS, ids=lambda part: str(part)[:20])
def test_a_layer_passes(name: str, f: Map) -> None:
    finding = check(f)
    assert finding.status is Status.PASSED, (name, finding.message)
    assert finding.points == 4


@pytest.mark.parametrize(("name", "f", "mistake"), NO_LAYERS, ids=lambda part: str(part)[:20])
def test_what_is_no_layer_fails_for_its_reason(name: str, f: Map, mistake: str) -> None:
    finding = check(f)
    assert finding.status in (Status.FAILED, Status.PARTIAL), name
    assert finding.evidence["mistake"] == mistake


def test_each_part_that_holds_is_worth_a_quarter() -> None:
    points = {name: check(f).points for name, f, _ in NO_LAYERS}
    assert points["identity"] == points["exchanged"] == points["no value"] == 0
    assert points["a cube"] == 1
    assert points["constant"] == 2
    assert points["additive"] == points["no shift"] == points["scale of both signs"] == 3


def test_one_coordinate_may_decide_about_all_others_and_the_other_way_round() -> None:
    def one(z: Vector) -> Vector:
        return np.concatenate([z[:1], z[1:] * np.exp(z[0]) + np.cos(z[0])])

    def all_but_one(z: Vector) -> Vector:
        a = z[:-1].sum()
        return np.concatenate([z[:-1], [z[-1] * np.exp(np.tanh(a)) + a]])

    assert check(one, 7).status is Status.PASSED
    assert check(all_but_one, 7).status is Status.PASSED


def test_coordinates_that_change_must_not_depend_on_each_other() -> None:
    def f(z: Vector) -> Vector:
        moved = z[2:] * np.exp(np.tanh(z[0]))
        return np.concatenate([z[:2], moved + z[1] + 0.1 * z[3] * np.array([1.0, 0.0])])

    finding = check(f, 4)
    assert finding.evidence["mistake"] == "crossed"
    assert "depend on others" in finding.message


def test_a_small_departure_from_affine_is_seen() -> None:
    finding = check(lambda z: np.array([z[0], z[1] * np.exp(z[0]) + z[0] + 1e-4 * np.sin(z[1])]))
    assert finding.evidence["mistake"] == "not affine"


def test_two_layers_are_not_one() -> None:
    def f(z: Vector) -> Vector:
        first = z[0] * np.exp(np.tanh(z[1])) + z[1]
        return np.array([first, z[1] * np.exp(np.tanh(first)) + first])

    assert check(f).evidence["mistake"] == "nothing passes"


def test_an_image_is_affordable_and_its_report_short() -> None:
    finding = check(coupling_in(4096).f, 4096)
    assert finding.status is Status.PASSED
    assert "z[0] … z[2047]" in finding.message
    assert measured(finding, "evaluations") <= 600
    assert len(json.dumps(finding.evidence)) < 1_000
