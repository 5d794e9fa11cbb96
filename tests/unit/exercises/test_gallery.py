"""The gallery: every figure by its name, from what was stored, without waiting for matplotlib."""

import subprocess
import sys
import xml.etree.ElementTree as ElementTree

import numpy as np
import pytest
from PIL import Image

from exercises.figures.comparison import compare
from exercises.figures.density import density_panels, render_png
from exercises.figures.fold_map import fold_map
from exercises.figures.further import comparison_figure, fold_figures
from exercises.figures.gallery import GALLERY, PNG, SVG, draw
from exercises.numerics.witness import Witness
from tests.unit.exercises.test_comparison import NORMAL
from tests.unit.exercises.test_fold_map import warped

Z = np.random.default_rng(1).standard_normal((2_000, 2))
PANELS = density_panels(Z, 2 * Z)
STORED = {
    "density.npz": PANELS.to_bytes(),
    "fold_map.npz": fold_map(warped(lambda z: 2 * z), 4.0, None).to_bytes(),
    "comparison.npz": compare(NORMAL[0], NORMAL[1], 2 * Z).to_bytes(),
}


@pytest.mark.parametrize("name", GALLERY)
def test_each_figure_is_drawn_from_its_files_in_its_size(name, tmp_path):
    stored = [STORED[source] for source in GALLERY[name].sources]
    picture = tmp_path / "picture.png"
    picture.write_bytes(draw(name, stored, PNG))
    with Image.open(picture) as image:
        assert image.size == GALLERY[name].size
    svg = draw(name, stored, SVG)
    assert f"<title>{GALLERY[name].title}".encode() in svg.replace(b"Densities ", b"")
    assert draw(name, stored, PNG) == picture.read_bytes()


def test_the_density_is_the_one_that_a_grading_draws():
    assert draw("density", [STORED["density.npz"]], PNG) == render_png(PANELS)


def test_what_cannot_be_drawn_is_refused():
    with pytest.raises(KeyError):
        draw("nothing", [], PNG)
    with pytest.raises(ValueError, match="not image/gif"):
        draw("density", [STORED["density.npz"]], "image/gif")
    for name, exhibit in GALLERY.items():
        with pytest.raises(ValueError, match="bytes of a"):
            draw(name, [b"broken"] * len(exhibit.sources), SVG)


def test_names_are_known_before_matplotlib_is():
    program = (
        "import sys, exercises.figures.gallery as gallery\n"
        "assert len(gallery.GALLERY) == 4\n"
        "assert 'matplotlib' not in sys.modules\n"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", program], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_further_figures_come_with_the_files_that_they_are_drawn_from():
    mesh = warped(lambda z: 2 * z)
    figures, files = fold_figures(PANELS, mesh, 4.0, None, invertible=True)
    more, others = comparison_figure(NORMAL[0], NORMAL[1], 2 * Z)
    assert [figure.name for figure in (*figures, *more)] == ["fold_map", "two_ways", "comparison"]
    files |= others | {"density.npz": STORED["density.npz"]}
    for figure in (*figures, *more):
        stored = [files[source] for source in GALLERY[figure.name].sources]
        # The words of the report are those of the picture.
        svg = ElementTree.fromstring(draw(figure.name, stored, SVG))
        assert svg.findtext("{http://www.w3.org/2000/svg}desc") == figure.alt
    a, b, shared = np.array([[0.5, 1.0], [-0.5, 1.0], [0.25, 1.0]])
    witness = Witness(a, b, shared, shared, 0.0)
    folded, _ = fold_figures(PANELS, warped(np.square), 4.0, witness, invertible=False)
    assert [figure.name for figure in folded] == ["fold_map"]
    assert "a = (0.50, 1.00) and b = (−0.50, 1.00) share the output (0.25, 1.00)" in folded[0].alt
