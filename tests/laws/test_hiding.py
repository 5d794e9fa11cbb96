"""Laws that hide between the views of normal scores: half-planes of x see them."""

import numpy as np
import pytest
from scipy.special import ndtr

from exercises.checks.law import TOLERANCE, check_law
from exercises.criteria import Law
from exercises.report import Status
from exercises.tables.target_building import build_from_image
from tests.laws.half_planes import Yardstick
from tests.laws.plain_oracle import BatchOracle


@pytest.fixture(scope="module")
def gaussian():
    return build_from_image(lambda z: z, {})


def between(target):
    """An angle in the middle of two neighbouring directions that are looked at."""
    angles = np.sort(np.arctan2(*target.frame.directions.T[::-1]) % np.pi)
    widest = int(np.argmax(np.diff(angles)))
    return float(angles[widest : widest + 2].mean())


def strip_moved(angle, width, place):
    """The mass of a strip across `angle` moved to the other side of its border."""
    across = np.array([np.cos(angle), np.sin(angle)])

    def f(z):
        along = z @ across
        inside = (along > place - width) & (along < place)
        return z + np.where(inside, width, 0.0)[:, None] * across

    return f


@pytest.mark.parametrize(("place", "width"), [(0.0, 0.026), (0.7, 0.034), (1.5, 0.09)])
def test_a_strip_between_two_directions_is_seen(place, width, gaussian):
    assert ndtr(place) - ndtr(place - width) > TOLERANCE
    for seed in range(3):
        f = strip_moved(between(gaussian), width, place)
        finding = check_law(BatchOracle(f), Law(points=10), gaussian, seed)
        assert finding.status is not Status.PASSED


def rounded_to_classes(z, classes=31):
    """x1 moved to the middle of its class, between the thresholds of its score."""
    from scipy.special import ndtri

    middle = np.clip(np.round(ndtr(z[:, 0]) * classes) / classes, 1e-3, 1 - 1e-3)
    return np.column_stack((ndtri(middle), z[:, 1]))


def waved(z, waves=11):
    """The angle's density waves about once for each direction of the scores."""
    angle = np.arctan2(z[:, 1], z[:, 0])
    angle = angle + 0.9 * np.sin(2 * waves * angle) / (2 * waves)
    return np.hypot(*z.T)[:, None] * np.column_stack((np.cos(angle), np.sin(angle)))


def fields_of_a_board(z, fields=8):
    """The copula of a fine checkerboard: both margins are right."""
    u = fields * ndtr(z)
    from scipy.special import ndtri

    light = (np.floor(u).sum(axis=1) % 2 == 1) & (u[:, 0] % 1.0 < 0.7)
    moved = np.where(light, (u[:, 1] + 1) % fields, u[:, 1])
    return np.column_stack((z[:, 0], ndtri(np.clip(moved / fields, 1e-12, 1 - 1e-12))))


@pytest.mark.parametrize("f", [rounded_to_classes, waved, fields_of_a_board])
def test_fine_structure_is_seen_where_a_half_plane_is_off_by_more_than_the_tolerance(f, gaussian):
    assert Yardstick(lambda z: z).discrepancy(f) > TOLERANCE
    for seed in range(2):
        finding = check_law(BatchOracle(f), Law(points=10), gaussian, seed)
        assert finding.status is not Status.PASSED


def three_atoms(z, middle=0.0):
    """x1 is −1, 1 or `middle`, on which half of the mass is: three lines."""
    first = np.where(np.abs(z[:, 0]) > 0.6745, np.sign(z[:, 0]), middle)
    return np.column_stack((first, z[:, 1]))


def test_an_atom_moved_by_a_thousandth_of_the_spread_is_no_longer_there():
    target = build_from_image(three_atoms, {})
    for middle in (2e-3, 2e-4):
        f = lambda z, m=middle: three_atoms(z, m)  # noqa: E731
        finding = check_law(BatchOracle(f), Law(points=10), target, 1)
        # All of the middle line's mass is missing where it was.
        assert finding.status is not Status.PASSED
        assert finding.evidence["largest_difference"] == pytest.approx(0.5, abs=0.01)
    rounding = check_law(BatchOracle(lambda z: three_atoms(z, 2e-7)), Law(points=10), target, 1)
    assert rounding.status is Status.PASSED


def test_both_margins_right_and_the_dependence_wrong_in_the_tail_only():
    # Comonotone where both are beyond 1.2, so the corner has mass that it should not have.
    target = build_from_image(lambda z: z, {})

    def f(z):
        corner = (z > 1.2).all(axis=1)
        order = np.column_stack((z[:, 0], np.where(corner, z[:, 0], z[:, 1])))
        return np.where((z[:, :1] > 0.8) & ~corner[:, None], z * [1, -1], order)

    assert check_law(BatchOracle(f), Law(points=10), target, 1).status is not Status.PASSED
