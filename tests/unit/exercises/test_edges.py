"""Edges: bends are followed until they are calm, and no jump is taken for a bend or a kink."""

import numpy as np
import pytest

from exercises.numerics.edges import CALM, Edges
from exercises.numerics.jacobian import linearise
from exercises.numerics.probe import Probe, Resolution
from exercises.oracle import Answer

SHARP = Resolution(noise=np.full(2, 2.0**-53), step=1e-6, bend=1.0)
LENGTH = 0.1


def edges_of(f, count=400):
    """Edges along the first axis, one beside the other, and the probe that asks f."""
    probe = Probe(lambda points: Answer(np.asarray(f(points), dtype=np.float64)), 10**6)
    ends = np.random.default_rng(3).uniform(-1, 1, (count, 2))
    known = linearise(probe, np.concatenate((ends, ends + np.array([LENGTH, 0.02]))), SHARP)
    index = np.arange(count)
    return Edges.of(known, np.column_stack((index, index + count))), probe


def with_jumps(rate, height):
    """Waves of slope 1 and this many radians a unit; along every tenth of a unit a jump."""

    def f(z):
        a, b = z.T
        return np.column_stack((np.sin(rate * a) / rate + height * np.floor(10 * a + 0.3), b))

    return f


def over_a_jump(edges):
    steps = [np.floor(10 * end[:, 0] + 0.3) for end in (edges.start, edges.end)]
    return np.flatnonzero(steps[0] != steps[1])


@pytest.mark.parametrize(("rate", "most"), [(1.0, 0), (15.0, 2), (60.0, 4), (200.0, 6)])
def test_waves_become_calm_and_the_later_the_faster_they_are(rate, most):
    edges, probe = edges_of(with_jumps(rate, 0.0))
    edges, cuts = edges.without_excuse(), 0
    while len(edges.hard):
        edges, _ = edges.refine(probe, SHARP, kinks=False)
        cuts += 1
    assert cuts <= most
    assert len(edges.kinks) == 0


@pytest.mark.parametrize("rate", [1.0, 15.0, 60.0, 200.0])
def test_no_jump_hides_in_waves(rate):
    edges, probe = edges_of(with_jumps(rate, 0.3))
    edges = edges.without_excuse()
    for _ in range(8):
        edges, _ = edges.refine(probe, SHARP, kinks=False)
        across = over_a_jump(edges)
        assert (edges.off[across] > CALM * edges.length[across]).all()
    assert set(edges.hard) == set(across)


@pytest.mark.parametrize("rate", [1.0, 15.0, 60.0, 200.0])
@pytest.mark.parametrize("height", [-0.03, 0.012])
def test_a_jump_of_a_share_of_an_edge_hides_by_chance_only(rate, height):
    # Where the error of a wave is as large and the other way; on most edges it is not.
    edges, probe = edges_of(with_jumps(rate, height))
    edges = edges.without_excuse()
    for attempt in range(8):
        edges, _ = edges.refine(probe, SHARP, kinks=attempt >= 3)
    across = over_a_jump(edges)
    assert np.isin(across, edges.hard).mean() > 0.7


def test_the_parabola_through_three_slopes_sees_a_jump_as_well_as_two_ends_do():
    # A twelfth of an edge: less than 5 % of each part would not hide it, four times that would.
    edges, probe = edges_of(with_jumps(1.0, 0.008))
    edges, _ = edges.without_excuse().refine(probe, SHARP, kinks=False)
    assert np.isin(over_a_jump(edges), edges.hard).all()


def test_an_error_that_stays_tells_jumps_from_waves():
    jumping, probe = edges_of(with_jumps(1.0, 0.3))
    assert jumping.without_excuse().refine(probe, SHARP, kinks=False)[1] > 0.9
    waving, probe = edges_of(with_jumps(30.0, 0.0))
    assert waving.without_excuse().refine(probe, SHARP, kinks=False)[1] < 0.3


def test_a_kink_is_left_where_the_other_part_is_calm_and_only_when_asked():
    bent, probe = edges_of(lambda z: z + 0.5 * np.abs(z - 0.2))
    assert len(bent.hard) == 0 < len(bent.kinks)
    bent = bent.without_excuse()
    assert len(bent.kinks) == 0 < len(bent.hard)
    kept, _ = bent.refine(probe, SHARP, kinks=False)
    assert len(kept.kinks) == 0 < len(kept.hard)
    left, _ = bent.refine(probe, SHARP, kinks=True)
    assert len(left.kinks) == len(kept.hard)
    assert len(left.hard) == 0
    # From its ends, a wave looks like a kink on some edges; as often it does from their middles.
    waving, probe = edges_of(with_jumps(60.0, 0.0))
    assert len(waving.kinks) > 20
    cut, _ = waving.without_excuse().refine(probe, SHARP, kinks=True)
    assert len(cut.kinks) < 0.1 * len(cut.hard)
