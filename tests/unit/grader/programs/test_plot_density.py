"""`from grader import plot_density`: the service's figure for one's own function."""

import io
import subprocess
import sys

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.figure import Figure
from PIL import Image

from exercises.figures.density import density_panels, render_png
from exercises.figures.layout import HEIGHT, WIDTH
from exercises.numerics.streams import stream
from grader import plot_density

N = 300


def affine(z):
    return 2 * z + 1


def words(figure):
    return [text.get_text() for text in figure.findobj(mpl.text.Text) if text.get_text()]


def picture(figure):
    return Image.open(io.BytesIO(figure._repr_png_())).convert("RGB")


def test_it_returns_a_figure_with_two_panels_that_a_notebook_shows():
    figure = plot_density(affine, n=N, seed=3)
    assert isinstance(figure, Figure)
    assert len(figure.axes) == 2
    assert {"p(z)", "p(x)"} <= set(words(figure))
    assert picture(figure).size == (WIDTH, HEIGHT)


def test_it_looks_like_the_services_figure():
    z = stream(3, "figure").standard_normal((2000, 2))
    service = Image.open(io.BytesIO(render_png(density_panels(z, affine(z))))).convert("RGB")
    ours = picture(plot_density(affine, n=2000, seed=3))
    # The caption differs by the seed; the rest by how pixels between nodes are found.
    both = [np.asarray(image, int)[: HEIGHT - 25] for image in (service, ours)]
    difference = np.abs(both[0] - both[1])
    assert difference.mean() < 1.5
    assert (difference.max(axis=2) > 64).mean() < 0.01


def test_each_point_is_a_copy_of_its_own_asked_once_and_alone():
    seen = []

    def scribbler(z):
        seen.append((z, z.copy()))
        z *= np.nan
        return np.ones(2)

    figure = plot_density(scribbler, n=N, seed=1)
    assert len(seen) == N
    assert len({id(z) for z, _ in seen}) == N
    assert {z.shape for z, _ in seen} == {(2,)}
    assert np.array_equal([z for _, z in seen], stream(1, "figure").standard_normal((N, 2)))
    assert not any("not finite" in text for text in words(figure))


def test_the_same_seed_draws_the_same_and_a_new_one_is_shown():
    first, second = (plot_density(affine, n=N, seed=5) for _ in range(2))
    assert first._repr_png_() == second._repr_png_()
    captions = {words(plot_density(affine, n=N))[-1] for _ in range(3)}
    assert len(captions) == 3
    assert all("seed" in text for text in captions)


def test_a_figure_of_ones_own_is_drawn_on_and_cleared():
    mine = Figure(figsize=(6, 6))
    mine.add_subplot().plot([1, 2])
    assert plot_density(affine, n=N, seed=1, fig=mine) is mine
    assert len(mine.axes) == 2
    left, right = (axes.get_window_extent() for axes in mine.axes)
    mine.savefig(io.BytesIO())
    assert left.x1 < right.x0
    part = Figure().subfigures(1, 2)[1]
    assert plot_density(affine, n=N, seed=1, fig=part) is part


def test_settings_of_the_notebook_stay_as_they_are():
    with mpl.rc_context({"font.size": 21, "axes.grid": True}):
        before = dict(mpl.rcParams)
        plot_density(affine, n=N, seed=1)
        assert dict(mpl.rcParams) == before


@pytest.mark.parametrize(
    ("f", "error", "says"),
    [
        (3, TypeError, "needs the function itself.*type int"),
        (np.zeros(2), TypeError, "needs the function itself.*array of float64"),
        (lambda z: None, TypeError, "None for sample 0.*return missing.*return x"),
        (lambda z: 1.0, ValueError, r"shape \(\) for sample 0.*must be \(2,\)"),
        (lambda z: np.zeros((1, 2)), ValueError, r"shape \(1, 2\).*np.array\(\[x1, x2\]\)"),
        (lambda z: np.zeros(3), ValueError, r"shape \(3,\)"),
        (lambda z: z + 1j, TypeError, "array of complex128.*not real numbers"),
        (lambda z: ["a", "b"], TypeError, "type list.*not real numbers"),
        (lambda z: [[1.0], 2.0], TypeError, "not real numbers"),
        (lambda z: [None, 1.0], TypeError, "not real numbers"),
    ],
)
def test_what_is_wrong_is_said_with_what_to_write(f, error, says):
    with pytest.raises(error, match=f"(?s){says}"):
        plot_density(f, n=N, seed=1)


def test_the_sample_that_fails_is_named():
    z = stream(1, "figure").standard_normal((N, 2))
    first = int(np.argmax(z[:, 0] > 1.5))
    assert first > 0
    with pytest.raises(ValueError, match=rf"for sample {first}, z = \[{z[first, 0]:.3g}"):
        plot_density(lambda z: z if z[0] <= 1.5 else z[:1], n=N, seed=1)


def test_an_exception_of_ones_own_comes_through_with_the_sample():
    def f(z):
        raise KeyError("mine")

    with pytest.raises(KeyError, match="mine") as caught:
        plot_density(f, n=N, seed=1)
    assert "sample 0" in caught.value.__notes__[0]


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"n": 0}, ValueError),
        ({"n": 2.5}, TypeError),
        ({"n": True}, TypeError),
        ({"seed": -1}, ValueError),
        ({"seed": "x"}, TypeError),
    ],
)
def test_n_and_seed_are_whole_numbers(arguments, error):
    with pytest.raises(error, match=next(iter(arguments))):
        plot_density(affine, **arguments)


@pytest.mark.parametrize("answer", [[1, 2], (1.5, True), np.float32([1, 2]), np.array([1, 2])])
def test_lists_and_other_real_numbers_are_taken(answer):
    assert "p(x)" in words(plot_density(lambda z: answer, n=5, seed=1))


def test_import_grader_is_light_and_hands_on_only_what_there_is():
    program = (
        "import sys, grader\n"
        "assert 'matplotlib' not in sys.modules and 'numpy' not in sys.modules\n"
        "from grader import plot_density\n"
        "assert callable(plot_density) and plot_density is grader.plot_density\n"
        "assert 'matplotlib.pyplot' not in sys.modules\n"
        "assert not hasattr(grader, 'plot_densities')\n"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", program], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
