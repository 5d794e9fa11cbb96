"""The boundary's image: crossings are found, winding numbers are right, bends get more points."""

import numpy as np
import pytest

from exercises.numerics.boundary import trace_boundary
from exercises.numerics.polygon import crossings, nearest_pieces, winding_numbers
from exercises.numerics.probe import Probe
from exercises.oracle import Answer

T = np.linspace(0, 2 * np.pi, 200, endpoint=False)
CIRCLE = np.column_stack((np.cos(T), np.sin(T)))
EIGHT = np.column_stack((np.sin(T + 0.01), np.sin(2 * T + 0.02)))


def probe_of(f):
    return Probe(lambda points: Answer(f(points)), 10_000)


def test_a_circle_does_not_cross_itself_and_an_eight_does_once():
    assert len(crossings(CIRCLE)) == 0
    assert len(crossings(EIGHT)) == 1
    assert len(crossings(EIGHT[::-1])) == 1


def test_a_touch_is_a_crossing_as_doubt_is_no_certificate():
    pinched = np.array([[0, 0], [2, 0], [2, 2], [1, 0], [0, 2]], dtype=float)
    assert len(crossings(pinched)) > 0


def test_crossings_agree_with_all_pairs():
    def turn(a, b, c):
        return np.sign((b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]))

    for seed in range(10):
        curve = np.random.default_rng(seed).normal(size=(40, 2))
        ends = [(curve[i], curve[(i + 1) % 40]) for i in range(40)]
        expected = {
            (i, j)
            for i in range(40)
            for j in range(i + 2, 40)
            if j - i < 39
            and turn(*ends[i], ends[j][0]) != turn(*ends[i], ends[j][1])
            and turn(*ends[j], ends[i][0]) != turn(*ends[j], ends[i][1])
        }
        assert {tuple(pair) for pair in crossings(curve)} == expected


@pytest.mark.parametrize(("times", "turns"), [(1, 1), (2, 2), (-1, -1), (-3, -3)])
def test_winding_numbers_count_the_turns(times, turns):
    curve = np.column_stack((np.cos(times * T), np.sin(times * T)))
    points = np.array([[0.0, 0.0], [0.3, -0.5], [1.5, 0.0], [0.0, -2.0]])
    assert winding_numbers(curve, points).tolist() == [turns, turns, 0, 0]


def test_the_nearest_piece_is_the_nearest():
    assert nearest_pieces(CIRCLE, np.array([[2 * np.cos(0.01), 2 * np.sin(0.01)]])).tolist() == [0]


def test_bends_get_more_points_and_lines_do_not():
    plain = trace_boundary(probe_of(lambda z: z), 4.0)
    bent = trace_boundary(probe_of(lambda z: z + np.sin(5 * z)), 4.0)
    assert len(plain.angle) < len(bent.angle)
    assert (np.diff(bent.angle) > 0).all()
    np.testing.assert_allclose(np.hypot(*bent.z.T), 4.0)
    assert trace_boundary(probe_of(lambda z: np.where(z > 0, z, np.nan)), 4.0) is None
