"""Tables of held-out points: built the same each time, refused when stale, clear when they fail."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from exercises.catalog.reading import BrokenExercise, read_exercise
from exercises.checks.case import points_of
from exercises.tables.building import build_tables
from exercises.tables.points import BrokenPoints, held_out, load_points, rounded_points
from grader.cli import main
from tests.unit.exercises.held_out_exercise import (
    DENSITY,
    DENSITY_REFERENCE,
    DISCRIMINATOR,
    DISCRIMINATOR_REFERENCE,
    SCORE,
    SCORE_REFERENCE,
    exercise_in,
    folder_of,
)

AT_X = """
title = "A flow"
[[functions]]
name = "f"
[[functions]]
name = "log_det"
arguments = { z = 2 }
outputs = 0
asked_at = "z"
[[functions]]
name = "f_inv"
arguments = { x = 2 }
asked_at = "x"
[[criteria]]
check = "values"
function = "log_det"
[[criteria]]
check = "values"
function = "f_inv"
"""
AT_X_REFERENCE = """
import numpy as np

def f(z):
    return np.array([3 + z[0], np.exp(z[1])])

def f_inv(x):
    return np.array([x[0] - 3, np.log(x[1])])

def log_det(z):
    return z[1]
"""
ROWS = "x1,x2\n" + "".join(f"{i % 50 / 10},{(i * 7 % 100) / 10}\n" for i in range(300))
WITHOUT_SCALE = DENSITY.replace("points = 10", "points = 10\nfull = 5.0")


def test_points_have_the_references_answers(tmp_path: Path) -> None:
    points = held_out(exercise_in(tmp_path, SCORE, SCORE_REFERENCE), "score")
    assert points.inputs.shape == (8192, 3)
    assert points.outputs is not None
    x, t = points.inputs[:, :2], points.inputs[:, 2:]
    np.testing.assert_allclose(points.outputs, (-x * [1, 2] - [1, 0]) / (1 + t**2), rtol=1e-14)
    assert points.labels is None


def test_points_can_be_typed(tmp_path: Path) -> None:
    points = held_out(exercise_in(tmp_path, SCORE, SCORE_REFERENCE), "score").inputs
    assert all(len(repr(float(number)).strip("-").replace(".", "")) <= 12 for number in points.flat)
    np.testing.assert_array_equal(points, [[float(f"{v:.6g}") for v in row] for row in points])


@pytest.mark.parametrize("scale", [1e-12, 1e-3, 1.0, 1e5, 1e15])
def test_rounding_is_that_of_decimals(scale: float) -> None:
    points = scale * np.random.default_rng(1).standard_normal((500, 2))
    expected = [[float(f"{number:.6g}") for number in row] for row in points]
    np.testing.assert_array_equal(rounded_points(points), expected)


def test_a_table_is_small(tmp_path: Path) -> None:
    exercise = exercise_in(tmp_path, SCORE, SCORE_REFERENCE)
    with np.load(exercise.folder / "points.npz") as fields:
        assert fields["score/inputs"].dtype == np.float32
    assert (exercise.folder / "points.npz").stat().st_size < 250_000


def test_labels_are_kept_beside_their_points(tmp_path: Path) -> None:
    points = held_out(
        exercise_in(tmp_path, DISCRIMINATOR, DISCRIMINATOR_REFERENCE), "discriminator"
    )
    assert points.labels is not None
    assert points.labels.tolist() == [0, 1] * 4096
    assert points.inputs[points.labels == 1, 0].mean() == pytest.approx(1, abs=0.1)


def test_building_again_gives_the_same_bytes(tmp_path: Path) -> None:
    exercise = exercise_in(tmp_path, SCORE, SCORE_REFERENCE)
    table = exercise.folder / "points.npz"
    first = table.read_bytes()
    table.unlink()
    assert build_tables(exercise.folder) == ["points.npz: 8,192 points of score"]
    assert table.read_bytes() == first


def test_a_function_without_a_draw_is_asked_where_the_exercise_asks_it(tmp_path: Path) -> None:
    exercise = exercise_in(tmp_path, AT_X, AT_X_REFERENCE)
    z, x = (held_out(exercise, name) for name in ("log_det", "f_inv"))
    assert abs(z.inputs.mean(axis=0)).max() < 0.05
    assert (x.inputs[:, 1] > 0).all()
    assert x.inputs[:, 0].mean() == pytest.approx(3, abs=0.05)
    with pytest.raises(BrokenPoints, match=r"lacks the points of f;"):
        held_out(exercise, "f")


def test_rows_of_data_stand_in_for_the_draw_of_a_likelihood(tmp_path: Path) -> None:
    points = held_out(exercise_in(tmp_path, WITHOUT_SCALE, None, ROWS), "log_prob")
    assert points.outputs is None
    rows = {tuple(map(float, line.split(","))) for line in ROWS.splitlines()[1:]}
    assert {tuple(row) for row in points.inputs} == rows
    assert len(points.inputs) == 300


def test_the_form_is_looked_at_at_held_out_points_too(tmp_path: Path) -> None:
    exercise = exercise_in(tmp_path, SCORE, SCORE_REFERENCE)
    points = points_of(exercise.function, exercise, 3, {})
    known = {tuple(row) for row in held_out(exercise, "score").inputs}
    assert points.shape == (1024, 3)
    assert {tuple(row) for row in points} <= known
    assert not np.array_equal(points, points_of(exercise.function, exercise, 4, {}))


def test_a_long_answer_is_asked_at_fewer_points(tmp_path: Path) -> None:
    toml = 'title = "Long"\n[[functions]]\nname = "f"\noutputs = 4096\n'
    exercise = read_exercise(folder_of(tmp_path, toml, None))
    assert points_of(exercise.function, exercise, 0, {}).shape == (512, 2)


def test_a_missing_table_says_what_to_do(tmp_path: Path) -> None:
    exercise = exercise_in(tmp_path, SCORE, SCORE_REFERENCE)
    (exercise.folder / "points.npz").unlink()
    with pytest.raises(
        BrokenPoints, match=r"^task/points.npz is missing; build it with: grader exercises build"
    ):
        load_points(exercise.folder)


def test_a_table_of_another_reference_is_refused(tmp_path: Path) -> None:
    exercise = exercise_in(tmp_path, SCORE, SCORE_REFERENCE)
    load_points(exercise.folder)
    (exercise.folder / "reference.py").write_text(SCORE_REFERENCE + "# changed\n")
    with pytest.raises(BrokenPoints, match=r"is older than reference\.py"):
        load_points(exercise.folder)


def test_a_table_of_other_data_is_refused(tmp_path: Path) -> None:
    exercise = exercise_in(tmp_path, WITHOUT_SCALE, None, ROWS)
    (exercise.folder / "heldout.csv").write_text(ROWS + "1.0,2.0\n")
    with pytest.raises(BrokenPoints, match=r"is older than heldout\.csv"):
        load_points(exercise.folder)


def test_a_copy_without_the_reference_believes_its_table(tmp_path: Path) -> None:
    exercise = exercise_in(tmp_path, SCORE, SCORE_REFERENCE)
    (exercise.folder / "reference.py").unlink()
    assert held_out(exercise, "score").inputs.shape == (8192, 3)


def test_a_table_of_other_lengths_is_refused(tmp_path: Path) -> None:
    exercise = exercise_in(tmp_path, SCORE, SCORE_REFERENCE)
    longer, other = (
        exercise.model_copy(update={"functions": (exercise.function.model_copy(update=change),)})
        for change in ({"arguments": {"x": 3, "t": 0}}, {"outputs": 3})
    )
    with pytest.raises(BrokenPoints, match="lacks the points of score"):
        held_out(longer, "score")
    with pytest.raises(BrokenPoints, match="answers of score of other lengths"):
        held_out(other, "score")


def test_a_damaged_table_is_refused(tmp_path: Path) -> None:
    exercise = exercise_in(tmp_path, SCORE, SCORE_REFERENCE)
    table = exercise.folder / "points.npz"
    content = table.read_bytes()
    for damaged in (b"", b"no archive", content[: len(content) // 2]):
        table.write_bytes(damaged)
        with pytest.raises(BrokenPoints, match=r"^task/points.npz is no table; build it with"):
            load_points(exercise.folder)


def test_a_table_of_another_format_says_what_to_do(tmp_path: Path) -> None:
    exercise = exercise_in(tmp_path, SCORE, SCORE_REFERENCE)
    np.savez(exercise.folder / "points.npz", format=np.int64(0))
    with pytest.raises(BrokenPoints, match=r"^task/points.npz is of an older grader; build"):
        load_points(exercise.folder)


def test_pickles_are_never_loaded(tmp_path: Path) -> None:
    exercise = exercise_in(tmp_path, SCORE, SCORE_REFERENCE)
    np.savez(exercise.folder / "points.npz", format=np.array([{"a": 1}], dtype=object))
    with pytest.raises(BrokenPoints, match=r"^task/points.npz is no table; build it with"):
        load_points(exercise.folder)


def test_what_one_grading_reads_no_other_can_change(tmp_path: Path) -> None:
    points = held_out(exercise_in(tmp_path, SCORE, SCORE_REFERENCE), "score")
    with pytest.raises(ValueError, match="read-only"):
        points.inputs[0] = 0


def wrong(reference: str, old: str, new: str) -> str:
    assert old in reference
    return reference.replace(old, new)


@pytest.mark.parametrize(
    ("toml", "reference", "message"),
    [
        (SCORE, "", r"reference\.py needs draw_score\(rng, n\), which draws its points"),
        (SCORE, None, r"reference\.py needs draw_score\(rng, n\), which draws its points"),
        (SCORE, "1 / 0", r"reference\.py, line 1: ZeroDivisionError: division by zero"),
        (
            SCORE,
            wrong(SCORE_REFERENCE, "def score", "def other"),
            r"reference\.py must define score: its answers are the right ones",
        ),
        (
            SCORE,
            wrong(SCORE_REFERENCE, "rng.standard_normal((n, 2))", "rng.standard_normal((n, 5))"),
            r"points of score must have the shape \(n, 3\), n at least 64, not \(8192, 6\)",
        ),
        (
            SCORE,
            wrong(SCORE_REFERENCE, "rng.uniform(0.1, 0.9, n)", "np.full(n, np.inf)"),
            r"points of score must be finite",
        ),
        (
            SCORE,
            wrong(SCORE_REFERENCE, "rng.uniform(0.1, 0.9, n)", "rng.nothing(n)"),
            r"draw_score of reference\.py raised AttributeError",
        ),
        (
            SCORE,
            wrong(SCORE_REFERENCE, "    return np.array(", "    return x[5] * np.array("),
            r"score of reference\.py raised IndexError: .* at \[-?\d",
        ),
        (
            SCORE,
            wrong(SCORE_REFERENCE, "-2 * x[1]]", "-2 * x[1], 0]"),
            r"score of reference\.py returned an array of shape \(3,\), not 2 numbers",
        ),
        (
            SCORE,
            wrong(SCORE_REFERENCE, "(1 + t * t)", "(x[0] > 0)"),
            r"score of reference\.py is not finite at \[-",
        ),
        (
            DISCRIMINATOR,
            wrong(DISCRIMINATOR_REFERENCE, "return x, labels", "return x, labels + 1"),
            r"labels of draw_discriminator must be 0 or 1, one for each point",
        ),
        (
            DISCRIMINATOR,
            wrong(DISCRIMINATOR_REFERENCE, "return x, labels", "return x, labels[:5]"),
            r"labels of draw_discriminator must be 0 or 1, one for each point",
        ),
        (
            DISCRIMINATOR,
            wrong(DISCRIMINATOR_REFERENCE, "return x, labels", "return x"),
            r"draw_discriminator must return a pair: the points, and their labels 0 or 1",
        ),
        (
            DENSITY,
            wrong(DENSITY_REFERENCE, "def log_prob", "def other"),
            r"needs an end of its scale: log_prob in reference\.py, or criteria\.full",
        ),
    ],
)
def test_a_reference_that_does_not_do_is_said(
    tmp_path: Path, toml: str, reference: str | None, message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        build_tables(folder_of(tmp_path, toml, reference))


def test_the_command_builds_what_the_criteria_need(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, SCORE, SCORE_REFERENCE)
    done = CliRunner().invoke(main, ["exercises", "build", str(folder)])
    assert (done.exit_code, done.output) == (0, "task: points.npz: 8,192 points of score\n")
    (folder / "reference.py").write_text("")
    done = CliRunner().invoke(main, ["exercises", "build", str(folder)])
    assert done.exit_code == 1
    assert "task: reference.py needs draw_score(rng, n)" in done.output


#: A likelihood with nothing that says that log_prob is a density.
ALONE = DENSITY.replace('[[criteria]]\ncheck = "normalization"\n', "")


@pytest.mark.parametrize(
    ("toml", "message"),
    [
        (ALONE, "likelihood needs the check normalization of log_prob as well"),
        (
            ALONE.replace("{ x = 2 }", "{ x = 8 }"),
            "likelihood needs the check log_prob of log_prob as well",
        ),
        (ALONE.replace("{ x = 2 }", "{ x = 1, t = 0 }"), "needs log_prob to take one point x"),
        (ALONE.replace("outputs = 0", "outputs = 2"), "needs log_prob to return a number"),
        (DISCRIMINATOR.replace("outputs = 0", "outputs = 2"), "to return a number: outputs = 0"),
    ],
)
def test_criteria_that_can_not_be_judged_are_refused(
    tmp_path: Path, toml: str, message: str
) -> None:
    with pytest.raises(BrokenExercise, match=message):
        read_exercise(folder_of(tmp_path, toml, None))
