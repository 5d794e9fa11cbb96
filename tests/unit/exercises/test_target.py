"""Target tables: built from a reference or from data, the same each time, refused when stale."""

import shutil

import numpy as np
import pytest

from exercises.catalog.reading import COURSE
from exercises.tables.target import BrokenTarget, build_target, load_target, write_target
from exercises.tables.target_building import LEAST_ROWS, build_from_image, build_from_rows

AFFINE = COURSE / "affine"


@pytest.fixture
def folder(tmp_path):
    for name in ("reference.py", "target.npz"):
        shutil.copy(AFFINE / name, tmp_path / name)
    return tmp_path


@pytest.fixture
def quick(monkeypatch):
    """Tables from few points, to save time."""
    monkeypatch.setattr("exercises.tables.target_building._PILOT_CELLS", (64, 64))
    monkeypatch.setattr("exercises.tables.target_building._TABLE_CELLS", (64, 64))
    monkeypatch.setattr("exercises.tables.target_building._DISTANCE_CELLS", (32, 64))


def write_rows(folder, rows, header="x1,x2"):
    lines = [header, *(f"{first!r},{second!r}" for first, second in rows.tolist())]
    (folder / "heldout.csv").write_text("\n".join(lines) + "\n")


def test_the_tables_of_the_course_are_up_to_date():
    for table in COURSE.glob("*/target.npz"):
        target = load_target(table.parent)
        assert target.sources
        assert table.stat().st_size < 60_000
        if not target.rows:
            assert target.errors.max() < 1e-3


def test_a_table_is_true():
    from scipy.special import ndtr

    target = load_target(AFFINE)
    # The first view is the score of x1 alone: undo the score and compare with N(1, 4).
    x1 = np.interp(target.events.thresholds[0], target.scores[0], target.knots[0])
    off = np.abs(ndtr((x1 - 1) / 2) - target.events.shares[0])
    assert off[1:-1].max() < target.errors.max() + 1e-4
    # Any half-plane of N(1, 4I) has the normal's probability at its border's distance.
    for view in (0, 1, 7, 30):
        for level in (20, 64, 100):
            threshold = float(target.planes.thresholds[view, level])
            slope, offset = target.frame.half_plane(view, threshold)
            true = ndtr((offset - slope.sum()) / (2 * np.hypot(*slope)))
            share, error = target.planes.shares[view, level], target.planes.errors[view, level]
            assert abs(true - share) <= error
    np.testing.assert_allclose(target.quantiles[:, 2], 1, atol=0.01)
    np.testing.assert_allclose(target.quantiles[:, 3], 1 + 2 * 0.67449, atol=0.01)


def test_a_table_holds_the_density():
    target = load_target(AFFINE)
    x0, y0, x1, y1 = target.window
    assert x0 < 1 - 4
    assert y1 > 1 + 4
    assert target.density.dtype == np.float32
    cells = len(target.density)
    assert target.density.mean() == pytest.approx(1, abs=0.01)  # per unit of the window's area
    # Rows go up: the density at (3, 1) is that at (1, 3), and half as far is e^(1/2 − 1/8) more.
    column, row = ((np.array([3.0, 1.0]) - [x0, y0]) / [x1 - x0, y1 - y0] * cells).astype(int)
    middle = ((np.array([1.0, 1.0]) - [x0, y0]) / [x1 - x0, y1 - y0] * cells).astype(int)
    ratio = target.density[row, column] / target.density[middle[1], middle[0]]
    assert ratio == pytest.approx(np.exp(-0.5), abs=0.03)
    peak = np.unravel_index(int(np.argmax(target.density)), target.density.shape)
    assert np.abs(np.array(peak[::-1]) - middle).max() < cells / 20


def test_the_density_has_its_rows_along_the_second_coordinate(quick):
    target = build_from_image(lambda z: z * [0.1, 1.0] + [5.0, 0.0], {})
    x0, y0, x1, y1 = target.window
    assert x1 - x0 < y1 - y0
    assert target.density.sum(axis=0).std() > 0
    mean = (target.density.sum(axis=0) @ np.linspace(x0, x1, 128)) / target.density.sum()
    assert mean == pytest.approx(5.0, abs=0.05)


def test_a_missing_table_says_what_to_do(folder):
    (folder / "target.npz").unlink()
    with pytest.raises(BrokenTarget, match=r"missing; build it with"):
        load_target(folder)


def test_a_table_of_another_reference_is_refused(folder):
    load_target(folder)
    (folder / "reference.py").write_text("def f(z):\n    return 3 * z\n")
    with pytest.raises(BrokenTarget, match=r"older than reference\.py"):
        load_target(folder)


def test_a_table_holds_for_its_reference_with_other_line_ends(folder):
    reference = folder / "reference.py"
    reference.write_bytes(reference.read_bytes().replace(b"\n", b"\r\n"))
    assert b"\r\n" in reference.read_bytes()
    load_target(folder)


def test_without_its_sources_a_table_is_believed(folder):
    before = load_target(folder)
    (folder / "reference.py").unlink()
    assert load_target(folder).sources == before.sources


def test_a_damaged_table_is_refused(folder):
    content = (folder / "target.npz").read_bytes()
    for damaged in (b"", b"no archive", content[: len(content) // 2]):
        (folder / "target.npz").write_bytes(damaged)
        with pytest.raises(BrokenTarget, match=r"/target.npz is no table; build it with"):
            load_target(folder)


def test_a_table_of_another_format_says_what_to_do(folder):
    np.savez(folder / "target.npz", format=np.int64(1))
    with pytest.raises(BrokenTarget, match=r"/target.npz is of an older grader; build it with"):
        load_target(folder)


def test_pickles_are_never_loaded(folder):
    np.savez(folder / "target.npz", format=np.array([{"a": 1}], dtype=object))
    with pytest.raises(BrokenTarget, match=r"/target.npz is no table; build it with"):
        load_target(folder)


def test_building_again_gives_the_same_bytes(folder, quick):
    write_target(folder)
    first = (folder / "target.npz").read_bytes()
    write_target(folder)
    assert (folder / "target.npz").read_bytes() == first
    assert load_target(folder).sources


def test_what_is_read_is_what_was_built(folder, quick):
    built = build_target(lambda z: 2 * z + 1, {})
    read = write_target(folder)
    for mine, theirs in ((built.events, read.events), (built.planes, read.planes)):
        np.testing.assert_array_equal(mine.thresholds, theirs.thresholds)
        np.testing.assert_allclose(mine.shares, theirs.shares, atol=1e-5)
        # Rounding goes up, and covers the rounding of the shares.
        assert (theirs.errors >= mine.errors + np.abs(mine.shares - theirs.shares)).all()
        assert (theirs.errors <= 1.1 * mine.errors + 1e-5).all()
    peak = float(built.density.max())
    np.testing.assert_allclose(built.density, read.density, atol=1e-3 * peak)


def test_a_reference_that_is_not_finite_is_refused():
    with pytest.raises(ValueError, match="finite"):
        build_target(lambda z: z * np.inf, {})


def test_a_folder_without_a_law_is_refused(tmp_path):
    with pytest.raises(ValueError, match="a law needs"):
        write_target(tmp_path)
    (tmp_path / "reference.py").write_text("def log_prob(x):\n    return 0.0\n")
    with pytest.raises(ValueError, match="a law needs"):
        write_target(tmp_path)


def test_data_are_the_target_where_there_are_any(tmp_path):
    rows = 2 * np.random.default_rng(3).normal(size=(6000, 2)) + 1
    write_rows(tmp_path, rows)
    target = write_target(tmp_path)
    assert target.rows == 3000
    assert set(target.sources) == {"heldout.csv"}
    assert target.reference_distance == 0
    write_rows(tmp_path, rows[::-1])
    with pytest.raises(BrokenTarget, match=r"older than heldout\.csv"):
        load_target(tmp_path)


def test_a_reference_beside_data_gives_its_distance(tmp_path, quick):
    write_rows(tmp_path, np.random.default_rng(3).normal(size=(4000, 2)))
    (tmp_path / "reference.py").write_text("def f(z):\n    return 1.2 * z\n")
    target = write_target(tmp_path)
    assert target.rows == 2000
    assert 0.01 < target.reference_distance < 0.1
    (tmp_path / "reference.py").write_text("def f(z):\n    return z\n")
    with pytest.raises(BrokenTarget, match="older than reference"):
        load_target(tmp_path)


def test_the_errors_of_data_hold_and_are_not_idle():
    from scipy.special import ndtr

    for seed in range(5):
        rows = np.random.default_rng(seed).normal(size=(8000, 2))
        target = build_from_rows(rows, {})
        worst = 0.0
        for view in range(0, 50, 7):
            thresholds = target.planes.thresholds[view]
            for level in range(1, len(thresholds) - 1, 9):
                slope, offset = target.frame.half_plane(view, float(thresholds[level]))
                off = abs(ndtr(offset / np.hypot(*slope)) - target.planes.shares[view, level])
                assert off <= target.planes.errors[view, level]
                worst = max(worst, off)
        assert worst > target.planes.errors.max() / 20
    # The bound of Dvoretzky, Kiefer and Wolfowitz for half of the rows.
    assert target.errors.max() <= np.sqrt(np.log(4 * 50 / 5e-10) / (2 * 4000)) + 1e-9


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("a,b\n1,2\n", "first line must be x1,x2"),
        ("x1,x2\n1,2\n1,two\n", "line 3: there must be two numbers"),
        ("x1,x2\n" + "1,2\n" * 100, f"at least {LEAST_ROWS:,} rows, not 100"),
        ("x1,x2\n" + "1,inf\n" * LEAST_ROWS, "finite"),
    ],
)
def test_broken_data_are_refused(tmp_path, content, words):
    (tmp_path / "heldout.csv").write_text(content)
    with pytest.raises(ValueError, match=words):
        write_target(tmp_path)


def test_heavy_tails_and_point_masses_have_tables(quick):
    for f in (lambda z: np.sinh(3 * z), np.sign, lambda z: np.column_stack((0 * z[:, 0] + 1, z))):
        target = build_from_image(lambda z, f=f: f(z)[:, :2], {})
        x = f(np.random.default_rng(1).normal(size=(4096, 2)))[:, :2] * 1.0
        for count, group in (
            (target.count, target.events),
            (target.count_planes, target.planes),
        ):
            off = np.abs(count(x).share - group.shares).max()
            assert off < 0.05
            assert np.abs(count(x + np.array([0.3, 0.0])).share - group.shares).max() > 2 * off


def test_a_marginal_looks_at_one_coordinate_alone(quick):
    target = build_from_image(lambda z: z * [1.0, 3.0], {}).marginal(0)
    x = np.random.default_rng(1).normal(size=(4096, 2))
    for changed in (x, x * [1, -2] + [0, 7], x[:, [0, 0]]):
        assert np.abs(target.count(changed).share - target.events.shares).max() < 0.05
        np.testing.assert_array_equal(target.count(changed).share, target.count(x).share)
        np.testing.assert_array_equal(
            target.count_planes(changed).share, target.count_planes(x).share
        )
    assert np.abs(target.count(x * [2, 1]).share - target.events.shares).max() > 0.1
    assert target.base_distance < 0.01
