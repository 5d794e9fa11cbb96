"""f is a function of z alone: what is not is found, in every order, and in another process."""

import dataclasses

import numpy as np
import pytest

from exercises.outcome import Verdict
from exercises.report import Status
from tests.laws.plain_oracle import PlainOracle, oracle_of
from tests.unit.exercises.judging import AFFINE, PLAYGROUND, graded, noise, right


def counter():
    calls = [0]

    def f(z):
        calls[0] += 1
        return right(z) if calls[0] <= 10 else right(z) + 1e-12

    return f


def memory():
    seen = {}
    return lambda z: seen.setdefault(z.tobytes(), right(z) + len(seen))


def shuffled_by_place():
    calls = [0]

    def f(z):
        calls[0] += 1
        return right(z) if calls[0] < 1600 + 384 + 5000 else right(-z)

    return f


@pytest.mark.parametrize(
    ("load", "between"),
    [(noise, "call"), (counter, "process"), (memory, "process"), (shuffled_by_place, "process")],
)
def test_what_is_no_function_of_z_is_found(load, between):
    _, findings, verdict, _ = graded(AFFINE, PlainOracle(load))
    purity = findings["purity"]
    assert purity.status is Status.FAILED
    assert verdict is Verdict.FAILED
    assert purity.evidence["first"] != purity.evidence["second"]
    assert len(purity.evidence["z"]) == 2
    assert findings["law"].status is Status.SKIPPED
    assert findings["law"].max_points == 10
    if load is noise:
        assert purity.evidence["between"] == between


def test_answers_that_are_nan_each_time_are_the_same_answer():
    findings = graded(PLAYGROUND, oracle_of(lambda z: z * np.nan))[1]
    assert findings["purity"].status is Status.PASSED


def test_changing_the_input_in_place_is_said_and_costs_nothing():
    def f(z):
        z *= 2
        return z + 1

    _, findings, verdict, _ = graded(AFFINE, oracle_of(f))
    assert findings["purity"].status is Status.INFORMATIVE
    assert "z.copy()" in findings["purity"].message
    assert verdict is Verdict.PASSED


def test_numbers_from_the_submissions_process_are_not_trusted():
    class Lying(PlainOracle):
        def evaluate(self, points, **options):
            from dataclasses import replace

            answer = super().evaluate(points, **options)
            return replace(answer, changed=10**9, first_changed=10**9)

    findings = graded(PLAYGROUND, Lying(lambda: right))[1]
    assert findings["purity"].status is Status.PASSED


def test_another_process_is_asked_even_where_there_is_no_criterion():
    exercise = PLAYGROUND.model_copy(update={"criteria": ()})
    loads = iter([right, lambda z: right(z) + 1e-12])
    purity = graded(exercise, PlainOracle(lambda: next(loads)))[1]["purity"]
    assert purity.evidence["between"] == "process"


class Mislifting(PlainOracle):
    """Answers large batches "for all points at once", and wrongly where |z0| > 2."""

    lifts = True

    def evaluate(self, points, **options):
        answer = super().evaluate(points, **options)
        if not self.lifts or len(points) < 500:
            return answer
        values = answer.values.copy()
        values[np.abs(points[:, 0]) > 2] += 1e-3
        return dataclasses.replace(answer, values=values, lifted=True)

    def stop_lifting(self):
        self.lifts = False


def test_lifted_answers_that_single_calls_do_not_give_are_judged_again_singly():
    oracle = Mislifting(lambda: right)
    judgement, findings, verdict, _ = graded(AFFINE, oracle)
    assert not oracle.lifts
    assert verdict is Verdict.PASSED
    assert findings["purity"].status is Status.PASSED
    drawn = judgement.drawn["f"]
    np.testing.assert_array_equal(drawn.values, 2 * drawn.points + 1)
