"""The density estimate is scipy's to within a fraction of a percent, and nothing breaks it."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy.stats import gaussian_kde

from exercises.numerics.kde import BANDWIDTH_FLOOR, density_on_grid, scott_bandwidth
from exercises.numerics.window import Window, choose_window

CELLS = 200


def draw(seed=0, n=10_000):
    return np.random.default_rng(seed).standard_normal((n, 2))


def ring(z):
    return 3 * z / np.linalg.norm(z, axis=1, keepdims=True) + 0.3 * z


LAWS = {
    "gaussian": lambda z: z,
    "affine": lambda z: 2 * z + 1,
    "correlated": lambda z: z @ np.array([[1.0, 0.9], [0.0, 0.4]]),
    "ring": ring,
    "two peaks": lambda z: 0.5 * z + np.where(z[:, :1] > 0, 3, -3),
    "unequal units": lambda z: z * [1e6, 1e-4],
}


def against_scipy(x, window):
    """The estimate and scipy's at every seventh node, per unit of area of the window."""
    estimate = density_on_grid(window.to_unit(x), scott_bandwidth(window.to_unit(x)), CELLS)
    middles = (np.arange(CELLS) + 0.5) / CELLS
    places = window.from_unit(np.stack(np.meshgrid(middles, middles), -1).reshape(-1, 2))[::7]
    width, height = np.subtract(window.hi, window.lo)
    return estimate.ravel()[::7], gaussian_kde(x.T)(places.T) * width * height


@pytest.mark.parametrize("law", LAWS)
def test_the_estimate_is_scipys_within_half_a_percent_of_the_peak(law):
    x = LAWS[law](draw())
    ours, exact = against_scipy(x, choose_window(x))
    assert np.abs(ours - exact).max() < 0.005 * exact.max()


def test_samples_outside_the_window_reach_in_and_nothing_wraps_around():
    x = draw(1)
    ours, exact = against_scipy(x, Window((0.5, -4.0), (3.0, 1.0)))
    assert np.abs(ours - exact).max() < 0.005 * exact.max()


def test_the_far_side_of_a_point_at_the_edge_stays_empty():
    point = np.array([[0.999, 0.5]])
    density = density_on_grid(point, scott_bandwidth(point, 0.02), CELLS)
    assert density[:, -1].max() > 100
    # What the 32-bit transform leaves is far below one part in a hundred thousand.
    assert density[:, : CELLS // 2].max() < 1e-5 * density.max()


def test_all_of_the_mass_is_inside_when_the_samples_are():
    x = draw(2)
    density = density_on_grid(choose_window(2 * x).to_unit(x), np.eye(2) * 0.02**2, CELLS)
    assert density.mean() == pytest.approx(1, abs=1e-3)


def test_a_row_is_a_second_coordinate_and_a_column_a_first():
    density = density_on_grid(np.array([[0.8, 0.1]]), np.eye(2) * 0.02**2, CELLS)
    assert np.unravel_index(density.argmax(), density.shape) in {(19, 159), (20, 160), (19, 160)}


def test_a_line_gets_the_least_width_across_and_keeps_its_own_along():
    along = draw(3)[:, 0] / 8 + 0.5
    bandwidth = scott_bandwidth(np.stack([along, along], axis=1), BANDWIDTH_FLOOR)
    across, lengthwise = np.sqrt(np.linalg.eigvalsh(bandwidth))
    assert across == pytest.approx(BANDWIDTH_FLOOR)
    assert lengthwise == pytest.approx(np.sqrt(2) * along.std() * 10_000 ** (-1 / 6), rel=1e-3)


@pytest.mark.parametrize(
    ("law", "least", "most"),
    [
        (lambda z: 2 * z + 1, 0.0, 0.001),
        (np.exp, 0.005, 0.04),
        (lambda z: np.tan(np.arctan(z[:, ::-1] / z)), 0.02, 0.08),
    ],
    ids=["gaussian", "log-normal", "cauchy"],
)
def test_the_window_shows_all_of_a_light_tail_and_the_body_of_a_heavy_one(law, least, most):
    x = law(draw(4))
    outside = 1 - choose_window(x).shows(x).mean()
    assert least <= outside <= most


def test_circles_look_round_and_very_unequal_coordinates_each_fill_their_axis():
    window = choose_window(draw(5) * [1.0, 2.0])
    assert np.subtract(window.hi, window.lo)[0] == pytest.approx(
        np.subtract(window.hi, window.lo)[1]
    )
    narrow = choose_window(draw(5) * [1.0, 100.0])
    assert np.subtract(narrow.hi, narrow.lo)[0] < 10


def test_one_outlier_decides_nothing():
    x = draw(6)
    x[0] = [1e300, -1e300]
    assert max(np.abs(choose_window(x).hi)) < 5


def test_a_constant_is_shown_in_the_middle_of_a_range_of_its_size():
    assert choose_window(np.full((50, 2), 5.0)) == Window((2.5, 2.5), (7.5, 7.5))
    assert choose_window(np.zeros((50, 2))) == Window((-1.0, -1.0), (1.0, 1.0))


@given(
    hnp.arrays(
        np.float64,
        st.tuples(st.integers(0, 40), st.just(2)),
        elements=st.floats(allow_nan=False, allow_infinity=False),
    )
)
@settings(max_examples=150, deadline=None)
def test_every_finite_sample_has_a_window_and_a_density(x):
    window = choose_window(x)
    assert np.isfinite(window.lo + window.hi).all()
    assert (np.array(window.lo) < window.hi).all()
    if len(x) == 0:
        return
    shown = window.shows(x)
    assert shown.mean() >= 0.5
    unit = window.to_unit(x)
    density = density_on_grid(unit, scott_bandwidth(unit[shown], BANDWIDTH_FLOOR), 50)
    assert np.isfinite(density).all()
    assert density.min() >= 0
    assert density.max() > 0
