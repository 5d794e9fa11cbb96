"""The density figure: right, readable, the same each time, and drawn for any samples at all."""

import io
import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree

import matplotlib as mpl
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image

from exercises.figures.canvas import Canvas, canvas
from exercises.figures.density import (
    DensityPanels,
    alt_text,
    density_panels,
    render_png,
    render_svg,
)
from exercises.figures.layout import (
    BOTTOM,
    DPI,
    HEIGHT,
    LEFTS,
    SIDE,
    SIZE,
    WIDTH,
    caption_of,
    draw,
    look,
    note_of,
)
from exercises.figures.palette import PALETTE, RAMP_SIZE
from exercises.figures.raster import panel_pixels
from exercises.figures.stamps import Stamps, cut_out

N = 10_000
Z = np.random.default_rng(11).standard_normal((N, 2))


def half_nan(z):
    x = 2 * z
    x[z[:, 0] > 0, 1] = np.nan
    return x


def one_outlier(z):
    x = z.copy()
    x[7] = 1e300
    return x


def infinite(z):
    x = z.copy()
    x[::2] = np.inf
    x[1::4] = -np.inf
    return x


CASES = {
    "affine": lambda z: 2 * z + 1,
    "exp": np.exp,
    "exp of exp": lambda z: np.exp(np.exp(z)),
    "square": np.square,
    "cauchy": lambda z: z[:, ::-1] / z,
    "point": lambda z: z * 0 + 5,
    "origin": lambda z: z * 0,
    "line": lambda z: z[:, [0, 0]],
    "flat line": lambda z: z * [1, 0] + [0, 3],
    "half nan": half_nan,
    "all nan": lambda z: z * np.nan,
    "infinite": infinite,
    "one outlier": one_outlier,
    "huge": lambda z: np.clip(z, -1.7, 1.7) * 1e308,
    "tiny": lambda z: z * 1e-12,
    "denormal": lambda z: z * 1e-310,
    "unequal": lambda z: z * [1e200, 1e-200],
    "far away": lambda z: 1e8 + 1e-3 * z,
    "lattice": np.floor,
}


@pytest.fixture(scope="module", params=CASES)
def panels(request):
    return density_panels(Z, CASES[request.param](Z))


def pixels(png):
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB")).astype(int)


def square(png, which):
    """The inside of a panel."""
    top = HEIGHT - BOTTOM - SIDE
    return pixels(png)[top + 1 : top + SIDE, LEFTS[which] + 1 : LEFTS[which] + SIDE]


def test_any_samples_give_a_picture_and_words(panels):
    image = Image.open(io.BytesIO(render_png(panels)))
    image.load()
    assert (image.format, image.size) == ("PNG", (WIDTH, HEIGHT))
    words = alt_text(panels)
    assert "10,000 samples" in words
    assert "p(x): " in words
    assert not re.search(r"\bnan\b|\binf\b|None", words)


@given(
    x=hnp.arrays(np.float64, st.tuples(st.integers(1, 12), st.just(2)), elements=st.floats()),
)
@settings(max_examples=60, deadline=None)
def test_no_floats_at_all_break_it(x):
    panels = density_panels(Z[: len(x)], x)
    assert render_png(panels).startswith(b"\x89PNG")
    assert DensityPanels.from_bytes(panels.to_bytes()).x.summary == panels.x.summary
    assert "nan" not in alt_text(panels)


def test_no_warm_picture_depends_on_those_before_it(panels):
    first = Canvas().png(panels)
    warm = canvas()
    for other in ("exp", "all nan", "far away", "unequal", "affine"):
        warm.png(density_panels(Z[:500], CASES[other](Z[:500])))
    assert warm.png(panels) == first
    assert warm.png(panels) == first


def test_panels_survive_their_bytes(panels):
    data = panels.to_bytes()
    again = DensityPanels.from_bytes(data)
    assert len(data) < 40_000
    assert again.to_bytes() == data
    assert (again.x.window, again.x.summary) == (panels.x.window, panels.x.summary)
    assert np.array_equal(again.x.ink, panels.x.ink)
    assert np.array_equal(again.z.ink, panels.z.ink)
    assert render_png(again) == render_png(panels)


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: b"",
        lambda data: b"PK" + data,
        lambda data: data[:100],
        lambda data: data[:-1000],
        lambda data: data[:8] + bytes([data[8] ^ 0xFF]) + data[9:],
        lambda data: b"PFD9" + data[4:],
    ],
)
def test_damaged_bytes_are_refused(damage):
    data = density_panels(Z, Z).to_bytes()
    with pytest.raises(ValueError, match="the bytes of a density figure"):
        DensityPanels.from_bytes(damage(data))


@pytest.mark.parametrize("shape", [(0, 2), (5, 3), (10,)])
def test_other_shapes_are_refused(shape):
    with pytest.raises(ValueError, match="shape"):
        density_panels(np.zeros(shape), np.zeros(shape))


def test_both_panels_show_the_same_draw():
    same = density_panels(Z, Z)
    # The window of p(x) follows the samples, that of p(z) is fixed: alike, not equal.
    left, right = (square(render_png(same), which).sum(axis=2) for which in (0, 1))
    assert np.corrcoef(left.ravel(), right.ravel())[0, 1] > 0.99
    assert same.z.summary.mean == same.x.summary.mean


def test_the_density_is_drawn_where_the_samples_are():
    x = Z * 0.1 + [3.0, -2.0]
    x[0], x[1] = [-4.0, 4.0], [4.0, -4.0]
    png = render_png(density_panels(Z, np.where(np.arange(N)[:, None] % 2 == 0, x, -x)))
    dark = square(png, 1).sum(axis=2) < 200
    middle = SIDE // 2
    # Two spots: lower right and upper left.
    assert dark[middle:, middle:].any()
    assert dark[:middle, :middle].any()
    assert not dark[middle:, :middle].any()
    assert not dark[:middle, middle:].any()


@pytest.mark.parametrize("case", ["affine", "exp", "tiny", "far away", "huge", "half nan"])
def test_words_and_ticks_are_those_that_matplotlib_draws_to_a_pixel(case):
    panels = density_panels(Z, CASES[case](Z))
    with look():
        figure = Figure(SIZE, dpi=DPI, facecolor="white")
        whole = FigureCanvasAgg(figure)
        draw(figure, panels, caption_of(panels))
        whole.draw()
    theirs = np.asarray(whole.buffer_rgba())[:, :, 0].astype(int)
    # A warm canvas: others' ticks were laid on it before.
    render_png(density_panels(Z, CASES["affine"](Z)))
    ours = pixels(render_png(panels))[:, :, 0]
    for first, second in ((ours, theirs), (theirs, ours)):
        assert not (words_in(first, 130) & ~grown(words_in(second, 235))).any()


def words_in(greys, darker_than):
    """Where the image is so dark, the insides of its panels apart."""
    dark = greys < darker_than
    top = HEIGHT - BOTTOM - SIDE
    for left in LEFTS:
        dark[top - 1 : top + SIDE + 2, left - 1 : left + SIDE + 2] = False
    return dark


def grown(mask):
    """The mask and all pixels next to it."""
    wide = np.pad(mask, 1)
    rows = wide[:-2] | wide[1:-1] | wide[2:]
    return rows[:, :-2] | rows[:, 1:-1] | rows[:, 2:]


@pytest.mark.parametrize(("down", "right"), [(0, 0), (-3, 2), (6, 7), (-9, 0), (0, 40)])
def test_a_stamp_darkens_where_it_is_laid_and_is_cut_off_at_the_edges(down, right):
    plain = np.full((8, 9), 255, np.uint8)
    drawn = plain.copy()
    drawn[2:4, 3:6] = [[200, 255, 200], [192, 210, 220]]
    image = np.full((8, 9), 205, np.uint8)
    cut_out(drawn, plain).lay(image, down, right)
    expected = np.full((24, 109), 255, np.uint8)
    expected[8 + down + 2 : 8 + down + 4, 9 + right + 3 : 9 + right + 6] = drawn[2:4, 3:6]
    assert np.array_equal(image, np.minimum(205, expected[8:16, 9:18]))


def test_stamps_are_made_once_and_not_kept_without_end(monkeypatch):
    monkeypatch.setattr("exercises.figures.stamps._MOST", 3)
    made = []

    def draw(word):
        made.append(word)
        return np.zeros((2, 2), np.uint8), np.full((2, 2), 255, np.uint8)

    stamps = Stamps()
    for word in "abcabcd":
        stamps.of("x", word, lambda word=word: draw(word))
    assert "".join(made) == "abcd"
    stamps.of("y", "d", lambda: draw("d"))
    assert "".join(made) == "abcdd"


def test_the_ramp_darkens_evenly_so_it_reads_in_grey():
    linear = (PALETTE[:RAMP_SIZE] / 255) ** 2.2
    lightness = (linear @ [0.2126, 0.7152, 0.0722]) ** (1 / 3)
    steps = np.diff(lightness)
    assert (steps <= 0).all()
    assert lightness[0] - lightness[-1] > 0.7
    assert -steps.min() < 3 * -steps.mean()


def test_lines_enclose_the_shares_that_the_caption_names():
    ink = density_panels(Z, Z).z.ink
    plain = panel_pixels(np.full_like(ink, 500))
    assert len(np.unique(plain)) == 1
    from exercises.figures.raster import enclosing_levels

    density = ink.astype(float) ** 2
    held = [density[ink >= level].sum() / density.sum() for level in enclosing_levels(ink)]
    assert held == pytest.approx([0.25, 0.5, 0.75, 0.95], abs=0.005)


def test_what_is_not_shown_is_said():
    gone = density_panels(Z, half_nan(Z))
    share = (Z[:, 0] > 0).mean()
    assert gone.x.summary.finite == N - (Z[:, 0] > 0).sum()
    assert gone.x.share_not_finite == pytest.approx(share)
    assert note_of(gone.x) == f"{100 * share:.3g} % not finite"
    assert f"{100 * share:.3g} % of the samples are not finite" in alt_text(gone)
    heavy = density_panels(Z, np.exp(Z))
    outside = 1 - heavy.x.window.shows(np.exp(Z)).mean()
    assert heavy.x.share_outside == pytest.approx(outside)
    assert note_of(heavy.x) == f"{100 * outside:.3g} % of samples outside"
    assert note_of(density_panels(Z, Z * np.nan).x) == "no finite samples"
    assert note_of(density_panels(Z, 2 * Z).x) == ""


def test_a_long_note_leaves_the_title_free():
    x = np.where(Z > 0, 1.0, np.nan) * np.exp(np.abs(Z) * 2)
    panels = density_panels(Z, x)
    assert re.fullmatch(r"[\d.]+ % not finite, [\d.]+ % outside", note_of(panels.x))
    over = pixels(render_png(panels))[: HEIGHT - BOTTOM - SIDE - 2]
    middle = LEFTS[1] + SIDE // 2
    between, note = over[:, middle + 18 : middle + 26], over[:, middle + 26 : LEFTS[1] + SIDE + 2]
    assert (between == 255).all()
    assert note.min() < 160


@pytest.mark.parametrize(
    ("case", "words"),
    [
        ("point", "p(x): all of the samples are at one point, (5.00, 5.00)."),
        ("line", "all samples shown lie on a line"),
        ("all nan", "p(x): none of the samples is finite"),
        ("exp", "heavy tails, median (1.0"),
        ("huge", "covariance is too large for floating point"),
        ("affine", "one mode, near ("),
    ],
)
def test_the_words_say_what_the_picture_shows(case, words):
    assert words in alt_text(density_panels(Z, CASES[case](Z)))


def test_the_words_give_mean_and_covariance():
    x = Z @ np.array([[1.0, 0.5], [0.0, 2.0]]) + [10.0, -3.0]
    mean, cov = x.mean(axis=0), np.cov(x.T)
    summary = density_panels(Z, x).x.summary
    assert summary.mean == pytest.approx(tuple(mean))
    assert summary.covariance == pytest.approx((cov[0, 0], cov[0, 1], cov[1, 1]))
    words = alt_text(density_panels(Z, x)).replace("\N{MINUS SIGN}", "-")
    assert f"mean ({mean[0]:.1f}, {mean[1]:.2f}" in words.replace(
        f"{mean[0]:.2f}", f"{mean[0]:.1f}"
    )
    assert f"{cov[1, 1]:.2f}" in words


def test_svg_refers_to_nothing_outside_and_carries_its_words(panels):
    text = render_svg(panels).decode()
    assert text.startswith("<svg")
    links = re.findall(r'(?:xlink:)?href="([^"]{1,30})', text)
    assert links
    assert all(link.startswith(("#", "data:image/png")) for link in links)
    assert not re.search(r"<script|<!DOCTYPE|<\?xml|\bon\w+=|dc:date|url\((?!#)", text)
    assert "image-rendering" not in text
    root = ElementTree.fromstring(text)
    name = "{http://www.w3.org/2000/svg}"
    assert root.findtext(f"{name}title") == "Densities p(z) and p(x)"
    assert root.findtext(f"{name}desc") == alt_text(panels)
    assert root.get("role") == "img"


@pytest.mark.parametrize("case", ["exp", "far away"])
def test_svg_drawn_later_from_bytes_is_the_same_svg(case):
    panels = density_panels(Z, CASES[case](Z))
    assert render_svg(DensityPanels.from_bytes(panels.to_bytes())) == render_svg(panels)


def test_matplotlibs_settings_are_left_alone_and_have_no_say():
    panels = density_panels(Z, np.exp(Z))
    plain_png, plain_svg = Canvas().png(panels), render_svg(panels)
    ugly = {
        "font.size": 20,
        "text.color": "red",
        "axes.edgecolor": "red",
        "axes.spines.top": False,
        "xtick.direction": "in",
        "xtick.top": True,
        "xtick.minor.visible": True,
        "ytick.major.size": 30,
        "axes.grid": True,
        "svg.fonttype": "none",
        "savefig.bbox": "tight",
        "savefig.facecolor": "black",
        "savefig.dpi": 30,
        "figure.autolayout": True,
        "axes.xmargin": 1,
        "image.origin": "lower",
    }
    with mpl.rc_context(ugly):
        before = dict(mpl.rcParams)
        assert Canvas().png(panels) == plain_png
        assert render_svg(panels) == plain_svg
        assert dict(mpl.rcParams) == before


def test_drawing_needs_no_pyplot_and_says_nothing():
    program = (
        "import sys, numpy as np\n"
        "from exercises.figures.density import *\n"
        "z = np.random.default_rng(0).standard_normal((500, 2))\n"
        "p = density_panels(z, z / 0 if len(sys.argv) > 1 else z)\n"
        "render_png(p), render_svg(p), alt_text(p)\n"
        "assert 'matplotlib.pyplot' not in sys.modules\n"
        "assert 'scipy.stats' not in sys.modules\n"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", program], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
