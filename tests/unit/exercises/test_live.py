"""What a preview judges and shows: never the grade, and pictures that are those of f."""

from __future__ import annotations

import math
from base64 import b64decode
from contextlib import nullcontext
from dataclasses import dataclass, field

import numpy as np
import pytest

from exercises.catalog.reading import read_catalog
from exercises.checks.case import points_of
from exercises.checks.effort import FULL, LIVE
from exercises.exercise import CodeExercise
from exercises.figures.live import live_picture
from exercises.figures.target import target_alt_text, target_view
from exercises.judge import Judgement, judge
from exercises.live import (
    CPU_SECONDS,
    WALL_SECONDS,
    has_picture,
    live_findings,
    live_seed,
    live_version,
    shows_target,
)
from exercises.numerics.mesh import WarpedMesh, disc_mesh
from exercises.oracle import Answer, Array
from exercises.outcome import Outcome
from exercises.report import Finding, Status
from exercises.tables.points import held_out
from exercises.tables.target import load_target

COURSE = read_catalog()
PROGRAMS = [one for one in COURSE.exercises.values() if isinstance(one, CodeExercise)]
Z = np.random.default_rng(5).standard_normal((4_000, 2))


def code(slug: str) -> CodeExercise:
    exercise = COURSE[slug]
    assert isinstance(exercise, CodeExercise)
    return exercise


def floats(text: str, *shape: int) -> np.ndarray:
    return np.frombuffer(b64decode(text), "<f4").reshape(shape).astype(float)


def warped(f, radius: float = 4.0) -> WarpedMesh:
    """The mesh with an f whose Jacobian is taken by differences."""
    mesh = disc_mesh(radius)
    x = f(mesh.nodes)
    step = 1e-5
    columns = [
        (f(mesh.nodes + offset) - f(mesh.nodes - offset)) / (2 * step)
        for offset in (np.array([step, 0]), np.array([0, step]))
    ]
    det = columns[0][:, 0] * columns[1][:, 1] - columns[1][:, 0] * columns[0][:, 1]
    return WarpedMesh(mesh.nodes, mesh.triangles, x, np.sign(det), np.sign(det).astype(np.int8))


@pytest.mark.parametrize("exercise", PROGRAMS, ids=lambda one: one.slug)
def test_nothing_that_is_previewed_earns_or_tells_points(exercise: CodeExercise) -> None:
    live = live_version(exercise)
    assert {criterion.check for criterion in live.criteria} <= {"invertibility"}
    assert bool(live.criteria) is has_picture(exercise)
    assert live.max_score == 0
    assert live.limits.cpu_seconds <= CPU_SECONDS < exercise.limits.cpu_seconds
    assert live.limits.wall_seconds <= WALL_SECONDS
    assert live.limits.memory_bytes == exercise.limits.memory_bytes
    assert live.functions == exercise.functions


def test_the_disc_of_a_preview_is_that_of_the_grading() -> None:
    exercise = code("affine")
    wide = exercise.model_copy(
        update={
            "criteria": tuple(
                c.model_copy(update={"radius": 2.5}) if c.check == "invertibility" else c
                for c in exercise.criteria
            )
        }
    )
    (criterion,) = live_version(wide).criteria
    assert criterion.radius == 2.5  # type: ignore[union-attr]


def test_a_previews_seed_is_its_owners_and_never_that_of_a_grading() -> None:
    seeds = {live_seed(owner, slug) for owner in "abc" for slug in ("affine", "chain")}
    assert len(seeds) == 6
    assert live_seed("a", "affine") == live_seed("a", "affine")
    assert min(seeds) >= 2**53, "the seeds of gradings lie below"


def test_only_where_a_limit_ended_it_a_preview_tells_the_limit_of_a_submission() -> None:
    exercise = code("affine")
    first = Finding(check="function", status=Status.FAILED, message="Stopped.")
    other = Finding(check="shape", status=Status.SKIPPED, message="Not checked.")
    for outcome in Outcome:
        said, after = live_findings(Judgement(outcome, (first, other)), exercise)
        told = "A submission may" in said.message
        assert told is (outcome in (Outcome.CPU_LIMIT, Outcome.WALL_LIMIT))
        assert said.message.startswith("Stopped.")
        assert after == other


@dataclass
class Counting:
    """An oracle of a function of rows, lifted or not, that counts what it is asked."""

    f: object
    lifts: bool
    asked: list[int] = field(default_factory=list)

    @property
    def evaluations(self) -> int:
        return sum(self.asked)

    def evaluate(self, points: Array, *, function: str = "f", tolerant: bool = False) -> Answer:
        self.asked.append(len(points))
        lifted = self.lifts and len(points) >= 1024
        return Answer(self.f(points), lifted=lifted)  # type: ignore[operator]

    def stop_lifting(self) -> None:
        self.lifts = False

    def fresh(self):
        return nullcontext(self)


@pytest.mark.parametrize(("lifts", "samples"), [(True, 10_000), (False, 1_024)])
def test_where_f_is_called_point_by_point_a_preview_asks_less(lifts: bool, samples: int) -> None:
    live = live_version(code("playground"))

    def bent(z: Array) -> Array:
        return np.stack((z[:, 0] ** 3 + z[:, 0], z[:, 1] + z[:, 0] ** 2), 1)

    oracle = Counting(bent, lifts)
    judgement = judge(live, oracle, 2**53, LIVE)  # type: ignore[arg-type]
    assert len(judgement.drawn["f"].points) == samples
    whole = Counting(oracle.f, lifts)
    full = judge(live, whole, 2**53, FULL)  # type: ignore[arg-type]
    assert len(full.drawn["f"].points) == 10_000
    drawn = full.drawn["f"].points[:samples]
    assert np.array_equal(judgement.drawn["f"].points, drawn), "the same samples, only fewer"
    assert judgement.findings[-1].evidence["verdict"] == "invertible"
    if not lifts:
        assert oracle.evaluations < 0.8 * whole.evaluations


def test_an_f_that_is_hard_to_judge_singly_stays_within_the_budget() -> None:
    def stairs(z: Array) -> Array:
        return np.stack((np.floor(3 * z[:, 0]) + 0.1 * z[:, 0], z[:, 1]), 1)

    oracle = Counting(stairs, False)
    judge(live_version(code("playground")), oracle, 2**53, LIVE)  # type: ignore[arg-type]
    assert oracle.evaluations <= LIVE.invertibility_singly + 4_000


@pytest.mark.parametrize("slug", ["score", "discriminator", "learn-theta"])
def test_no_held_out_point_is_shown_to_a_preview(slug: str) -> None:
    exercise = code(slug)
    (function,) = (one for one in exercise.functions if one.asked_at == "points")
    secret = held_out(exercise, function.name).inputs
    shown = points_of(function, exercise, 2**53, {}, LIVE)
    assert shown.shape == (min(1024, len(shown)), function.inputs)
    assert len(np.unique(shown, axis=0)) > 1_000
    rows = {row.tobytes() for row in secret}
    assert not any(row.tobytes() in rows for row in shown)
    low, high = np.quantile(secret, (0.05, 0.95), axis=0)
    assert ((shown >= low) & (shown <= high)).all()
    assert any(row.tobytes() in rows for row in points_of(function, exercise, 7, {}, FULL))


def test_the_density_and_its_peak_are_those_of_the_samples() -> None:
    x = Z @ np.array([[2.0, 0.0], [1.0, 0.5]]) + 3
    view = live_picture(Z, x, None, 4.0, None).densities
    assert view is not None
    for panel, covariance in ((view.z, np.eye(2)), (view.x, np.array([[5.0, 0.5], [0.5, 0.25]]))):
        x0, x1, y0, y1 = panel.extent
        values = np.frombuffer(b64decode(panel.values), np.uint8).reshape(panel.shape) / 255
        assert values.max() == 1
        cell = (x1 - x0) * (y1 - y0) / values.size
        assert values.sum() * panel.peak * cell == pytest.approx(1, abs=0.02)
        exact = 1 / (2 * math.pi * math.sqrt(np.linalg.det(covariance)))
        assert panel.peak == pytest.approx(exact, rel=0.15)
    # Rows from the lowest x₂: the mean of x is (3, 3) in an even window, the slope of x₂ on x₁ up.
    values = np.frombuffer(b64decode(view.x.values), np.uint8).reshape(view.x.shape).astype(float)
    columns, rows = np.meshgrid(*(np.arange(side) - (side - 1) / 2 for side in view.x.shape))
    assert (values * rows * columns).sum() > 0
    skewed = live_picture(Z, np.exp(Z) * [1, -1], None, 4.0, None).densities
    assert skewed is not None
    tall = np.frombuffer(b64decode(skewed.x.values), np.uint8).reshape(skewed.x.shape)
    row, column = np.unravel_index(int(tall.argmax()), tall.shape)
    assert column < tall.shape[1] / 2 < row, "most of the mass is at small x₁ and high x₂"


def test_the_samples_are_pairs_and_not_finite_ones_are_nan() -> None:
    x = Z * 2
    x[7] = np.inf, 1.0
    x[8] = 1e300, -1.0
    samples = live_picture(Z, x, None, 4.0, None).samples
    assert samples is not None
    assert samples.count == 3_000
    z, images = floats(samples.z, 3_000, 2), floats(samples.x, 3_000, 2)
    assert np.allclose(z, Z[:3_000], rtol=1e-6)
    good = np.isfinite(images).all(axis=1)
    assert np.flatnonzero(~good).tolist() == [7, 8]
    assert np.allclose(images[good], 2 * z[good], rtol=1e-6)
    assert np.isnan(images[[7, 8], 0]).all()


def test_the_mesh_is_a_grid_on_the_disc_and_where_f_sends_it() -> None:
    def shear(z: Array) -> Array:
        return z @ np.array([[1.0, 0.4], [0.2, 2.0]]) + 1

    picture = live_picture(Z, shear(Z), warped(shear), 4.0, None)
    mesh = picture.mesh
    assert mesh is not None
    assert picture.folds is None
    assert not mesh.breaks
    z, x = floats(mesh.z, *mesh.shape, 2), floats(mesh.x, *mesh.shape, 2)
    half = mesh.lines // 2
    assert np.ptp(z[:half, :, 0], axis=1).max() == 0, "the first half has one z₁ for each line"
    assert np.ptp(z[half:, :, 1], axis=1).max() == 0
    seen = np.isfinite(x).all(axis=2)
    assert not seen[np.hypot(z[..., 0], z[..., 1]) > 4.0].any()
    assert seen[np.hypot(z[..., 0], z[..., 1]) < 3.6].all()
    assert np.allclose(x[seen], shear(z[seen]), atol=1e-4)


def test_folds_are_where_the_orientation_is_reversed() -> None:
    picture = live_picture(Z, np.abs(Z), warped(np.abs), 4.0, None)
    folds = picture.folds
    assert folds is not None
    z, x = floats(folds.cells_z, folds.count, 3, 2), floats(folds.cells, folds.count, 3, 2)
    middles = z.mean(axis=1)
    assert (middles[:, 0] * middles[:, 1] < 0).all()
    off = np.abs(x - np.abs(z)).max(axis=(1, 2))
    # Where a cell is cut by the fold across its diagonal, the cut is a little off.
    assert np.quantile(off, 0.9) < 1e-3
    assert off.max() < 0.3
    (a, b), (c, d) = (z[:, 1] - z[:, 0]).T, (z[:, 2] - z[:, 0]).T
    assert np.abs(a * d - b * c).sum() / 2 == pytest.approx(math.pi * 16 / 2, rel=0.08)
    assert folds.share == pytest.approx(0.5, abs=0.02)
    assert "reverses" in picture.alt.fold_map
    assert "p(x)" in picture.alt.density


@pytest.mark.parametrize("scale", [np.nan, np.inf, 1e308, 1e-308, 0.0])
def test_any_float64_can_be_shown(scale: float) -> None:
    with np.errstate(all="ignore"):
        picture = live_picture(Z, Z * scale, warped(lambda z: z * scale), 4.0, None)
    assert picture.model_dump_json()
    assert picture.densities is not None
    assert picture.alt.density


def test_a_target_is_shown_where_reports_show_it() -> None:
    shown = {one.slug for one in PROGRAMS if shows_target(one)}
    assert {"affine", "learn-theta"} <= shown
    assert not {"playground", "score", "discriminator"} & shown
    assert not any(shows_target(one) for one in COURSE.exercises.values() if one.kind == "quiz")


def test_the_targets_density_is_that_of_the_table() -> None:
    target = load_target(code("affine").folder)
    view = target_view(target)
    values = np.frombuffer(b64decode(view.values), np.uint8).reshape(view.shape) / 255
    assert np.abs(values - target.density / target.density.max()).max() < 0.003
    x0, y0, x1, y1 = target.window
    assert view.extent == (x0, x1, y0, y1)
    # The affine exercise asks for N((1, 1), 4 I).
    assert view.peak == pytest.approx(1 / (8 * math.pi), rel=0.06)
    words = target_alt_text(target)
    assert "mean (1.00, 1.00)" in words
    assert "highest near" in words
