"""The judge: the order of its checks, what each says, and how findings become a grade."""

import numpy as np
import pytest

from exercises.checks.invertibility import check_invertibility
from exercises.criteria import Invertibility, Law
from exercises.judge import grade_findings, judge, stopped_before
from exercises.oracle import Ending
from exercises.outcome import VERDICT_OF, Outcome, Verdict
from exercises.report import Finding, Status
from tests.laws.plain_oracle import PlainOracle, oracle_of
from tests.unit.exercises.judging import AFFINE, PLAYGROUND, SEED, graded, noise, right


def test_a_right_answer_passes_with_every_check_in_order():
    judgement, findings, verdict, score = graded(AFFINE, oracle_of(right))
    assert (verdict, score) == (Verdict.PASSED, 10)
    order = ["function", "shape", "finite", "purity", "invertibility", "law"]
    assert [finding.check for finding in judgement.findings] == order
    assert judgement.outcome is Outcome.COMPLETED
    drawn = judgement.drawn["f"]
    assert drawn.points.shape == drawn.values.shape == (1000, 2)
    np.testing.assert_array_equal(drawn.values, 2 * drawn.points + 1)
    assert findings["invertibility"].evidence["verdict"] == "invertible"
    assert findings["invertibility"].evidence["radius"] == 4
    assert findings["invertibility"].evidence["witness"] is None


def test_a_near_miss_is_partial_and_the_starter_earns_nothing():
    assert graded(AFFINE, oracle_of(lambda z: 1.9 * z + 1))[2] is Verdict.PARTIAL
    assert graded(AFFINE, oracle_of(lambda z: z))[2:] == (Verdict.FAILED, 0)


def test_the_same_seed_repeats_the_judgement():
    one = judge(AFFINE, oracle_of(lambda z: z**2), 4)
    two = judge(AFFINE, oracle_of(lambda z: z**2), 4)
    assert one.findings == two.findings
    assert one.drawn["f"].values.tobytes() == two.drawn["f"].values.tobytes()
    other = judge(AFFINE, oracle_of(lambda z: z**2), 5)
    assert other.drawn["f"].points.tobytes() != one.drawn["f"].points.tobytes()


def test_a_witness_can_be_checked_by_hand():
    finding = graded(PLAYGROUND, oracle_of(lambda z: z**2))[1]["invertibility"]
    assert finding.status is Status.INFORMATIVE
    witness = finding.evidence["witness"]
    z1, z2 = np.array(witness["z1"]), np.array(witness["z2"])
    np.testing.assert_allclose(z1**2, z2**2, rtol=1e-10)
    np.testing.assert_array_equal(z1**2, witness["x"])
    assert np.hypot(*(z1 - z2)) > 1e-3
    assert witness["gap"] <= 1e-10


def test_invertibility_can_be_worth_points():
    criteria = (Invertibility(points=4),)
    exercise = PLAYGROUND.model_copy(update={"criteria": criteria})
    assert graded(exercise, oracle_of(np.sinh))[2:] == (Verdict.PASSED, 4)
    assert graded(exercise, oracle_of(np.cos))[2:] == (Verdict.FAILED, 0)
    _, findings, verdict, _ = graded(exercise, oracle_of(lambda z: np.tanh(30 * z)))
    assert findings["invertibility"].status is Status.INCONCLUSIVE
    assert verdict is Verdict.FAILED, "being hard to judge does not pay"


@pytest.mark.parametrize(
    ("f", "check", "words"),
    [
        (lambda z: z[:, 0], "function", "write z[0] and z[1]"),
        (lambda z: z[2], "function", "counting starts at 0"),
        (lambda z: z / np.linalg.norm(z, axis=1), "function", "leave axis=1"),
        (lambda z: np.ones((3, 3)) @ z, "function", "W with 2 columns"),
        (lambda z: z + np.ones(3), "function", "different lengths"),
        (lambda z: float(z), "function", "numpy's"),
        (lambda z: z if z > 0 else -z, "function", "np.where"),
        (lambda z: z(0), "function", "square brackets"),
        (lambda z: np.array([z, 1.0]), "function", "numbers only"),
        (lambda z: undefined * z, "function", "not known"),  # type: ignore[name-defined]  # noqa: F821
        (lambda z: None, "shape", "return"),
        (lambda z: z[0], "shape", "single number"),
        (lambda z: np.append(z, 0.0), "shape", "3 numbers"),
        (lambda z: z.reshape(2, 1), "shape", ".ravel()"),
        (lambda z: np.outer(z, z), "shape", "one point at a time"),
        (lambda z: z + 1j, "shape", ".real"),
        (lambda z: ["a", "b"], "shape", "real numbers"),
    ],
)
def test_the_usual_confusions_are_explained(f, check, words):
    judgement, findings, verdict, _ = graded(AFFINE, oracle_of(f))
    assert findings[check].status is Status.FAILED
    assert words in findings[check].message
    assert verdict is Verdict.FAILED
    expected = Outcome.RUNTIME_ERROR if check == "function" else Outcome.COMPLETED
    assert judgement.outcome is expected
    assert not judgement.drawn
    assert findings["law"].status is Status.SKIPPED
    assert len(findings[check].evidence["z"]) == 2


def test_an_exception_at_one_point_names_the_point_exactly():
    def f(z):
        if z[0] > 1.5:
            raise ValueError("too far\0 out")
        return z

    judgement, findings, _, _ = graded(PLAYGROUND, oracle_of(f))
    z = np.array(findings["function"].evidence["z"])
    assert judgement.outcome is Outcome.RUNTIME_ERROR
    assert repr(float(z[0])) in findings["function"].message
    with pytest.raises(ValueError, match="too far"):
        f(z)
    assert findings["function"].line == 7


def test_lists_and_integers_are_answers():
    assert graded(AFFINE, oracle_of(lambda z: [2 * z[0] + 1, 2 * z[1] + 1]))[3] == 10


def test_not_finite_beyond_a_thousandth_fails_and_below_informs():
    often = graded(AFFINE, oracle_of(lambda z: z / 0.0 if z[0] > 1 else right(z)))
    assert often[1]["finite"].status is Status.FAILED
    assert often[2] is not Verdict.PASSED
    rare = AFFINE.model_copy(update={"samples": 5000})
    seldom = graded(rare, oracle_of(lambda z: z * np.nan if z[0] > 3.3 else right(z)))
    assert seldom[1]["finite"].status is Status.INFORMATIVE
    assert "nan" in seldom[1]["finite"].message
    assert seldom[2] is Verdict.PASSED


def test_an_ungraded_exercise_is_passed_by_what_ran():
    assert graded(PLAYGROUND, oracle_of(np.abs))[2] is Verdict.PASSED
    assert graded(PLAYGROUND, PlainOracle(noise))[2] is Verdict.PASSED
    assert graded(PLAYGROUND, PlainOracle(noise))[1]["purity"].status is Status.INFORMATIVE
    assert graded(PLAYGROUND, oracle_of(lambda z: None))[2] is Verdict.FAILED


@pytest.mark.parametrize("after", [10, 1200, 20_000])
def test_a_submission_that_ends_on_the_way_keeps_its_findings_and_earns_nothing(after):
    judgement, findings, verdict, score = graded(AFFINE, PlainOracle(lambda: right, after))
    assert judgement.outcome is Outcome.CPU_LIMIT
    assert (verdict, score) == (Verdict.FAILED, 0)
    assert findings["function"].status is Status.FAILED
    assert findings["function"].line == 4
    assert findings["law"].status is Status.SKIPPED
    assert bool(judgement.drawn) == (after > 1000)


@pytest.mark.parametrize("outcome", [o for o in Outcome if VERDICT_OF[o] is not None])
def test_an_outcome_that_decides_leaves_no_points(outcome):
    judgement = stopped_before(AFFINE, Ending(outcome, "It ended."))
    findings = [*judgement.findings, Finding(check="x", status="passed", points=3, message="")]
    assert grade_findings(AFFINE, findings, outcome) == (VERDICT_OF[outcome], 0, 10)


@pytest.mark.parametrize("seed", range(8))
def test_hostile_values_break_nothing(seed):
    rng = np.random.default_rng(seed)
    strange = [0.0, -0.0, 1e308, -1e308, 1e-308, 5e-324, np.inf, -np.inf, np.nan, 1e155]
    table = rng.choice(strange, size=(rng.integers(1, 6), 2))
    scale = rng.choice([0.0, 1e-320, 1e-160, 1e160, 1e300])

    def f(z):
        return table[int(3 * abs(z[0]) + 2 * abs(z[1])) % len(table)] + scale * z

    verdict = graded(AFFINE, oracle_of(f), seed)[2]
    assert verdict in (Verdict.FAILED, Verdict.PARTIAL)


def test_a_witness_that_a_fresh_process_does_not_repeat_is_no_witness():
    loads = iter([np.abs, lambda z: z])
    finding = check_invertibility(PlainOracle(lambda: next(loads)), Invertibility(points=1), SEED)
    assert finding.status is Status.INCONCLUSIVE
    assert finding.evidence["witness"] is None
    assert "fresh process" in finding.message


def test_points_earned_before_a_bad_end_are_gone():
    criteria = (Invertibility(points=5), Law(points=5))
    exercise = AFFINE.model_copy(update={"criteria": criteria})
    _, findings, verdict, score = graded(exercise, PlainOracle(lambda: right, 20_000))
    assert findings["invertibility"].status is Status.PASSED
    assert findings["invertibility"].points == 0
    assert (verdict, score) == (Verdict.FAILED, 0)
