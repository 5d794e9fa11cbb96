"""The lower bound of mass: it never exceeds a density's one, and finds what is none."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from exercises.numerics.mass import least_mass

RNG = np.random.default_rng(5)
Z = RNG.standard_normal((4000, 2))
MIDDLE = np.array([2.0, 0.0])
SIDE = np.where(RNG.random(4000) < 0.5, 1.0, -1.0)[:, None] * MIDDLE


def gaussian(x, scale=1.0):
    return -((x / scale) ** 2).sum(axis=1) / 2 - 2 * np.log(scale) - np.log(2 * np.pi)


def two(x):
    return np.logaddexp(gaussian(x - MIDDLE, 0.3), gaussian(x + MIDDLE, 0.3)) - np.log(2)


def banana(x):
    return -(x[:, 0] ** 2) / 2 - 2 * (x[:, 1] - x[:, 0] ** 2) ** 2 - np.log(np.pi)


def cauchy(x):
    return -np.log(np.pi * (1 + x**2)).sum(axis=1)


LAWS: dict[str, tuple[Callable, np.ndarray]] = {
    "gaussian": (gaussian, Z),
    "tiny": (lambda x: gaussian(x, 1e-9), 1e-9 * Z),
    "two modes": (two, 0.3 * Z + SIDE),
    "banana": (banana, np.column_stack([Z[:, 0], Z[:, 0] ** 2 + Z[:, 1] / 2])),
    "cauchy": (cauchy, np.tan(np.pi * (RNG.random((4000, 2)) - 0.5))),
    "elsewhere": (gaussian, Z + 50),
    "on a line": (gaussian, Z * [1, 0]),
}


def bound(log_density: Callable, points: np.ndarray, seed: int = 0) -> float:
    return least_mass(log_density, points, np.random.default_rng(seed), 1e-6)


@pytest.mark.parametrize("law", LAWS.values(), ids=LAWS.keys())
def test_a_density_never_has_more_than_one(law: tuple[Callable, np.ndarray]) -> None:
    log_density, points = law
    assert max(bound(log_density, points, seed) for seed in range(4)) <= 1


@pytest.mark.parametrize("name", ["gaussian", "two modes", "banana", "tiny"])
def test_a_density_that_is_a_third_too_large_is_found(name: str) -> None:
    log_density, points = LAWS[name]
    assert bound(lambda x: log_density(x) + np.log(4 / 3), points) > 1


@pytest.mark.parametrize("name", LAWS)
def test_a_constant_is_found_wherever_the_points_are(name: str) -> None:
    assert bound(lambda x: np.full(len(x), 800.0), LAWS[name][1]) > 1


def test_what_has_no_number_has_no_mass() -> None:
    assert bound(lambda x: np.full(len(x), np.nan), Z) < 0
    assert bound(lambda x: np.full(len(x), -np.inf), Z) < 0
    assert bound(lambda x: np.full(len(x), np.inf), Z) > 1


def test_the_same_draws_give_the_same_bound() -> None:
    assert bound(banana, Z, 3) == bound(banana, Z, 3)
    assert bound(banana, Z, 3) != bound(banana, Z, 4)
