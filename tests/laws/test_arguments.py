"""The arguments for invertibility one by one: each holds where it should and nowhere else."""

import numpy as np
import pytest

from exercises.numerics.counting import argue_by_counting
from exercises.numerics.division import disc_grid, divide
from exercises.numerics.frame import Frame
from exercises.numerics.gaussian_points import gaussian_lattice
from exercises.numerics.high_order import settle_rarer, settle_signs
from exercises.numerics.jacobian import linearise
from exercises.numerics.monotone import is_monotone
from exercises.numerics.pieces import argue_by_pieces
from exercises.numerics.polygon import crossings
from exercises.numerics.probe import Probe, Resolution
from exercises.numerics.triangular import argue_by_triangle
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
    probe = probe_of(f)
    assert (argue_by_pieces(probe, divide(probe, SHARP, 4.0)) is not None) == holds


def test_the_strips_that_belong_to_no_piece_are_measured():
    probe = probe_of(lambda z: z + np.where(z[:, :1] > 0, [1.0, 0.5], 0))
    left_out = argue_by_pieces(probe, divide(probe, SHARP, 4.0))
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


def lattice_of(probe, count=2_000):
    return linearise(probe, gaussian_lattice(np.random.default_rng(2), count, 4.0), SHARP)


SLANTED = np.array([[0.8, -0.6], [0.6, 0.8]])


@pytest.mark.parametrize(
    ("f", "holds"),
    [
        (lambda z: np.column_stack((z[:, 0] + 3 * np.sin(200 * z[:, 1]), z[:, 1])), True),
        (lambda z: shear(z @ SLANTED) @ [[1.0, 0.7], [-0.4, 1.2]], True),
        (lambda z: 2 * np.floor(z) + 1 - z, True),
        (lambda z: z - 2.02 * np.floor(z), True),
        (lambda z: (1 / z) @ [[1.0, 0.7], [-0.4, 1.2]], True),
        # Cells that overlap by a hundredth, in one coordinate or in both.
        (lambda z: z - 1.98 * np.floor(z), False),
        (lambda z: np.column_stack((z[:, 0], z[:, 1] - 1.99 * np.floor(z[:, 1]))), False),
        # Lines stay parallel, but not one-to-one.
        (lambda z: np.column_stack((z[:, 0] + np.sin(z[:, 1]), np.abs(z[:, 1]))), False),
        (lambda z: np.column_stack((z[:, 0] ** 2, z[:, 1])), False),
        # A small disc is moved along the lines of one direction.
        (lambda z: z + np.where(np.hypot(*(z - 0.5).T)[:, None] < 0.2, [1.5, 0], 0), False),
        # Only one direction stays parallel, and f goes both ways along it.
        (lambda z: z * np.column_stack((np.ones(len(z)), np.sign(z[:, 0]))), False),
        (lambda z: z + 0.1 * z**2 @ [[1, 2], [1, -1]], False),
    ],
)
def test_lines_that_stay_parallel_are_an_argument_only_with_the_rest(f, holds):
    probe, rng = probe_of(f), np.random.default_rng(1)
    assert argue_by_triangle(probe, lattice_of(probe), SHARP, 4.0, rng) == holds


def shear(z):
    return np.column_stack((z[:, 0] + 0.05 * np.sin(150 * z[:, 1]), z[:, 1]))


def sectors(turned):
    """Three sectors, each turned by its number of thirds."""

    def f(z):
        number = np.floor((np.arctan2(z[:, 1], z[:, 0]) / np.pi + 1) * 1.5).astype(int) % 3
        angle = 2 * np.pi / 3 * np.array(turned)[number]
        c, s = np.cos(angle), np.sin(angle)
        return np.column_stack((c * z[:, 0] - s * z[:, 1], s * z[:, 0] + c * z[:, 1]))

    return f


def test_counting_tells_pieces_that_touch_from_pieces_that_overlap():
    for f, once in ((sectors((1, -1, 0)), True), (sectors((1, 0, 0)), False)):
        probe = probe_of(f)
        left_out, witness = argue_by_counting(
            probe, divide(probe, SHARP, 4.0), lattice_of(probe), SHARP, 4.0
        )
        assert (witness is None) == once
        assert (left_out < 0.004) == once


def test_a_narrow_overlap_of_touching_pieces_gives_a_witness():
    # The inner disc, turned, grows over the ring around it by 0.005.
    probe = probe_of(inner_disc(lambda z: 1.005 * z[:, ::-1] * [1, -1]))
    left_out, witness = argue_by_counting(
        probe, divide(probe, SHARP, 4.0), lattice_of(probe), SHARP, 4.0
    )
    assert witness is not None
    assert left_out is not None


def test_high_orders_settle_signs_that_simple_differences_do_not():
    probe = probe_of(lambda z: z**5 @ [[1.0, -0.4], [0.7, 1.2]])
    near = np.column_stack((np.linspace(0.004, 0.02, 50), np.full(50, 1.5)))
    known = linearise(probe, near, SHARP)
    settled = settle_signs(probe, known, SHARP)
    assert (known.sign == 0).any()
    assert (settled.sign == 1).all()


def test_high_orders_settle_nothing_across_a_kink():
    probe = probe_of(lambda z: np.column_stack((z[:, 0], np.abs(z[:, 0]) + 1e-12 * z[:, 1])))
    near = np.column_stack((np.linspace(-0.01, 0.01, 40), np.linspace(-1, 1, 40)))
    known = linearise(probe, near, SHARP)
    settled = settle_signs(probe, known, SHARP)
    assert (settled.sign == 0).all()


def kicked(z, times):
    """Chirikov's standard map: each kick can be undone, and det J is 1."""
    a, b = z.T
    for _ in range(times):
        b = b + np.sin(a)
        a = a + b
    return np.column_stack((a, b))


def test_high_orders_put_signs_right_that_differences_get_wrong():
    probe = probe_of(lambda z: kicked(z, 12))
    known = lattice_of(probe, 9_000)
    assert 20 < (known.sign == -1).sum() < 200
    settled = settle_rarer(probe, known, SHARP)
    assert not (settled.sign == -1).any()
    turned = np.flatnonzero(known.sign == -1)
    rows = np.linalg.norm(settled.jacobian, axis=2).prod(axis=1)
    np.testing.assert_allclose((settled.relative * rows)[turned], 1, rtol=0.05)


def test_high_orders_leave_a_fold_as_it_is():
    probe = probe_of(lambda z: kicked(np.column_stack((z[:, 0], z[:, 1] * (3 - z[:, 1]))), 4))
    known = lattice_of(probe)
    assert (known.sign == -1).sum() > 60
    np.testing.assert_array_equal(settle_rarer(probe, known, SHARP).sign, known.sign)


def test_in_an_unbent_frame_a_thin_image_has_a_rim_that_does_not_cross_itself():
    def henon(z):
        a, b = z.T
        for _ in range(3):
            a, b = 1 - 1.4 * a * a + b, 0.3 * a
        return np.column_stack((a, b))

    angle = np.linspace(0, 2 * np.pi, 6_000, endpoint=False)
    rim = henon(4 * np.column_stack((np.cos(angle), np.sin(angle))))
    seen = henon(gaussian_lattice(np.random.default_rng(2), 2_000, 4.0))
    assert len(crossings(Frame.box(rim)(rim))) > 1_000
    assert len(crossings(Frame.unbent(seen)(rim))) == 0
    assert Frame.unbent(gaussian_lattice(np.random.default_rng(2), 2_000, 4.0)) is None
