"""Density two ways: the change of variables against the samples, on one scale."""

import io
import re

import numpy as np
import pytest
from PIL import Image

from exercises.figures.density import density_panels
from exercises.figures.fold_map import fold_map
from exercises.figures.gallery import PNG, SVG, draw
from exercises.figures.layout import BOTTOM, HEIGHT, LEFTS, SIDE
from exercises.figures.panels import CELLS
from exercises.figures.two_ways import two_ways, two_ways_alt_text
from exercises.numerics.kde import density_on_grid, scott_bandwidth
from tests.unit.exercises.test_fold_map import half_nan, jump, warped

Z = np.random.default_rng(4).standard_normal((10_000, 2))
W = np.array([[2.0, 1.0], [0.0, -0.5]])


def affine(z):
    return z @ W.T + [1.0, 3.0]


def banana(z):
    return np.column_stack((z[:, 0], z[:, 1] + z[:, 0] ** 2))


def both(f):
    with np.errstate(all="ignore"):
        panels = density_panels(Z, np.asarray(f(Z), float))
    return panels, fold_map(warped(f), 4.0, None)


def grid(window):
    middles = (np.arange(CELLS) + 0.5) / CELLS
    unit = np.stack(np.meshgrid(middles, middles), axis=-1).reshape(-1, 2)
    return window.from_unit(unit)


def area(window):
    (a, b), (c, d) = window.lo, window.hi
    return (c - a) * (d - b)


def test_the_formula_is_the_density_in_closed_form():
    panels, fold = both(affine)
    ways = two_ways(panels, fold)
    z = np.linalg.solve(W, (grid(panels.x.window) - [1.0, 3.0]).T)
    exact = np.exp(-(z**2).sum(axis=0) / 2) / (2 * np.pi * abs(np.linalg.det(W)))
    exact = exact.reshape(CELLS, CELLS) * area(panels.x.window)
    assert np.abs(ways.pushed - exact).max() < 0.005 * exact.max()
    panels, fold = both(banana)
    x = grid(panels.x.window)
    exact = np.exp(-(x[:, 0] ** 2 + (x[:, 1] - x[:, 0] ** 2) ** 2) / 2) / (2 * np.pi)
    exact = exact.reshape(CELLS, CELLS) * area(panels.x.window)
    assert np.abs(two_ways(panels, fold).pushed - exact).max() < 0.03 * exact.max()


def test_the_estimate_has_the_scale_of_a_density():
    panels, fold = both(affine)
    unit = panels.x.window.to_unit(affine(Z))
    exact = density_on_grid(unit, scott_bandwidth(unit), CELLS)
    ways = two_ways(panels, fold)
    assert np.abs(ways.estimate - exact).max() < 0.01 * exact.max()


@pytest.mark.parametrize("f", [affine, banana, np.exp, lambda z: 1e-9 * z, lambda z: z * [1e6, 1]])
def test_right_answers_agree_once_both_are_blurred(f):
    plain, blurred, _ = two_ways(*both(f)).difference
    assert blurred < 0.1
    assert blurred < plain + 0.02


def test_a_wrong_jacobian_would_not_agree():
    panels, _ = both(affine)
    _, fold = both(lambda z: affine(z) * 1.5 - [0.5, 1.5])
    plain, blurred, _ = two_ways(panels, fold).difference
    assert plain > 0.3
    assert blurred > 0.3
    assert "They differ by up to" in two_ways_alt_text(two_ways(panels, fold))


def test_the_words_give_the_largest_difference():
    ways = two_ways(*both(affine))
    plain, _, place = ways.difference
    words = two_ways_alt_text(ways)
    assert f"They agree within {100 * round(plain, 2):.3g} % of the peak, near (" in words
    assert "10,000 samples" in words
    unit = ways.panel.window.to_unit(np.array([place]))[0]
    assert ((unit >= 0) & (unit <= 1)).all()
    # Half of exp's density lies on a ridge that the kernel blurs.
    assert "They differ by more than the peak" in two_ways_alt_text(two_ways(*both(np.exp)))
    assert "with the same blur on both they agree within" in two_ways_alt_text(
        two_ways(*both(np.exp))
    )
    assert "Where f jumps the right one has a gap." in two_ways_alt_text(two_ways(*both(jump)))


@pytest.mark.parametrize(
    "f",
    [affine, jump, half_nan, lambda z: z * np.nan, lambda z: z**3 * 1e305, lambda z: z * 0 + 1],
)
def test_any_function_gives_a_picture_and_words(f):
    panels, fold = both(f)
    stored = [panels.to_bytes(), fold.to_bytes()]
    assert draw("two_ways", stored, PNG).startswith(b"\x89PNG")
    words = two_ways_alt_text(two_ways(panels, fold))
    assert not re.search(r"\bnan\b|\binf\b|None", words)


def test_both_panels_have_one_scale():
    panels, fold = both(affine)
    png = draw("two_ways", [panels.to_bytes(), fold.to_bytes()], PNG)
    image = np.asarray(Image.open(io.BytesIO(png)).convert("L")).astype(float)
    top = HEIGHT - BOTTOM - SIDE
    squares = [image[top + 2 : top + SIDE - 2, left + 2 : left + SIDE - 2] for left in LEFTS]
    # The ramp darkens evenly: one density in two estimates has about one grey.
    assert np.abs(squares[0] - squares[1]).mean() < 6
    assert abs(squares[0].min() - squares[1].min()) < 30
    svg = draw("two_ways", [panels.to_bytes(), fold.to_bytes()], SVG)
    assert len(svg) < 350_000
    assert b"N(z)" in svg
