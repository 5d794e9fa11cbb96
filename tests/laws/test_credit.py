"""Partial credit never rises as a mistake grows, whatever the kind of mistake."""

import numpy as np
import pytest

from exercises.catalog.reading import COURSE
from exercises.checks.law import check_law
from exercises.criteria import Law
from exercises.tables.target import load_target
from tests.laws.law_case import turn
from tests.laws.plain_oracle import BatchOracle

AFFINE = load_target(COURSE / "affine")
#: A point's tenth: what a look's own error may move the points by.
NOISE = 0.1


def scaled(amount):
    return lambda z: (2 + amount) * z + 1


def narrowed(amount):
    return lambda z: (2 - amount) * z + 1


def shifted(amount):
    return lambda z: 2 * z + 1 + np.array([amount, 0])


def turned(amount):
    # A rotation of the plane moves the mean.
    return lambda z: turn(2 * z + 1, amount)


def tied(amount):
    return lambda z: (
        1
        + 2 * np.column_stack((z[:, 0], amount * z[:, 0] + np.sqrt(1 - amount * amount) * z[:, 1]))
    )


def contaminated(amount):
    # One of 4096 strips after the other goes elsewhere.
    from scipy.special import ndtr

    return lambda z: np.where((ndtr(z[:, :1]) * 64 % 1.0) < amount, 9.0, 2 * z + 1)


def cut(amount):
    return lambda z: 1 + 2 * np.clip(z, -3 + amount, 3 - amount)


@pytest.mark.parametrize(
    ("path", "most"),
    [
        (scaled, 4.0),
        (narrowed, 2.0),
        (shifted, 4.0),
        (turned, 3.1),
        (tied, 0.999),
        (contaminated, 0.6),
        (cut, 2.9),
    ],
)
def test_points_never_rise_along_a_path_of_mistakes(path, most):
    points = []
    for amount in np.geomspace(0.01, 1, 9) * most:
        f = path(float(amount))
        points.append(check_law(BatchOracle(f), Law(points=10), AFFINE, 3).points)
    assert (np.diff(points) <= NOISE).all(), points
    assert points[0] > 9
    assert points[-1] < 6


def test_a_scale_of_1_96_for_2_earns_nearly_all():
    finding = check_law(BatchOracle(narrowed(0.04)), Law(points=100), AFFINE, 1)
    assert 95 < finding.points < 100
