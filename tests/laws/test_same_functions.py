"""What is kept of functions to compare them: laws with their noise, behaviours up to symmetry."""

from __future__ import annotations

import io
from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image

from exercises.figures.thumbnail import MOST_BYTES, SIZE, thumbnail
from exercises.numerics.behaviour import Likeness, behaviour_of, compare, summary
from exercises.numerics.behaviour_classes import behaviour_classes
from exercises.numerics.hidden_points import ANGLES, RINGS, hidden_points
from exercises.numerics.law_clusters import cluster_laws
from exercises.numerics.law_embedding import Law, distances, embed
from exercises.numerics.window import Window
from exercises.oracle import Array

Map = Callable[[Array], Array]
GRID = RINGS * ANGLES
#: The laws of a cluster are at most so many times their noise apart; see grader/desks/atlas.py.
SAME = 2.5


def turned(degrees: float, mirrored: bool = False) -> Map:
    angle = np.radians(degrees)
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    return lambda z: (z * [1, -1] if mirrored else z) @ turn


def banana(z: Array) -> Array:
    return np.stack([1.5 * z[:, 0] + 1, z[:, 1] + 0.5 * z[:, 0] ** 2], axis=1)


def swirl(z: Array) -> Array:
    angle = np.hypot(*z.T)
    first, second = z.T
    return np.stack(
        [
            first * np.cos(angle) - second * np.sin(angle),
            first * np.sin(angle) + second * np.cos(angle),
        ],
        axis=1,
    )


MAPS: dict[str, Map] = {
    "affine": lambda z: 2 * z + 1,
    "banana": banana,
    "exponential": np.exp,
    "Cauchy": lambda z: z / np.abs(z[:, ::-1]),
    "fold": np.abs,
    "line": lambda z: np.stack([z[:, 0], 2 * z[:, 0]], axis=1),
    "two clouds": lambda z: z * 0.3 + np.sign(z) * 3,
}


def law(f: Map, *, singly: bool = False) -> Law:
    x = f(hidden_points("affine", singly=singly)[GRID:])
    found = embed(x, np.zeros(2), np.ones(2))
    assert found is not None
    return found


def behaviour(f: Map) -> Array:
    found = behaviour_of(f(hidden_points("affine", singly=True)[:GRID]))
    assert found is not None
    return found


def apart(a: Law, b: Law) -> float:
    """The distance of two laws in units of their noise."""
    between = distances(np.array([a.vector, b.vector], np.float32))[0, 1]
    return float(between / np.hypot(a.noise, b.noise))


def test_hidden_points_are_an_exercise_s_own_and_the_same_each_time() -> None:
    points = hidden_points("affine", singly=False)
    hidden_points.cache_clear()
    assert np.array_equal(hidden_points("affine", singly=False), points)
    other = hidden_points("banana", singly=False)
    assert not (points[:, None] == other[:64]).all(axis=2).any()
    # Where f is called singly there are fewer, and the grid is the same.
    few = hidden_points("affine", singly=True)
    assert len(few) < len(points) / 2
    assert np.array_equal(few[:GRID], points[:GRID])


@pytest.mark.parametrize("symmetry", [(90, False), (7.5, False), (0, True), (90, True)])
def test_the_grid_goes_into_itself_under_its_symmetries(symmetry: tuple[float, bool]) -> None:
    grid = hidden_points("affine", singly=True)[:GRID]
    moved = turned(*symmetry)(grid)
    nearest = np.abs(grid[:, None] - moved[None]).max(axis=2).min(axis=0)
    assert nearest.max() < 1e-12


@pytest.mark.parametrize("name", MAPS)
@pytest.mark.parametrize("singly", [False, True])
def test_one_law_of_two_functions_is_one_within_the_noise(name: str, singly: bool) -> None:
    f = MAPS[name]
    first = law(f, singly=singly)
    for degrees, mirrored in ((31.0, False), (90.0, True), (222.0, False)):
        symmetry = turned(degrees, mirrored)
        second = law(lambda z, q=symmetry: f(q(z)), singly=singly)  # type: ignore[misc]
        assert apart(first, second) < SAME


def test_different_laws_are_told_apart() -> None:
    found = {name: law(f) for name, f in MAPS.items()}
    for name, one in found.items():
        for other, two in found.items():
            assert name == other or apart(one, two) > 4 * SAME, (name, other)
    assert apart(law(lambda z: 2 * z), law(lambda z: 2.1 * z)) > SAME
    assert apart(law(lambda z: 2 * z), law(lambda z: 2 * z + 0.1)) > SAME


def test_a_tail_however_heavy_leaves_a_law_finite_and_does_not_hide_the_body() -> None:
    heavy = law(lambda z: np.sign(z) * np.abs(z) ** 40 + z)
    assert np.isfinite(heavy.vector).all()
    endless = law(lambda z: np.where(np.abs(z) > 2.2, np.inf, z))
    assert np.isfinite(endless.vector).all()
    cauchy = MAPS["Cauchy"]
    assert apart(law(cauchy), law(lambda z: cauchy(z) + np.array([0.5, 0]))) > SAME
    assert apart(law(cauchy), law(lambda z: 1.3 * cauchy(z))) > SAME


def test_too_many_points_without_an_x_are_no_law() -> None:
    points = hidden_points("affine", singly=False)[GRID:].copy()
    points[::1000] = np.nan
    assert embed(points, np.zeros(2), np.ones(2)) is not None
    points[::50] = np.nan
    assert embed(points, np.zeros(2), np.ones(2)) is None


def test_clusters_are_the_laws_with_the_one_in_the_middle_first() -> None:
    rng = np.random.default_rng(5)
    kinds, laws = [], []
    for kind, f in enumerate(MAPS.values()):
        for _ in range(8):
            q = turned(float(rng.uniform(0, 360)), bool(rng.integers(2)))
            kinds.append(kind)
            laws.append(law(lambda z, f=f, q=q: f(q(z))))  # type: ignore[misc]
    order = rng.permutation(len(laws))
    vectors = np.array([laws[i].vector for i in order], np.float32)
    noise = np.array([laws[i].noise for i in order])
    found = cluster_laws(vectors, noise, SAME)
    assert sorted(member for one in found for member in one.members) == list(range(len(laws)))
    assert sorted(len(one.members) for one in found) == [8] * len(MAPS)
    between = distances(vectors)
    for one in found:
        assert len({kinds[order[member]] for member in one.members}) == 1
        inside = between[np.ix_(one.members, one.members)]
        assert inside[0].sum() == pytest.approx(inside.sum(axis=1).min(), rel=1e-3)
        assert (np.diff(inside[0]) >= -1e-6).all()
    # A coarser look joins clusters, and never splits one.
    coarse = cluster_laws(vectors, noise, 400.0)
    assert len(coarse) < len(found)


def test_neighbours_in_the_order_of_clusters_are_alike() -> None:
    shifts = np.random.default_rng(2).permutation(20) * 0.5
    laws = [law(lambda z, s=shift: z + np.array([s, 0])) for shift in shifts]  # type: ignore[misc]
    vectors = np.array([one.vector for one in laws], np.float32)
    found = cluster_laws(vectors, np.array([one.noise for one in laws]), SAME)
    along = shifts[[one.medoid for one in found]]
    assert list(along) in (sorted(along), sorted(along, reverse=True))


def test_nobody_s_laws_make_no_clusters() -> None:
    assert cluster_laws(np.empty((0, 4), np.float32), np.empty(0), SAME) == []
    (one,) = cluster_laws(np.ones((1, 4), np.float32), np.ones(1), SAME)
    assert one.members == (0,)


@pytest.mark.parametrize("name", MAPS)
@pytest.mark.parametrize("degrees", [0.0, 7.5, 90.0, 180.0, -45.0])
@pytest.mark.parametrize("mirrored", [False, True])
def test_a_function_is_known_after_any_symmetry_of_the_grid(
    name: str, degrees: float, mirrored: bool
) -> None:
    f = MAPS[name]
    q = turned(degrees, mirrored)
    found = compare(behaviour(f), behaviour(lambda z: f(q(z))))
    assert found.same
    assert found.difference < 1e-9
    # The symmetry that is named does it: f may have several.
    named = behaviour(lambda z: f(turned(found.degrees, found.mirrored)(z)))
    wanted = behaviour(lambda z: f(q(z)))
    assert np.abs(named - wanted).max() < 1e-9 * np.abs(wanted).max()


@pytest.mark.parametrize("degrees", [17.0, 1.0, 100.3, -144.44])
@pytest.mark.parametrize("mirrored", [False, True])
def test_a_smooth_function_is_known_after_any_rotation(degrees: float, mirrored: bool) -> None:
    q = turned(degrees, mirrored)
    found = compare(behaviour(banana), behaviour(lambda z: banana(q(z))))
    assert found.same
    assert found.between
    assert found.degrees == pytest.approx(degrees, abs=1e-4)
    assert found.mirrored is mirrored
    assert np.abs(summary(behaviour(banana)) - summary(behaviour(lambda z: banana(q(z))))).max() < (
        1e-9
    )


def test_functions_of_one_law_that_differ_are_not_taken_for_one() -> None:
    found = compare(behaviour(lambda z: z), behaviour(swirl))
    assert not found.same
    assert found.difference > 0.1
    near = compare(behaviour(lambda z: 2 * z + 1), behaviour(lambda z: 2 * z + 1.00001))
    assert not near.same
    assert near.difference < 1e-4


def test_what_is_not_finite_is_no_behaviour() -> None:
    assert behaviour_of(np.full((GRID, 2), np.nan)) is None


def test_huge_functions_are_compared_without_overflow() -> None:
    found = compare(behaviour(lambda z: 1e200 * z), behaviour(lambda z: 1e200 * z[:, ::-1]))
    assert found.same
    assert compare(behaviour(lambda z: 0 * z), behaviour(lambda z: 0 * z)) == Likeness(
        0.0, 0.0, False, False
    )


def test_classes_are_functions_up_to_symmetry() -> None:
    rng = np.random.default_rng(7)
    maps = [*MAPS.values(), lambda z: 2 * z + 1.001]
    kinds = rng.integers(len(maps), size=200)
    made = []
    for kind in kinds.tolist():
        q = turned(float(rng.integers(48)) * 7.5, bool(rng.integers(2)))
        rounding = 1 + 1e-15 * float(rng.integers(3))
        made.append(behaviour(lambda z, f=maps[kind], q=q, r=rounding: f(q(z)) * r))  # type: ignore[misc]
    labels = behaviour_classes([*made, None])
    assert labels[-1] == -1
    assert len(set(zip(kinds.tolist(), labels[:-1].tolist(), strict=True))) == len(set(kinds))
    assert len(set(labels[:-1].tolist())) == len(set(kinds.tolist()))


@pytest.mark.parametrize("name", MAPS)
def test_a_thumbnail_is_a_small_picture_of_the_density_in_the_window(name: str) -> None:
    x = MAPS[name](np.random.default_rng(0).standard_normal((10_000, 2)))
    window = Window((-6.0, -6.0), (6.0, 6.0))
    picture = thumbnail(x, window)
    assert len(picture) <= MOST_BYTES
    assert thumbnail(x, window) == picture
    with Image.open(io.BytesIO(picture)) as image:
        image.load()
        assert image.size == (SIZE, SIZE)
        grey = 255.0 - np.asarray(image.convert("L"))
    inside = x[window.shows(x)]
    centre = inside.mean(axis=0)
    rows, columns = np.mgrid[:SIZE, :SIZE]
    # The ink is darkest where the density is highest, and right way up.
    ink = grey**2 / (grey**2).sum()
    place = np.array([(ink * columns).sum(), SIZE - 1 - (ink * rows).sum()]) / SIZE * 12 - 6
    assert np.abs(place - centre).max() < 0.8


def test_what_lies_outside_the_window_leaves_the_thumbnail_white() -> None:
    for x in (np.full((50, 2), 99.0), np.full((50, 2), np.nan)):
        with Image.open(io.BytesIO(thumbnail(x, Window((-1.0, -1.0), (1.0, 1.0))))) as image:
            assert np.asarray(image.convert("L")).min() == 255
