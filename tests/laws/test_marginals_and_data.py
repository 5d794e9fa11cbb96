"""Laws of one coordinate, laws known from data only, and fits that are graded on a scale."""

import numpy as np
import pytest

from exercises.checks.fit import check_fit, ends
from exercises.checks.law import check_law, tolerance
from exercises.criteria import Fit, Law
from exercises.report import Status
from exercises.tables.target_building import build_from_image, build_from_rows
from tests.laws.plain_oracle import BatchOracle
from tests.laws.targets import LAWS

TEN, FIT = Law(points=10), Fit(points=10)


@pytest.fixture(scope="module")
def small():
    """Smaller draws for tables, to save time."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("exercises.tables.target_building._PILOT_CELLS", (64, 128))
        patch.setattr("exercises.tables.target_building._TABLE_CELLS", (128, 256))
        patch.setattr("exercises.tables.target_building._DISTANCE_CELLS", (64, 64))
        yield


@pytest.fixture(scope="module")
def banana(small):
    return build_from_image(LAWS["banana"].reference, {})


@pytest.fixture(scope="module")
def data():
    """Rows of the law of a banana, as an instructor may have them."""
    return LAWS["banana"].reference(np.random.default_rng(8).normal(size=(20_000, 2)))


@pytest.fixture(scope="module")
def from_data(small, data):
    return build_from_rows(data, {})


def law(f, target, criterion=TEN, seed=1):
    return check_law(BatchOracle(f), criterion, target, seed)


def fit(f, target, criterion=FIT, seed=1):
    return check_fit(BatchOracle(f), criterion, target, seed)


def banana_of(z, bend=1.0):
    return np.column_stack((z[:, 0], z[:, 1] + bend * z[:, 0] ** 2))


class TestMarginals:
    def test_only_the_law_of_that_coordinate_is_compared(self, banana):
        for f in (lambda z: z, lambda z: z[:, [1, 1]], lambda z: np.exp(z) * [0, 1] + z * [1, 0]):
            assert law(f, banana, Law(points=10, marginal=0)).points == 10
            assert law(f, banana).points < 10

    def test_the_other_coordinate_alone(self, banana):
        second = Law(points=10, marginal=1)
        assert law(lambda z: banana_of(z) * [5, 1], banana, second).points == 10
        finding = law(lambda z: z + np.array([0, 1]), banana, second)
        assert finding.status is Status.PARTIAL
        assert finding.message.startswith("x2 does not follow the target.")

    @pytest.mark.parametrize(
        ("f", "mistake"),
        [
            (lambda z: 1.2 * z, "scale"),
            (lambda z: z + 0.2, "shift"),
            (np.abs, "lost sign of x1"),
            (lambda z: np.sinh(z), "wrong tail"),
            (lambda z: 0 * z + [0, 1] * z, "collapsed to a point"),
        ],
    )
    def test_mistakes_are_named_of_that_coordinate_only(self, f, mistake, banana):
        finding = law(f, banana, Law(points=10, marginal=0))
        assert finding.evidence["mistake"] == mistake, finding.message
        assert "x2" not in finding.message

    def test_a_value_that_is_not_finite_is_none_of_a_coordinate(self, banana):
        finding = law(lambda z: z * [1, np.nan], banana, Law(points=10, marginal=0))
        assert finding.points == 0


class TestData:
    def test_the_law_of_the_data_passes_and_says_how_near_that_is(self, from_data):
        finding = law(banana_of, from_data)
        assert finding.status is Status.PASSED, finding.message
        assert finding.evidence["target"] == "10000 held-out rows"
        assert finding.evidence["tolerance"] == tolerance(from_data) > 0.02
        assert "held-out data" in finding.message

    def test_another_law_does_not(self, from_data):
        for f in (lambda z: z, lambda z: banana_of(z, 0.5), lambda z: banana_of(z) + 0.3):
            assert law(f, from_data).status in (Status.FAILED, Status.PARTIAL)

    def test_right_answers_do_not_fail_whatever_rows_were_drawn(self, small):
        for seed in range(6):
            rows = np.random.default_rng(seed).normal(size=(2000, 2))
            target = build_from_rows(rows, {})
            assert law(lambda z: z, target, seed=seed).status is Status.PASSED
            assert fit(lambda z: z, target, seed=seed).points == 10


class TestFits:
    def test_a_right_generator_earns_everything(self, from_data, banana):
        for f in (banana_of, lambda z: banana_of(-z), lambda z: banana_of(z[:, ::-1])):
            assert fit(f, from_data).status is Status.PASSED
            assert fit(f, banana).status is Status.PASSED

    def test_points_fall_with_the_distance(self, from_data, banana):
        for target in (from_data, banana):
            findings = [fit(lambda z, b=b: banana_of(z, b), target) for b in (1, 0.7, 0.4, 0.2, 0)]
            points = [finding.points for finding in findings]
            assert points == sorted(points, reverse=True)
            assert points[-1] < points[0] == 10
            distances = [finding.evidence["distance"] for finding in findings]
            assert distances == sorted(distances)

    def test_the_baseline_earns_nothing(self, banana):
        assert fit(lambda z: z, banana).points < 0.5
        near = Fit(points=10, baseline=0.05)
        assert fit(lambda z: banana_of(z, 0.5), banana, near).points == 0
        assert ends(banana, near)[1] == 0.05

    def test_a_reference_that_was_fitted_ends_the_scale(self, small, data):
        def rough(z):
            return banana_of(z, 0.6)

        target = build_from_rows(data, {}, lambda z: rough(z[None])[0])
        assert fit(rough, target).points == 10
        assert fit(lambda z: banana_of(z, 0.2), target).points < 10

    def test_being_hard_to_measure_does_not_pay(self, banana):
        def wild(z):
            return banana_of(z * np.where(np.sin(1e5 * z[:, 1:]) < 0, -1.0, 1.0), 0.5)

        assert fit(wild, banana).points <= fit(lambda z: banana_of(z, 0.5), banana).points + 0.7
        assert fit(wild, banana).evidence["evaluations"] > 16_384

    def test_what_is_not_finite_earns_nothing(self, banana):
        finding = fit(lambda z: np.where(z[:, :1] > 2.5, np.nan, banana_of(z)), banana)
        assert finding.points == 0
        assert "not finite" in finding.message

    def test_the_same_seed_repeats_it_and_no_points_only_inform(self, banana):
        f = lambda z: banana_of(z, 0.8)  # noqa: E731
        assert fit(f, banana, seed=4) == fit(f, banana, seed=4)
        assert fit(f, banana, seed=4).evidence != fit(f, banana, seed=5).evidence
        assert fit(f, banana, Fit(points=0)).status is Status.INFORMATIVE
