"""Verdicts on laws are true: right answers pass whatever their form, near misses do not."""

import numpy as np
import pytest
from scipy.special import log_ndtr

from exercises.catalog.reading import COURSE
from exercises.checks.law import FALSE_FAIL, TOLERANCE, check_law, credit
from exercises.criteria import Law
from exercises.numerics.gaussian_points import stratified_pairs
from exercises.numerics.streams import stream
from exercises.numerics.two_sample import Counts, count_events
from exercises.report import Status
from exercises.tables.target import load_target
from exercises.tables.target_building import build_from_image
from tests.laws.answers import RIGHT, WRONG
from tests.laws.law_case import turn
from tests.laws.plain_oracle import BatchOracle

TARGET = load_target(COURSE / "affine")
TEN = Law(points=10)


def judged(f, seed=1):
    return check_law(BatchOracle(f), TEN, TARGET, seed)


@pytest.mark.parametrize("name", RIGHT)
def test_right_answers_earn_everything(name):
    finding = judged(RIGHT[name])
    assert finding.status is Status.PASSED, finding.message
    assert finding.points == 10


@pytest.mark.parametrize("name", WRONG)
def test_wrong_answers_do_not_pass(name):
    finding = judged(WRONG[name])
    assert finding.status in (Status.FAILED, Status.PARTIAL), finding.message
    assert finding.points < 10
    assert (finding.status is Status.PARTIAL) == (finding.points > 0)
    assert finding.evidence["verdict"] == "wrong"


def test_most_answers_need_one_look_and_wild_ones_are_looked_at_longer():
    assert judged(RIGHT["reference"]).evidence["evaluations"] == 16_384
    assert judged(RIGHT["shuffled rings"]).evidence["evaluations"] > 80_000


def test_the_same_seed_repeats_the_finding_and_another_draws_anew():
    f = WRONG["extra shear"]
    assert judged(f, 5) == judged(f, 5)
    assert judged(f, 5).evidence["distance"] != judged(f, 6).evidence["distance"]


def test_credit_falls_as_the_mistake_grows():
    scales = [1.96, 1.9, 1.8, 1.6, 1.3, 1.0]
    points = [judged(lambda z, s=s: s * z + 1).points for s in scales]
    assert points == sorted(points, reverse=True)
    assert points[0] > 9
    shifts = [judged(lambda z, s=s: 2 * z + 1 + s).points for s in (0.05, 0.2, 0.5, 1.0, 2.0)]
    assert shifts == sorted(shifts, reverse=True)
    assert judged(WRONG["starter"]).points == 0


def test_credit_is_monotone_and_bounded():
    distances = np.geomspace(1e-6, 1.0, 200)
    for base in (0.0, 0.01, 0.3, 1.0):
        credits = [credit(float(d), base) for d in distances]
        assert credits == sorted(credits, reverse=True)
        assert credits[0] == 1
        assert credits[-1] == 0
    assert credit(float("nan"), 0.3) == 1.0 or credit(float("nan"), 0.3) == 0.0


@pytest.mark.parametrize(
    ("name", "mistake", "words"),
    [
        ("shift of a tenth", "shift", "median of x1 is 1.1, it should be 1"),
        ("no shift", "shift", "median of x1 is 0, it should be 1"),
        ("scale 1.8", "scale", "% too small"),
        ("starter", "shift and scale", "about half of the target's"),
        ("variance for deviation", "scale", "about twice the target's"),
        ("lost sign", "lost sign of x1 and x2", "a sign got lost"),
        ("correlated", None, "depend on each other"),
        ("not finite", None, "not finite"),
        ("constant", "collapsed to a point", "one point"),
    ],
)
def test_the_message_names_what_is_wrong(name, mistake, words):
    finding = judged(WRONG[name])
    assert finding.evidence["mistake"] == mistake
    assert words in finding.message


def test_swapped_coordinates_are_named_though_a_shift_and_a_scale_would_explain_them():
    target = build_from_image(lambda z: z * [2.0, 1.0] + [1.0, -2.0], {}, (32, 64))
    finding = check_law(BatchOracle(lambda z: z * [1.0, 2.0] + [-2.0, 1.0]), Law(), target, 1)
    assert finding.evidence["mistake"] == "swapped axes"


@pytest.mark.parametrize("degrees", [20, -50])
@pytest.mark.parametrize(
    "law",
    [np.abs, lambda z: np.exp(z / 2), lambda z: -log_ndtr(z)],
    ids=["edges", "skew", "steep"],
)
def test_a_turn_is_told_to_the_degree(law, degrees):
    target = build_from_image(law, {}, (64, 128))
    finding = check_law(BatchOracle(lambda z: turn(law(z), np.radians(degrees))), TEN, target, 1)
    assert finding.evidence["mistake"] == "rotation"
    way = "counterclockwise" if degrees > 0 else "clockwise"
    assert f"turned by about {abs(degrees)} degrees {way}" in finding.message


def test_values_as_large_as_a_number_can_be_are_no_single_point():
    finding = judged(lambda z: 1e307 * z)
    assert finding.evidence["mistake"] == "scale"
    assert "more than a hundred times too large" in finding.message


def test_a_missing_heap_is_said_though_no_single_mistake_explains_the_rest():
    def two_heaps(z):
        return 0.4 * z + np.where(z[:, :1] < 0, [-2.0, 0.0], [2.0, 0.0])

    finding = check_law(BatchOracle(two_heaps), TEN, load_target(COURSE / "mode-repair"), 1)
    assert finding.evidence["mistake"] is None
    assert "One of the target's 3 modes is missing: 33 % of the target lies" in finding.message
    assert finding.message.endswith("It may not be all that differs.")


def test_an_ungraded_law_only_informs():
    ungraded = Law(points=0)
    finding = check_law(BatchOracle(WRONG["starter"]), ungraded, TARGET, 1)
    assert finding.status is Status.INFORMATIVE
    assert finding.max_points == 0


def test_an_undecided_law_earns_less_than_everything(monkeypatch):
    # Without further looks an f that shuffles the plane cannot be told to the tolerance.
    monkeypatch.setattr("exercises.checks.law.LOOKS", ((64, 128),))
    finding = judged(RIGHT["shuffled rings"])
    assert finding.status is Status.INCONCLUSIVE
    assert 0 < finding.points < 10


def test_no_near_miss_passes_whose_distribution_is_off_by_more_than_the_tolerance():
    # The largest error of a half-plane's probability for s·z + 1 instead of 2·z + 1.
    from scipy.special import ndtr

    for scale in (1.9, 1.92, 2.08, 2.1):
        line = np.linspace(0, 4, 2000)
        assert np.abs(ndtr(line) - ndtr(line * 2 / scale)).max() > TOLERANCE * 0.9
        for seed in range(5):
            finding = judged(lambda z, s=scale: s * z + 1, seed)
            assert finding.status is not Status.PASSED


def test_a_difference_seen_only_in_rings_does_not_pass():
    # Both coordinates are Gaussian and uncorrelated, but the pair is not.
    assert judged(WRONG["signs tied"]).status is not Status.PASSED


def test_the_bound_holds_as_often_as_the_theory_says():
    """Coverage of the bound at a rate that can be simulated, for smooth and for wild events."""
    ell, rng, above, looked = 3.0, np.random.default_rng(7), 0, 0
    allowed = 3 * np.exp(-ell)
    for _ in range(400):
        pairs = stratified_pairs(rng, 8, 16).reshape(-1, 2)
        wave = np.sin(40 * pairs[:, 0]) * pairs[:, 1]
        values = np.column_stack((pairs[:, 0], wave))
        thresholds = np.array([[-0.5, 0.8], [0.0, 0.0]])
        counts = count_events(values[::2].T, values[1::2].T, thresholds)
        truth = np.array([[0.3085375387, 0.7881446014], [0.5, 0.5]])
        above += int((np.abs(counts.share - truth) > counts.bound(ell)).sum())
        looked += truth.size
    assert above / looked <= allowed
    # And it is not so wide that it would hold anything.
    assert counts.bound(ell).max() < 0.2


def test_the_variance_is_read_off_the_pairs():
    rng = np.random.default_rng(3)
    shares, disagreeing = [], []
    for _ in range(600):
        pairs = stratified_pairs(rng, 8, 8).reshape(-1, 2)
        line = (pairs @ [0.6, 0.8]).reshape(-1, 2)
        counts = count_events(line[None, :, 0], line[None, :, 1], np.array([[0.3]]))
        shares.append(counts.share[0, 0] * counts.points)
        disagreeing.append(counts.disagreeing[0, 0])
    assert np.var(shares) == pytest.approx(np.mean(disagreeing), rel=0.2)


def test_counting_agrees_with_the_definition_and_nan_is_in_no_event():
    rng = np.random.default_rng(5)
    values = rng.integers(-3, 4, (200, 3)).astype(float)
    values[::7, 1] = np.nan
    thresholds = np.sort(rng.integers(-3, 4, (3, 5)).astype(float), axis=1)
    counts = count_events(values[::2].T, values[1::2].T, thresholds)
    inside = values[:, :, None] <= thresholds[None]
    np.testing.assert_allclose(counts.share, inside.mean(axis=0))
    np.testing.assert_array_equal(counts.disagreeing, (inside[::2] != inside[1::2]).sum(axis=0))


def test_more_points_tighten_the_bound():
    few = Counts(np.zeros((1, 1)), np.full((1, 1), 50.0), 16_384)
    many = Counts(np.zeros((1, 1)), np.full((1, 1), 100.0), 65_536)
    assert many.bound(22.0).max() < few.bound(22.0).max() / 2


def test_stratified_pairs_follow_the_gaussian_and_stay_in_their_cells():
    pairs = stratified_pairs(stream(1, "x"), 16, 8)
    assert pairs.shape == (128, 2, 2)
    assert np.isfinite(pairs).all()
    from scipy.special import ndtr

    cells = (ndtr(pairs) * [16, 8]).astype(int)
    assert (cells[:, 0] == cells[:, 1]).all()
    assert len(np.unique(cells[:, 0], axis=0)) == 128


def test_the_stated_false_fail_rate_is_the_one_that_is_used():
    assert judged(RIGHT["reference"]).evidence["false_fail_probability"] == FALSE_FAIL == 1e-6
