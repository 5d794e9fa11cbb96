"""The fold map: which way round f is, where it folds and jumps, and the witness, for any f."""

import io
import re
import xml.etree.ElementTree as ElementTree

import numpy as np
import pytest
from PIL import Image

from exercises.figures.fill import count_cover, fill_values
from exercises.figures.fold_drawing import BOTTOM, LEFTS, SIDE, SIZE, fold_plate
from exercises.figures.fold_map import FoldMap, fold_map
from exercises.figures.fold_tints import KEPT, REVERSED
from exercises.figures.fold_words import fold_alt_text
from exercises.figures.gallery import PNG, SVG, draw
from exercises.figures.sheets import cut_into_sheets
from exercises.numerics.mesh import WarpedMesh, disc_mesh

MESH = disc_mesh(4.0)
STEP = 1e-6


def warped(f, mesh=MESH):
    """The mesh as the judge sees it under f, a function of (n, 2)."""
    with np.errstate(all="ignore"):
        x = np.asarray(f(mesh.nodes), float)
        columns = [(f(mesh.nodes + step) - x) / STEP for step in np.eye(2) * STEP]
        jacobian = np.stack(columns, axis=-1)
        rows = np.linalg.norm(jacobian, axis=2).prod(axis=1)
        determinant = np.where(rows > 0, np.linalg.det(jacobian) / np.where(rows > 0, rows, 1), 0)
    determinant[~np.isfinite(x).all(axis=1)] = np.nan
    sign = np.where(np.abs(np.nan_to_num(determinant)) > 1e-3, np.sign(determinant), 0)
    sign = np.nan_to_num(sign).astype(np.int8)
    return WarpedMesh(mesh.nodes, mesh.triangles, x, determinant, sign)


def of(f, *witness):
    pair = tuple(np.array(point, float) for point in witness) or None
    return fold_map(warped(f), 4.0, pair)


def fold_at_one(z):
    """Folds the half-plane z1 > 1 back; witness (0.5, 0), (1.5, 0) with x = (0.5, 0)."""
    return np.column_stack((1 - np.abs(z[:, 0] - 1), z[:, 1]))


def jump(z):
    return z + np.where(z[:, :1] > 0.3, 3.0, 0.0) * [1.0, 0.0]


def half_nan(z):
    return np.where(z[:, :1] > 0, z, np.nan)


CASES = {
    "identity": lambda z: z + 0,
    "mirror": lambda z: z * [1, -2],
    "abs": np.abs,
    "square": np.square,
    "fold": fold_at_one,
    "jump": jump,
    "exp": np.exp,
    "relu": lambda z: np.maximum(z, 0),
    "constant": lambda z: z * 0 + 5,
    "line": lambda z: z[:, [0, 0]],
    "floor": np.floor,
    "half nan": half_nan,
    "all nan": lambda z: z * np.nan,
    "huge": lambda z: z**3 * 1e305,
    "tiny": lambda z: z * 1e-300,
    "infinite": lambda z: np.where(z[:, :1] > 2, np.inf, z),
    "cauchy": lambda z: z[:, ::-1] / z,
    "far": lambda z: 1e8 + 1e-3 * z,
}


def pixels(png):
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB")).astype(int)


def colour_at(png, which, unit):
    """The mean colour around a place of a panel, given in units of the panel."""
    column = round(LEFTS[which] + unit[0] * SIDE)
    row = round(SIZE[1] - BOTTOM - unit[1] * SIDE)
    return pixels(png)[row - 7 : row + 7, column - 7 : column + 7].mean(axis=(0, 1))


def z_unit(*z):
    return (np.array(z) / 4.2 + 1) / 2


def rgb(colour):
    return np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)])


@pytest.fixture(scope="module", params=CASES)
def any_map(request):
    return of(CASES[request.param])


def test_any_function_gives_a_picture_and_words(any_map):
    data = any_map.to_bytes()
    image = Image.open(io.BytesIO(draw("fold_map", [data], PNG)))
    assert (image.format, image.size) == ("PNG", SIZE)
    words = fold_alt_text(any_map)
    assert not re.search(r"\bnan\b|\binf\b|None", words)


def test_a_map_survives_its_bytes(any_map):
    data = any_map.to_bytes()
    again = FoldMap.from_bytes(data)
    assert len(data) < 60_000
    assert again.to_bytes() == data
    assert (again.window, again.shared) == (any_map.window, any_map.shared)
    assert np.array_equal(again.grid.orientation, any_map.grid.orientation)
    # float32, in units of a window that is never wider than 1.
    near = np.abs(any_map.grid.images) < 2
    assert np.allclose(again.grid.images[near], any_map.grid.images[near], rtol=0, atol=1e-6)
    assert fold_alt_text(again) == fold_alt_text(any_map)


@pytest.mark.parametrize("case", ["fold", "exp", "floor", "huge"])
def test_svg_is_small_and_refers_to_nothing_outside(case):
    fold = of(CASES[case])
    svg = draw("fold_map", [fold.to_bytes()], SVG)
    assert len(svg) < 250_000
    assert svg == draw("fold_map", [fold.to_bytes()], SVG)
    text = svg.decode()
    links = re.findall(r'(?:xlink:)?href="([^"]{1,30})', text)
    assert sum(link.startswith("data:image/png") for link in links) == 2
    assert all(link.startswith(("#", "data:image/png")) for link in links)
    assert not re.search(r"<script|<!DOCTYPE|<\?xml|\bon\w+=|dc:date|url\((?!#)", text)
    root = ElementTree.fromstring(text)
    name = "{http://www.w3.org/2000/svg}"
    assert root.findtext(f"{name}title") == "Fold map"
    assert root.findtext(f"{name}desc") == fold_alt_text(fold)


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: b"",
        lambda data: b"PFF9" + data[4:],
        lambda data: data[:-1],
        lambda data: data + b"\0",
        lambda data: data[:8] + b"[" + data[9:],
        lambda data: data.replace(b'"nodes":58', b'"nodes":59'),
        lambda data: data.replace(b'"radius":4.0', b'"radius":9.0'),
    ],
)
def test_damaged_bytes_are_refused(damage):
    data = of(CASES["fold"], (0.5, 0), (1.5, 0), (0.5, 0)).to_bytes()
    assert FoldMap.from_bytes(data)
    with pytest.raises(ValueError, match="fold map"):
        FoldMap.from_bytes(damage(data))


def test_shares_are_the_gaussians_mass():
    shares = of(fold_at_one).shares
    # P(z1 > 1) = 0.1587; a cell of the mesh there holds 3 %.
    assert shares.reversed == pytest.approx(0.1587, abs=0.02)
    assert shares.kept + shares.reversed == pytest.approx(1)
    assert of(half_nan).shares.missing == pytest.approx(0.5, abs=1e-6)
    assert of(CASES["relu"]).shares.flat == pytest.approx(0.75, abs=1e-6)
    assert of(CASES["mirror"]).shares.reversed == pytest.approx(1)


def test_both_ways_round_have_their_colour_in_z():
    png = draw("fold_map", [of(fold_at_one).to_bytes()], PNG)
    kept, back = (colour_at(png, 0, z_unit(z, 0.75)) for z in (-1.25, 1.75))
    assert np.abs(kept - rgb(KEPT)).max() < 12
    assert back[0] - back[2] > 60
    # And in grey: much darker.
    assert kept @ [0.3, 0.6, 0.1] - back @ [0.3, 0.6, 0.1] > 35
    assert rgb(REVERSED)[0] > rgb(REVERSED)[2]


def test_two_sheets_over_each_other_are_darker_than_one():
    fold = of(fold_at_one)
    png = draw("fold_map", [fold.to_bytes()], PNG)
    one, two = (fold.window.to_unit(np.array([[x, 0.3]]))[0] for x in (-2.75, 0.25))
    assert colour_at(png, 1, one).sum() - colour_at(png, 1, two).sum() > 150
    beyond = fold.window.to_unit(np.array([[1.6, 0.3]]))[0]
    if (beyond < 0.97).all():
        assert colour_at(png, 1, beyond).min() > 240


def test_the_fold_is_where_it_is_in_z_and_in_x():
    fold = of(fold_at_one)
    sheets = cut_into_sheets(fold.grid, 3.7)
    assert len(sheets.folds_z) > 50
    assert np.abs(sheets.folds_z[..., 0] - 1).max() < 1e-6
    x = fold.window.from_unit(sheets.folds_x.reshape(-1, 2))
    # A kink: no node lies on it, and yet the image is carried on up to it.
    assert np.abs(x[:, 0] - 1).max() < 1e-6
    smooth = of(np.square)
    folds = cut_into_sheets(smooth.grid, 3.7)
    assert np.abs(folds.folds_z).min(axis=2).max() < 0.02
    x = smooth.window.from_unit(folds.folds_x.reshape(-1, 2))
    assert np.abs(x).min(axis=1).max() < 0.02
    png = draw("fold_map", [fold.to_bytes()], PNG)
    column = round(LEFTS[0] + z_unit(1.0, 0)[0] * SIDE)
    assert pixels(png)[200, column - 2 : column + 3].sum(axis=1).min() < 60


def test_sheets_cover_what_they_should_once_for_each_input():
    fold = of(np.abs)
    sheets = cut_into_sheets(fold.grid, 3.7)
    covers = [count_cover(sheets.x[sheets.label == label], 400) for label in (1, -1)]
    inside = fold.window.to_unit(np.array([[0.4, 0.4], [1.5, 1.5]])) * 400
    (a, b), (c, d) = inside.astype(int)
    for cover in covers:
        assert np.unique(cover[b:d, a:c]).tolist() == [2]
    in_z = count_cover((sheets.z + 4) / 8, 400)
    assert set(np.unique(in_z)) == {0, 1}
    assert in_z.mean() == pytest.approx(np.pi * 3.7**2 / 64, rel=0.002)


def test_the_witness_is_marked_at_its_places():
    a, b, x = (0.5, -1.0), (1.5, -1.0), (0.5, -1.0)
    plain = pixels(draw("fold_map", [of(fold_at_one).to_bytes()], PNG))
    fold = of(fold_at_one, a, b, x)
    marked = pixels(draw("fold_map", [fold.to_bytes()], PNG))
    changed = np.abs(marked - plain).max(axis=2) > 60
    places = [
        (LEFTS[0], z_unit(*a)),
        (LEFTS[0], z_unit(*b)),
        (LEFTS[1], fold.window.to_unit(np.array([x]))[0]),
    ]
    for left, unit in places:
        column, row = round(left + unit[0] * SIDE), round(SIZE[1] - BOTTOM - unit[1] * SIDE)
        assert marked[row - 1 : row + 2, column - 1 : column + 2].min() > 230
        assert changed[row - 7 : row + 8, column - 7 : column + 8].any()
    words = fold_alt_text(fold)
    assert "a = (0.50, −1.00) and b = (1.50, −1.00) share the output (0.50, −1.00)" in words
    far = of(fold_at_one, a, b, (7.0, 0.0)).window
    assert far.hi[0] > 7.0


@pytest.mark.parametrize(
    ("case", "words"),
    [
        ("identity", "The grid never folds over itself: f keeps the orientation everywhere."),
        ("mirror", "never folds over itself: f reverses the orientation, as a mirror does,"),
        ("fold", "reverses it on about 15 %, so the grid folds over itself."),
        ("jump", "Where f jumps the grid is cut."),
        ("cauchy", "Where f jumps the grid is cut."),
        ("relu", "f flattens about 75 % of the z onto a line or a point."),
        ("constant", "f flattens the whole disc: its image is a line or a point."),
        ("half nan", "On about 50 % of the z f has no finite value."),
        ("all nan", "f has no finite value here"),
    ],
)
def test_the_words_say_what_the_picture_shows(case, words):
    assert words in fold_alt_text(of(CASES[case]))


def test_smooth_and_kinked_functions_are_not_called_torn():
    for case in ("identity", "abs", "square", "fold", "exp", "relu", "huge"):
        assert not of(CASES[case]).grid.is_torn
    steep = of(lambda z: np.tanh(6 * z))
    assert not steep.grid.is_torn


def test_no_triangle_bridges_a_jump():
    fold = of(jump)
    sheets = cut_into_sheets(fold.grid, 3.7)
    torn = sheets.z[sheets.torn]
    assert torn[..., 0].min() > 0.3 - 0.2
    assert torn[..., 0].max() < 0.3 + 0.2
    gap = fold.window.to_unit(np.array([[0.9, -0.5], [2.7, 0.5]])) * 400
    (a, b), (c, d) = gap.astype(int)
    assert not count_cover(sheets.x[sheets.whole], 400)[b:d, a:c].any()
    png = draw("fold_map", [fold.to_bytes()], PNG)
    middle = fold.window.to_unit(np.array([[1.8, 0.2]]))[0]
    assert colour_at(png, 1, middle).min() > 240


def test_without_a_fold_nothing_is_drawn_as_reversed():
    plate = fold_plate(of(CASES["exp"]))
    assert [handle.get_label() for handle in plate.legend] == ["orientation kept"]


def test_a_larger_disc_keeps_to_its_size():
    mesh = disc_mesh(8.0)
    fold = fold_map(warped(lambda z: z * 2, mesh), 8.0, None)
    assert len(fold.to_bytes()) < 60_000
    assert draw("fold_map", [fold.to_bytes()], PNG).startswith(b"\x89PNG")


def test_other_meshes_are_refused():
    mesh = warped(CASES["identity"])
    scattered = np.random.default_rng(0).normal(size=mesh.nodes.shape)
    other = WarpedMesh(scattered, mesh.triangles, mesh.images, mesh.determinant, mesh.sign)
    with pytest.raises(ValueError, match="square grid"):
        fold_map(other, 4.0, None)


def test_values_are_linear_on_each_triangle():
    corners = np.array([[[0.0, 0.0], [1.0, 0.0], [1.0, 1.0]], [[0.0, 0.0], [1.0, 1.0], [0.0, 1.0]]])
    plane = corners @ [3.0, -2.0] + 5.0
    middles = (np.arange(50) + 0.5) / 50
    expected = 3 * middles - 2 * middles[:, None] + 5
    assert np.allclose(fill_values(corners, plane, 50), expected)
    assert (count_cover(corners, 50) == 1).all()
    assert (count_cover(corners * 1e9 - 4e8, 50) == 1).all()
