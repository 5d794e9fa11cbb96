"""Modes are what a law has, not what the raggedness of a sample shows."""

import numpy as np
import pytest

from exercises.figures.panels import density_panels

DRAWS = 12


def modes(law, seed, n=10_000):
    rng = np.random.default_rng(seed)
    z = rng.standard_normal((n, 2))
    return density_panels(z, law(z, rng)).x.summary.modes


def ring(z, rng):
    return 3 * z / np.linalg.norm(z, axis=1, keepdims=True) + 0.3 * rng.standard_normal(z.shape)


def two(z, rng):
    return z * 0.5 + np.where(rng.random((len(z), 1)) < 0.5, -3.0, 3.0)


def three(z, rng):
    return z * 0.4 + np.array([[-3.0, 0.0], [3.0, 0.0], [0.0, 3.0]])[rng.integers(0, 3, len(z))]


@pytest.mark.parametrize(
    ("law", "count"),
    [
        (lambda z, rng: z, 1),
        (lambda z, rng: rng.random(z.shape), 1),
        (lambda z, rng: np.stack([z[:, 0], z[:, 0]], axis=1), 1),
        (lambda z, rng: z * 0 + 7, 1),
        (ring, 1),
        (two, 2),
        (three, 3),
    ],
    ids=["gaussian", "square", "line", "point", "ring", "two", "three"],
)
def test_each_draw_shows_the_modes_that_the_law_has(law, count):
    assert [len(modes(law, seed)) for seed in range(DRAWS)] == [count] * DRAWS


def test_a_mode_is_where_the_peak_is():
    first, second = sorted(mode.place for mode in modes(two, 1))
    assert first == pytest.approx((-3, -3), abs=0.35)
    assert second == pytest.approx((3, 3), abs=0.35)


def test_a_ring_and_a_plateau_are_told_from_a_peak():
    assert modes(ring, 2)[0].broad
    assert modes(lambda z, rng: rng.random(z.shape), 2)[0].broad
    assert not modes(lambda z, rng: z, 2)[0].broad


def test_the_higher_mode_comes_first():
    def uneven(z, rng):
        return z * 0.5 + np.where(rng.random((len(z), 1)) < 0.7, -3.0, 3.0)

    high, low = modes(uneven, 3)
    assert high.place[0] < 0 < low.place[0]
    assert high.height == 1
    assert low.height == pytest.approx(3 / 7, abs=0.12)
