"""The check of likelihood: a scale in nats, for densities only."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from exercises.checks.likelihood import check_likelihood, gaussian_log_prob
from exercises.checks.rubric import check_criterion
from exercises.criteria import Likelihood, LogProb, Normalization
from exercises.exercise import CodeExercise
from exercises.judge import judge
from exercises.report import Finding, Status
from exercises.tables.points import BrokenPoints, held_out
from tests.laws.module_oracle import case_of
from tests.unit.exercises.held_out_exercise import DENSITY, DENSITY_REFERENCE, exercise_in

CRITERION = Likelihood(points=10)


@pytest.fixture(scope="module")
def exercise(tmp_path_factory: pytest.TempPathFactory) -> CodeExercise:
    return exercise_in(tmp_path_factory.mktemp("density"), DENSITY, DENSITY_REFERENCE)


def right(x):
    return -(x[0] ** 2) / 2 - 2 * (x[1] - x[0] ** 2) ** 2 - math.log(math.pi)


def spread(scale: float) -> Callable[..., float]:
    """The density with another spread across the curve."""

    def log_prob(x):
        v = (x[1] - x[0] ** 2) / scale
        return -(x[0] ** 2) / 2 - v * v / 2 - math.log(2 * math.pi * scale)

    return log_prob


def found(
    exercise: CodeExercise, function: Callable[..., object], criterion: Likelihood = CRITERION
) -> Finding:
    finding = check_likelihood(case_of(exercise, {"log_prob": function}), criterion)
    assert 0 <= finding.points <= finding.max_points
    finding.model_dump_json()
    return finding


def test_the_right_density_earns_all(exercise: CodeExercise) -> None:
    finding = found(exercise, right)
    assert (finding.status, finding.points) == (Status.PASSED, 10)
    assert finding.evidence["share"] == pytest.approx(1)
    assert "as good as can be expected" in finding.message
    assert "that of the best single Gaussian, earns nothing" in finding.message


def test_a_density_that_was_learned_earns_all(exercise: CodeExercise) -> None:
    assert found(exercise, spread(0.51)).status is Status.PASSED


def test_credit_is_the_part_of_the_way(exercise: CodeExercise) -> None:
    points = held_out(exercise, "log_prob")
    baseline = gaussian_log_prob(points.inputs).mean()
    earned = []
    for scale in (0.5, 0.8, 1.0, 1.3):
        finding = found(exercise, spread(scale))
        mean = np.mean([spread(scale)(x) for x in points.inputs])
        share = (mean - baseline) / (points.outputs.mean() - baseline)
        assert finding.evidence["mean"] == pytest.approx(mean)
        assert finding.evidence["share"] == pytest.approx(share)
        if finding.status is Status.PARTIAL:
            assert finding.points == pytest.approx(10 * share, abs=0.01)
            assert f"so it is {100 * share:.0f} % of the way" in finding.message
        earned.append(finding.points)
    assert earned[0] == 10
    assert earned == sorted(earned, reverse=True)
    assert len(set(earned)) == 4


def test_the_best_single_gaussian_earns_nothing(exercise: CodeExercise) -> None:
    x = held_out(exercise, "log_prob").inputs
    mean, inverse = x.mean(axis=0), np.linalg.inv(np.cov(x.T, bias=True))
    constant = math.log(2 * math.pi) - np.linalg.slogdet(inverse)[1] / 2

    def gaussian(point):
        return -(point - mean) @ inverse @ (point - mean) / 2 - constant

    np.testing.assert_allclose(gaussian_log_prob(x), [gaussian(point) for point in x])
    finding = found(exercise, gaussian)
    assert (finding.status, finding.points) == (Status.FAILED, 0)
    # No other Gaussian is better on these points.
    for factor in (0.9, 1.1):
        scaled = gaussian_log_prob(mean + (x - mean) * factor) + 2 * math.log(factor)
        other = [gaussian(mean + (point - mean) * factor) for point in x]
        assert np.mean(other) + 2 * math.log(factor) < scaled.mean()


def test_the_scale_may_be_the_exercises_own(exercise: CodeExercise) -> None:
    mean = float(held_out(exercise, "log_prob").outputs.mean())
    criterion = Likelihood(points=10, baseline=mean - 1, full=mean + 1)
    finding = found(exercise, right, criterion)
    assert finding.points == pytest.approx(5, abs=0.01)
    assert "single Gaussian" not in finding.message


@pytest.mark.parametrize(
    ("value", "says"),
    [
        (-np.inf, "log_prob is -inf at "),
        (np.nan, "log_prob is nan at "),
        (np.inf, "log_prob is inf at "),
    ],
)
def test_one_value_that_is_no_number_earns_nothing(
    exercise: CodeExercise, value: float, says: str
) -> None:
    finding = found(exercise, lambda x: right(x) if x[0] < 2.8 else value)
    assert (finding.status, finding.points) == (Status.FAILED, 0)
    assert finding.message.startswith(says)
    assert "of 8,192 held-out points, for instance log_prob(np.array([" in finding.message
    assert 1 <= finding.evidence["not_finite"] < 60


def test_an_exception_is_told(exercise: CodeExercise) -> None:
    finding = found(exercise, lambda x: right(x) if x[0] < 2.8 else math.log(-1))
    assert finding.points == 0
    assert ") raised ValueError: " in finding.message


@pytest.mark.parametrize("value", [1e308, -1e308])
def test_values_at_the_end_of_float64_earn_nothing(exercise: CodeExercise, value: float) -> None:
    assert found(exercise, lambda x: value).points == 0


@pytest.mark.parametrize(
    "cheat",
    [
        lambda x: 1000.0,
        lambda x: 0.0,
        lambda x: right(x) + 0.3,
        lambda x: max(right(x), -2.0),
    ],
    ids=["a thousand", "one", "a third more", "a floor"],
)
def test_what_is_no_density_near_the_points_earns_nothing(
    exercise: CodeExercise, cheat: Callable[..., float]
) -> None:
    """Also where normalization looks elsewhere: here it was not asked at all."""
    finding = found(exercise, cheat)
    assert (finding.status, finding.points) == (Status.FAILED, 0)
    assert "integrates to" in finding.message
    assert finding.evidence["least_mass_near_the_points"] > 1


def finding_of(check: str, status: Status, **evidence: float) -> Finding:
    return Finding(check=check, status=status, message="", evidence=evidence)


@pytest.mark.parametrize(
    ("earlier", "counted"),
    [
        ([], True),
        ([(Normalization(), finding_of("normalization", Status.PASSED))], True),
        ([(Normalization(), finding_of("normalization", Status.INFORMATIVE, credit=1.0))], True),
        ([(Normalization(), finding_of("normalization", Status.INFORMATIVE, credit=0.4))], False),
        ([(Normalization(), finding_of("normalization", Status.FAILED))], False),
        ([(Normalization(), finding_of("normalization", Status.PARTIAL))], False),
        ([(Normalization(), finding_of("normalization", Status.INCONCLUSIVE))], False),
        ([(LogProb(), finding_of("log_prob", Status.FAILED))], False),
        (
            [
                (LogProb(), finding_of("log_prob", Status.PASSED)),
                (Normalization(), finding_of("normalization", Status.FAILED)),
            ],
            False,
        ),
        (
            [
                (LogProb(), finding_of("log_prob", Status.FAILED)),
                (Normalization(), finding_of("normalization", Status.PASSED)),
            ],
            True,
        ),
        (
            [(Normalization(log_prob="other"), finding_of("normalization", Status.FAILED))],
            True,
        ),
    ],
)
def test_it_presupposes_a_density(exercise: CodeExercise, earlier: list, counted: bool) -> None:
    case = case_of(exercise, {"log_prob": right})
    case.earlier.extend(earlier)
    finding = check_criterion(case, CRITERION).finding
    assert (finding.status, finding.points) == (
        (Status.PASSED, 10) if counted else (Status.SKIPPED, 0)
    )
    if not counted:
        assert finding.message.startswith("Not counted, as ")
        assert finding.max_points == 10


def test_the_judge_hands_over_what_it_found_before(exercise: CodeExercise) -> None:
    for function, status in ((right, Status.PASSED), (lambda x: 3.0, Status.SKIPPED)):
        case = case_of(exercise, {"log_prob": function})
        judgement = judge(exercise, case.oracle, 1)
        findings = {finding.check: finding for finding in judgement.findings}
        assert list(findings)[-2:] == ["normalization", "likelihood"]
        assert findings["likelihood"].status is status


def test_points_on_a_line_leave_no_scale(tmp_path: Path) -> None:
    line = DENSITY_REFERENCE.replace("z[:, 0] ** 2 + z[:, 1] / 2", "2 * z[:, 0]")
    exercise = exercise_in(tmp_path, DENSITY, line)
    with pytest.raises(BrokenPoints, match="hyperplane"):
        found(exercise, right)


def test_a_scale_upside_down_is_our_failure(exercise: CodeExercise) -> None:
    with pytest.raises(BrokenPoints, match="no scale"):
        found(exercise, right, Likelihood(points=10, baseline=0, full=-3))
