"""The arguments for invertibility one by one: each holds where it should and nowhere else."""

import numpy as np
import pytest

from exercises.numerics.gaussian_points import gaussian_lattice
from exercises.numerics.jacobian import linearise
from exercises.numerics.monotone import is_monotone
from exercises.numerics.pieces import argue_by_pieces, disc_grid
from exercises.numerics.probe import Probe, Resolution
from exercises.oracle import Answer

SHARP = Resolution(noise=np.full(2, 2.0**-53), step=1e-6, bend=1.0)


def probe_of(f):
    return Probe(lambda points: Answer(np.asarray(f(points), dtype=np.float64)), 10**6)


def inner_disc(change):
    """z outside the unit circle, and inside of it changed."""
    return lambda z: np.where(np.hypot(*z.T)[:, None] > 1, z, change(z))


@pytest.mark.parametrize(
    ("f", "holds"),
    [
        (inner_disc(lambda z: 0.5 * z), True),
        (inner_disc(lambda z: z * [-0.9, 0.9]), True),
        (inner_disc(lambda z: 0.5 * z + [9, 0]), True),
        # Its outline crosses no other, but it lies on the image of the ring.
        (inner_disc(lambda z: 0.2 * z + [2, 0]), False),
        (inner_disc(lambda z: 1.1 * z), False),
        (lambda z: z + np.where(z[:, :1] > 0, [1.0, 0.5], 0), True),
        (lambda z: z - np.where(z[:, :1] > 0, [0.05, 0.5], 0), False),
        (lambda z: z + np.where(z[:, :1] > 0, [1.0, 0.5], 0) + 2 * np.sin(z), False),
    ],
)
def test_pieces_must_lie_apart(f, holds):
    assert (argue_by_pieces(probe_of(f), SHARP, 4.0) is not None) == holds


def test_the_strips_that_belong_to_no_piece_are_measured():
    left_out = argue_by_pieces(
        probe_of(lambda z: z + np.where(z[:, :1] > 0, [1.0, 0.5], 0)), SHARP, 4.0
    )
    # Both sides of a line through the middle, each 1e-4 wide across slanting edges of the grid.
    assert 0.3 * 2e-4 * 0.3989 < left_out <= 1.01 * 2e-4 * 0.3989


@pytest.mark.parametrize("across", [12, 40])
def test_the_grid_fills_the_disc_with_cells_that_turn_one_way(across):
    grid = disc_grid(4.0, across)
    corners = grid.nodes[grid.cells]
    one, two = corners[:, 2] - corners[:, 0], corners[:, 3] - corners[:, 1]
    areas = (one[:, 0] * two[:, 1] - one[:, 1] * two[:, 0]) / 2
    assert (areas > 0).all()
    assert areas.sum() == pytest.approx(16 * np.pi, rel=0.05)
    ends = np.sort(np.stack((grid.cells, np.roll(grid.cells, -1, axis=1)), axis=-1), axis=-1)
    np.testing.assert_array_equal(grid.edges[grid.sides], ends)


@pytest.mark.parametrize(
    ("f", "holds"),
    [
        (lambda z: z @ [[1.0, 0.7], [-0.4, 1.2]], True),
        (lambda z: z + 0.9 * np.sin(z), True),
        (lambda z: z + np.floor(7 * z) / 7, True),
        (lambda z: z + 1.1 * np.sin(z), False),
        # Its slopes are 1 wherever it has any.
        (lambda z: z - 0.5 * np.floor(50 * z) / 50, False),
        (lambda z: np.abs(z), False),
        (lambda z: 0 * z, False),
    ],
)
def test_monotone_maps_are_told_by_pairs_as_well_as_by_slopes(f, holds):
    rng, probe = np.random.default_rng(1), probe_of(f)
    known = linearise(probe, gaussian_lattice(rng, 2_000, 4.0), SHARP)
    assert is_monotone(probe, known, np.empty((0, 2, 2)), 4.0, rng) == holds


def test_one_small_jump_backwards_is_seen_beside_the_jump():
    rng, probe = np.random.default_rng(1), probe_of(lambda z: z - 1e-3 * (z[:, :1] > 0.3))
    known = linearise(probe, gaussian_lattice(rng, 400, 4.0), SHARP)
    jump = np.array([[[0.3 - 1e-9, 0.5], [0.3 + 1e-9, 0.5]]])
    assert not is_monotone(probe, known, jump, 4.0, rng)
