"""Target against yours: the same axes, a signed difference, and words for where it lies."""

import io
import re
import xml.etree.ElementTree as ElementTree
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from exercises.figures.comparison import Comparison, compare
from exercises.figures.comparison_drawing import BOTTOM, LEFTS, SIDE, SIZE, comparison_plate
from exercises.figures.comparison_words import comparison_alt_text, findings
from exercises.figures.gallery import PNG, SVG, draw
from exercises.figures.plate import plate_png
from exercises.numerics.kde import density_on_grid, scott_bandwidth
from exercises.numerics.window import choose_window

N = 10_000
DRAWN = np.random.default_rng(8)
Z = DRAWN.standard_normal((N, 2))
MANY = DRAWN.standard_normal((200_000, 2))


def target(f):
    """A target's density as a table holds it: of many samples, smoothed as few are."""
    few, many = f(MANY[:N]), f(MANY)
    window = choose_window(few)
    unit = window.to_unit(few)
    bandwidth = scott_bandwidth(unit[window.shows(few)], 0.0118)
    return density_on_grid(window.to_unit(many), bandwidth, 128), (*window.lo, *window.hi)


def identity(z):
    return z + 0.0


def two_modes(z):
    return z * 0.5 + np.column_stack((2.5 * np.sign(z[:, 0]), 0 * z[:, 0]))


NORMAL = target(identity)
MODES = target(two_modes)

CASES = {
    "same": (NORMAL, identity(Z)),
    "shift": (NORMAL, Z + np.array([1.0, 0.0])),
    "one mode": (MODES, Z * 0.5 + [2.5, 0.0]),
    "wide": (NORMAL, 1.5 * Z),
    "half": (NORMAL, np.abs(Z)),
    "point": (NORMAL, Z * 0 + [1.0, 2.0]),
    "line": (NORMAL, Z[:, [0, 0]]),
    "far away": (NORMAL, Z + 1e9),
    "all nan": (NORMAL, Z * np.nan),
    "some nan": (NORMAL, np.where(Z[:, :1] > 0, Z, np.nan)),
    "infinite": (NORMAL, np.where(Z[:, :1] > 0, Z, np.inf)),
    "huge": (NORMAL, Z * 1e307),
}


@pytest.fixture(scope="module", params=CASES)
def any_case(request):
    (density, window), x = CASES[request.param]
    return compare(density, window, x)


def of(case):
    (density, window), x = CASES[case]
    return compare(density, window, x)


def said(comparison):
    return " ".join(findings(comparison))


def square(png, which):
    image = np.asarray(Image.open(io.BytesIO(png)).convert("RGB")).astype(int)
    top = SIZE[1] - BOTTOM - SIDE
    return image[top + 2 : top + SIDE - 2, LEFTS[which] + 2 : LEFTS[which] + SIDE - 2]


def test_any_samples_give_a_picture_and_words(any_case):
    data = any_case.to_bytes()
    image = Image.open(io.BytesIO(draw("comparison", [data], PNG)))
    assert (image.format, image.size) == ("PNG", SIZE)
    svg = draw("comparison", [data], SVG)
    assert len(svg) < 350_000
    description = ElementTree.fromstring(svg).findtext("{http://www.w3.org/2000/svg}desc")
    assert description == comparison_alt_text(any_case)
    assert not re.search(r"\bnan\b|\binf\b|None", comparison_alt_text(any_case))


def test_words_end_where_the_last_panel_does():
    plate = replace(comparison_plate(of("half")), words="Too much where there is too much. " * 8)
    image = np.asarray(Image.open(io.BytesIO(plate_png(plate))).convert("RGB"))
    words = image[-22:]
    assert (words[:, LEFTS[-1] + SIDE + 3 :] == 255).all()
    assert words[:, LEFTS[-1] : LEFTS[-1] + SIDE].min() < 160
    assert (words[:, : LEFTS[0] - 3] == 255).all()


def test_a_comparison_survives_its_bytes(any_case):
    data = any_case.to_bytes()
    again = Comparison.from_bytes(data)
    assert len(data) < 40_000
    assert again.to_bytes() == data
    assert np.array_equal(again.yours, any_case.yours)
    assert comparison_alt_text(again) == comparison_alt_text(any_case)


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: b"",
        lambda data: b"PFC9" + data[4:],
        lambda data: data[:-500],
        lambda data: data[:8] + b"\xff" + data[9:],
    ],
)
def test_damaged_bytes_are_refused(damage):
    with pytest.raises(ValueError, match="comparison"):
        Comparison.from_bytes(damage(of("same").to_bytes()))


def test_equal_laws_have_no_difference_to_speak_of():
    same = of("same")
    assert said(same) == "They differ by no more than samples do by chance."
    difference = square(plate_png(comparison_plate(same)), 2)
    assert difference.mean() > 250
    assert np.abs(same.beyond_noise).max() < 0.1 * same.peaks[0]


def test_the_target_itself_differs_by_nothing():
    same = of("same")
    exact = Comparison(
        same.window,
        (same.peaks[0], same.peaks[0]),
        same.target,
        same.target,
        same.samples,
        same.finite,
        same.shown,
        same.kernel,
    )
    assert not exact.beyond_noise.any()
    assert said(exact) == "They differ by no more than samples do by chance."
    inner = square(plate_png(comparison_plate(exact)), 2)
    assert inner.min() == 255


def test_too_much_is_red_and_plain_and_too_little_blue_and_striped():
    png = plate_png(comparison_plate(of("one mode")))
    picture = square(png, 2)
    half = picture.shape[1] // 2
    left, right = picture[:, :half].astype(float), picture[:, half:].astype(float)
    # Missing on the left, too much on the right.
    assert (left[..., 2] - left[..., 0]).max() > 60
    assert (left[..., 0] - left[..., 2]).max() < 20
    assert (right[..., 0] - right[..., 2]).max() > 60
    # In grey the stripes tell: along rows the blue alternates, the red does not.
    grey = picture.mean(axis=2)
    rough = np.abs(np.diff(grey, n=2, axis=1))
    rows, columns = np.nonzero(left[..., 2] - left[..., 0] > 60)
    blue = np.percentile(rough[rows, np.minimum(columns, rough.shape[1] - 1)], 70)
    rows, columns = np.nonzero(right[..., 0] - right[..., 2] > 60)
    red = np.percentile(rough[rows, np.minimum(columns + half, rough.shape[1] - 1)], 70)
    assert blue > 3 * red


def test_where_mass_is_missing_is_said_with_both_masses():
    words = said(of("one mode"))
    assert words.startswith("Too little where x₁ < ")
    assert "the target has 50 % of its mass there, yours 0 %" in words
    cut = float(re.search(r"x₁ < (\S+):", words)[1].replace("\N{MINUS SIGN}", "-"))
    assert -1 < cut < 1.5
    shifted = said(of("shift"))
    assert "Too little where x₁ < 0.5: the target has 69 % of its mass there, yours 32 %" in shifted
    assert "Beyond that there is too much." in shifted
    assert "Too little where |x − (0, 0)| < " in said(of("wide"))


def test_masses_are_those_of_the_samples():
    half = of("half")
    target_density, yours = half.densities
    assert yours.mean() == pytest.approx(half.shown / half.samples, abs=0.01)
    assert target_density.mean() == pytest.approx(1, abs=0.01)
    point = of("point")
    assert point.densities[1].mean() == pytest.approx(1, abs=0.02)


def test_what_is_not_shown_is_said():
    assert "100 % of your samples lie outside the axes or are not finite." in said(of("far away"))
    lost = of("some nan")
    share = 100 * (1 - lost.shown / N)
    assert f"{share:.3g} % of your samples lie outside" in said(lost)
    assert [panel.note for panel in comparison_plate(lost).panels][1] == f"{share:.3g} % not shown"


def test_all_panels_have_the_same_axes_and_scale():
    plate = comparison_plate(of("shift"))
    assert len({panel.window for panel in plate.panels}) == 1
    png = plate_png(plate)
    darkest = [square(png, which).sum(axis=2).min() for which in (0, 1)]
    assert abs(darkest[0] - darkest[1]) < 60
