"""Target tables: built from the reference, the same each time, and refused when stale."""

import shutil

import numpy as np
import pytest

from exercises.catalog import COURSE
from exercises.target import BrokenTarget, build_target, load_target, write_target

AFFINE = COURSE / "affine"


@pytest.fixture
def folder(tmp_path):
    for name in ("reference.py", "target.npz"):
        shutil.copy(AFFINE / name, tmp_path / name)
    return tmp_path


def test_the_tables_of_the_course_are_up_to_date():
    for reference in COURSE.glob("*/reference.py"):
        target = load_target(reference.parent)
        assert target.errors.max() < 1e-3
        assert target.thresholds.shape == target.shares.shape


def test_a_table_is_true():
    from scipy.special import ndtr

    target = load_target(AFFINE)
    # The first view is the score of x1 alone: undo the score and compare with N(1, 4).
    x1 = np.interp(target.thresholds[0], target.scores[0], target.knots[0])
    assert np.abs(ndtr((x1 - 1) / 2) - target.shares[0])[1:-1].max() < target.errors.max() + 1e-4
    np.testing.assert_allclose(target.quantiles[:, 2], 1, atol=0.01)
    np.testing.assert_allclose(target.quantiles[:, 3], 1 + 2 * 0.67449, atol=0.01)


def test_a_missing_table_says_what_to_do(folder):
    (folder / "target.npz").unlink()
    with pytest.raises(BrokenTarget, match=r"missing; build it with"):
        load_target(folder)


def test_a_table_of_another_reference_is_refused(folder):
    load_target(folder)
    (folder / "reference.py").write_text("def f(z):\n    return 3 * z\n")
    with pytest.raises(BrokenTarget, match="older than reference"):
        load_target(folder)


def test_a_damaged_table_is_refused(folder):
    content = (folder / "target.npz").read_bytes()
    for damaged in (b"", b"no archive", content[: len(content) // 2]):
        (folder / "target.npz").write_bytes(damaged)
        with pytest.raises(BrokenTarget, match="cannot be read"):
            load_target(folder)


def test_pickles_are_never_loaded(folder):
    np.savez(folder / "target.npz", format=np.array([{"a": 1}], dtype=object))
    with pytest.raises(BrokenTarget, match="cannot be read"):
        load_target(folder)


def test_building_again_gives_the_same_bytes(folder, monkeypatch):
    monkeypatch.setattr("exercises.target._PILOT_CELLS", (32, 32))
    monkeypatch.setattr("exercises.target._TABLE_CELLS", (64, 64))
    write_target(folder)
    first = (folder / "target.npz").read_bytes()
    write_target(folder)
    assert (folder / "target.npz").read_bytes() == first
    assert load_target(folder).digest


def test_a_reference_that_is_not_finite_is_refused():
    with pytest.raises(ValueError, match="finite"):
        build_target(lambda z: z * np.inf, "x")


def test_heavy_tails_and_point_masses_have_tables(monkeypatch):
    monkeypatch.setattr("exercises.target._PILOT_CELLS", (64, 64))
    monkeypatch.setattr("exercises.target._TABLE_CELLS", (64, 64))
    for f in (lambda z: np.sinh(3 * z), lambda z: np.sign(z), lambda z: np.array([1.0, z[0]])):
        target = build_target(f, "x")
        rng = np.random.default_rng(1)
        x = np.array([f(z) for z in rng.normal(size=(4096, 2))])
        moved = x * 1.0 + [0.3, 0.0]
        off = np.abs(target.count(x).share - target.shares).max()
        assert off < 0.05
        assert np.abs(target.count(moved).share - target.shares).max() > 2 * off
