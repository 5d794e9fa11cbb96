"""log |det J| by differences: true to its own error, and structure told in many dimensions."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from exercises.numerics.block_log_abs_det import find_layout, structured_log_abs_det
from exercises.numerics.log_abs_det import LogAbsDet, dense_log_abs_det
from exercises.numerics.precision import DOUBLE, SINGLE, measure_precision
from exercises.oracle import Array
from tests.laws.flows import HIGHER, PLANE, Flow, coupling_in

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")


def batch(f: Callable[[Array], object]) -> Callable[[Array], Array]:
    return lambda points: np.array([f(z) for z in points], dtype=np.float64)


def dense(f: Callable[[Array], object], z: Array) -> LogAbsDet:
    ask = batch(f)
    return dense_log_abs_det(ask, z, measure_precision(ask, z[:32], np.random.default_rng(5)))


def structured(f: Callable[[Array], object], dimension: int, n: int = 32) -> LogAbsDet | None:
    rng = np.random.default_rng(6)
    return structured_log_abs_det(batch(f), rng.standard_normal((n, dimension)), rng, 4_096)


@pytest.mark.parametrize("flow", PLANE, ids=lambda flow: flow.name)
def test_the_numeric_value_is_within_its_error(flow: Flow) -> None:
    z = np.random.default_rng(3).standard_normal((400, 2))
    found = dense(flow.f, z)
    sharp = found.errors < 1e-4
    assert sharp.mean() > 0.95
    right = np.array([flow.log_det(point) for point in z])
    assert (np.abs(found.values - right) <= 10 * found.errors + 1e-12)[sharp].mean() > 0.995


def test_beside_a_kink_steps_are_shortened_until_it_is_outside() -> None:
    beside = np.column_stack((np.linspace(-1e-3, 1e-3, 40), np.ones(40)))
    found = dense(lambda z: np.array([np.abs(z[0]) + 2 * z[0], z[1]]), beside)
    right = np.where(beside[:, 0] > 0, np.log(3), 0.0)
    assert np.abs(found.values - right).max() < 1e-8
    assert found.errors.max() < 1e-6


def test_a_kink_that_no_step_avoids_is_noticed() -> None:
    beside = np.column_stack((np.linspace(-1e-6, 1e-6, 40), np.ones(40)))
    found = dense(lambda z: np.array([np.abs(z[0]) + 2 * z[0], z[1]]), beside)
    right = np.where(beside[:, 0] > 0, np.log(3), 0.0)
    torn = np.abs(found.values - right) > 1e-3
    assert torn.any()
    # At the kink itself central differences agree on the slope in the middle.
    assert (found.errors[torn] > 10 * np.abs(beside[torn, 0])).all()


def test_a_singular_jacobian_has_no_error_bound() -> None:
    found = dense(lambda z: np.array([z[0], z[0]]), np.ones((3, 2)))
    assert np.isinf(found.errors).all()


@pytest.mark.parametrize(
    "flow", [f for f in HIGHER if f.dimension > 64], ids=lambda flow: flow.name
)
def test_structure_gives_the_whole_determinant(flow: Flow) -> None:
    found = structured(flow.f, flow.dimension)
    assert found is not None
    z = np.random.default_rng(6).standard_normal((32, flow.dimension))[: len(found.values)]
    right = np.array([flow.log_det(point) for point in z])
    assert np.abs(found.values - right).max() < 1e-6
    assert found.errors.max() < 1e-6


def test_coordinates_may_pass_to_another_place() -> None:
    layer = coupling_in(80)
    found = structured(lambda z: np.roll(layer.f(z), 40), 80)
    assert found is not None
    assert "diagonal" in found.method
    z = np.random.default_rng(6).standard_normal((32, 80))[: len(found.values)]
    assert np.allclose(found.values, [layer.log_det(point) for point in z], atol=1e-8)


def test_a_copied_coordinate_passes_once() -> None:
    z = np.random.default_rng(0).standard_normal((5, 4))
    layout = find_layout(z, z[:, [0, 1, 1, 3]])
    assert (layout.passed, layout.inputs.tolist(), layout.outputs.tolist()) == (3, [2], [2])


def test_two_numbers_that_depend_on_each_other_are_a_block_and_no_diagonal() -> None:
    def f(z: Array) -> Array:
        x = np.sinh(z)
        x[3] += 0.5 * z[70]
        x[70] -= 2 * z[3]
        return x

    found = structured(f, 90)
    assert found is not None
    assert "blocks" in found.method
    z = np.random.default_rng(6).standard_normal((32, 90))[: len(found.values)]
    slopes = np.cosh(z)
    pair = slopes[:, 3] * slopes[:, 70]
    right = np.log(slopes).sum(axis=1) + np.log((pair + 1) / pair)
    assert np.abs(found.values - right).max() < 1e-6


def test_precision_is_that_of_the_arithmetic() -> None:
    rng = np.random.default_rng(0)
    z = rng.standard_normal((64, 3))

    def single_inside(points: Array) -> Array:
        return points + np.sin(points.astype(np.float32)).astype(np.float64)

    assert measure_precision(np.sinh, z, rng) < 1e-12
    assert measure_precision(lambda p: np.sinh(p).astype(np.float32), z, rng) >= SINGLE
    assert measure_precision(single_inside, z, rng) > 1e-9
    assert measure_precision(lambda p: p, z, rng) >= DOUBLE


def test_extrapolation_makes_the_values_sharp() -> None:
    z = np.random.default_rng(4).standard_normal((100, 2))
    found = dense(np.sinh, z)
    assert np.abs(found.values - np.log(np.cosh(z)).sum(axis=1)).max() < 1e-10
