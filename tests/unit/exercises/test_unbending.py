"""Unbending: thin images become round by one-to-one maps, and what digits are left is known."""

import numpy as np
import pytest

from exercises.numerics.probe import Probe
from exercises.numerics.unbending import find_unbending
from exercises.oracle import Answer


def z_of(seed=0, count=2_000):
    return np.random.default_rng(seed).normal(size=(count, 2))


def henon(z, times):
    a, b = z.T
    for _ in range(times):
        a, b = 1 - 1.4 * a * a + b, 0.3 * a
    return np.column_stack((a, b))


def copied(z, differ):
    """Outputs that are equal but for a small share."""
    return np.column_stack((z[:, 0], z[:, 0] + differ * z[:, 1]))


THIN = {
    "bent thrice": henon(z_of(), 3),
    "equal to six digits": copied(z_of(), 1e-6),
    "equal to nine digits": copied(z_of(), 1e-9),
}


def left_by_a_cubic(x, changed):
    """The share of one output's spread that a cubic in the other leaves."""
    powers = np.vander(x[:, 1 - changed] / np.ptp(x[:, 1 - changed]), 4)
    fitted = powers @ np.linalg.lstsq(powers, x[:, changed], rcond=None)[0]
    return np.std(x[:, changed] - fitted) / np.std(x[:, changed])


@pytest.mark.parametrize("name", THIN)
def test_what_one_output_tells_of_the_other_is_taken_away(name):
    x = THIN[name]
    assert min(left_by_a_cubic(x, 0), left_by_a_cubic(x, 1)) < 0.01
    unbent = find_unbending(x)(x)
    assert min(left_by_a_cubic(unbent, 0), left_by_a_cubic(unbent, 1)) > 0.03


@pytest.mark.parametrize("name", THIN)
def test_it_can_be_undone_so_that_no_two_outputs_become_one(name):
    x = THIN[name]
    unbending = find_unbending(x)
    np.testing.assert_allclose(unbending.undo(unbending(x)), x, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize(
    "x",
    [
        z_of(),
        np.exp(z_of()),
        np.sinh(2 * z_of()),
        z_of() ** 3 @ [[1.0, -0.4], [0.7, 1.2]],
        # Rounding is as large as what is left, or there is nothing else.
        copied(z_of(), 1e-14),
        copied(z_of(), 0),
        np.ones((100, 2)),
        np.full((100, 2), np.nan),
        z_of()[:5],
    ],
)
def test_other_images_stay_as_they_are(x):
    assert find_unbending(x) is None


@pytest.mark.parametrize("name", ["bent thrice", "equal to nine digits"])
def test_the_error_of_the_coordinates_is_that_of_the_outputs_enlarged(name):
    x, share = THIN[name], 1e-12
    unbending = find_unbending(x)
    known = unbending(x)
    wrong = x * (1 + share * np.random.default_rng(1).choice([-1.0, 1.0], x.shape))
    off = np.abs(unbending(wrong) - known) / (share * unbending.spread_of_errors(known))
    assert off.max() < 1.01
    assert np.median(off.max(axis=1)) > 0.3


def test_a_probe_that_unbends_knows_how_few_digits_are_left_and_what_f_gave():
    probe = Probe(lambda points: Answer(copied(points, 1e-9)), 10**6)
    z = z_of()
    probe.fit(z)
    given = copied(z, 1e-9)
    np.testing.assert_array_equal(probe.original(probe(z)), given)
    probe.unbend(find_unbending(probe(z)), z)
    x = probe(z)
    assert probe.unbent
    assert (np.median(np.abs(x), axis=0) > 0.1).all()
    assert (np.median(np.abs(x), axis=0) < 10).all()
    # Nine digits went with what one output tells of the other.
    digits = np.log10(np.median(probe.size(x) / np.abs(x), axis=0))
    assert abs(digits.min()) < 0.5
    assert 8.5 < digits.max() < 10
    np.testing.assert_allclose(probe.original(x), given, rtol=1e-14)
    np.testing.assert_array_equal(probe.as_given(z[:2]), given[:2])
