"""The check of accuracy: from chance to the reference, and no more than luck is forgiven."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from exercises.checks.accuracy import check_accuracy
from exercises.criteria import Accuracy
from exercises.exercise import CodeExercise
from exercises.report import Finding, Status
from exercises.tables.points import BrokenPoints
from tests.laws.module_oracle import case_of
from tests.unit.exercises.held_out_exercise import (
    DISCRIMINATOR,
    DISCRIMINATOR_REFERENCE,
    exercise_in,
)

ROUND = Accuracy(function="discriminator", points=10)


@pytest.fixture(scope="module")
def exercise(tmp_path_factory: pytest.TempPathFactory) -> CodeExercise:
    return exercise_in(tmp_path_factory.mktemp("accuracy"), DISCRIMINATOR, DISCRIMINATOR_REFERENCE)


def found(
    exercise: CodeExercise,
    function: Callable[..., object],
    criterion: Accuracy = ROUND,
    seed: int = 0,
) -> Finding:
    finding = check_accuracy(case_of(exercise, {"discriminator": function}, seed), criterion)
    assert 0 <= finding.points <= finding.max_points
    finding.model_dump_json()
    return finding


def sigmoid(a):
    return 1 / (1 + np.exp(-a))


@pytest.mark.parametrize(
    "function",
    [
        lambda x: sigmoid(2 * x[0]),
        lambda x: sigmoid(40 * x[0]),
        lambda x: float(x[0] > 0),
        lambda x: 0.5 + np.arctan(x[0]) / 4,
        lambda x: np.array([x[0] > 0]),
    ],
    ids=["reference", "sharper", "yes or no", "another form", "array of one"],
)
@pytest.mark.parametrize("seed", range(3))
def test_a_right_answer_of_another_form_passes(
    exercise: CodeExercise, function: Callable[..., object], seed: int
) -> None:
    finding = found(exercise, function, seed=seed)
    assert (finding.status, finding.points) == (Status.PASSED, 10)
    assert finding.evidence["accuracy"] == finding.evidence["reference"]
    assert "8,192 held-out points right, which is as good as the reference: 8" in finding.message


def test_credit_runs_from_chance_to_the_reference(exercise: CodeExercise) -> None:
    earned = [
        found(exercise, lambda x, shift=shift: sigmoid(2 * x[0] - shift)).points
        for shift in (0.0, 0.6, 1.5, 3.0, 6.0, 20.0)
    ]
    assert earned == sorted(earned, reverse=True)
    assert (earned[0], earned[-1]) == (10, 0)
    assert 0 < earned[3] < earned[2] < 9.9


@pytest.mark.parametrize(
    ("function", "mistake", "says"),
    [
        (lambda x: 0.5, "constant", "returns 0.5 at every point"),
        (lambda x: 0.9, "constant", "returns 0.9 at every point"),
        (lambda x: 0.6 + 0.01 * np.tanh(x[0]), "one class", "is above 0.5 at every point"),
        (lambda x: 0.4 * sigmoid(x[0]), "one class", "is not above 0.5 at every point"),
        (lambda x: sigmoid(-2 * x[0]), "inverted", "says the opposite: turned round it would"),
        (lambda x: 1 - float(x[0] > 0.1), "inverted", "It has to be large where the label is 1."),
        (lambda x: x[0] / 10, "logit", "returns logits: turn each into a probability"),
    ],
    ids=["undecided", "constant", "all ones", "all zeros", "inverted", "no, yes", "logit"],
)
def test_a_usual_mistake_is_named(
    exercise: CodeExercise, function: Callable[..., object], mistake: str, says: str
) -> None:
    finding = found(exercise, function)
    assert finding.status is not Status.PASSED
    assert (finding.evidence["mistake"], says in finding.message) == (mistake, True), (
        finding.message
    )
    if mistake != "logit":
        assert finding.points == 0


def test_values_that_are_no_probabilities_are_said(exercise: CodeExercise) -> None:
    finding = found(exercise, lambda x: 3 * x[0])
    assert "A probability lies between 0 and 1, but discriminator(np.array([" in finding.message


def test_a_logit_is_right_where_the_threshold_is_zero(exercise: CodeExercise) -> None:
    reference = DISCRIMINATOR_REFERENCE.replace("1 / (1 + np.exp(-2 * x[0]))", "2 * x[0]")
    exercise = exercise_in(exercise.folder, DISCRIMINATOR, reference)
    criterion = Accuracy(function="discriminator", points=10, threshold=0)
    assert found(exercise, lambda x: x[0], criterion).message.count("probability") == 0
    assert found(exercise, lambda x: x[0], criterion).status is Status.PASSED
    assert found(exercise, lambda x: sigmoid(x[0]), criterion).points == 0


def test_the_example_is_a_point_that_the_reference_gets_right(exercise: CodeExercise) -> None:
    finding = found(exercise, lambda x: sigmoid(2 * x[1]))
    x1, x2 = finding.evidence["point"]
    said = sigmoid(2 * x2)
    label = int(x1 > 0)
    assert (said > 0.5) != label
    assert finding.evidence["value"] == pytest.approx(said)
    assert (
        f"For instance discriminator(np.array([{x1!r}, {x2!r}])) is {said:.4g}, but the point has "
        f"label {label}." in finding.message
    )


def test_points_without_a_number_count_as_wrong(exercise: CodeExercise) -> None:
    finding = found(exercise, lambda x: sigmoid(2 * x[0]) if x[1] < 1 else np.nan)
    assert finding.status is Status.PARTIAL
    assert finding.evidence["not_finite"] > 1000
    assert "points there is no number, which counts as wrong: discriminator(np" in finding.message
    assert found(exercise, lambda x: 1.0 if x[0] > 0 else np.nan).points == 0
    assert found(exercise, lambda x: np.nan).points == 0
    assert found(exercise, lambda x: np.inf).points == 0


def test_luck_is_forgiven_and_a_loss_is_not(exercise: CodeExercise) -> None:
    """One in a thousand points the other way, at random, is no evidence; one in twenty are."""

    def noisy(share: float) -> Callable[..., object]:
        def discriminator(x):
            other = zlib.crc32(x.tobytes()) < share * 2**32
            return float((x[0] > 0) != other)

        return discriminator

    assert found(exercise, noisy(0.001)).status is Status.PASSED
    lost = found(exercise, noisy(0.05))
    assert lost.status is Status.PARTIAL
    assert lost.evidence["p_value"] < 1e-6


def test_a_small_loss_that_luck_could_explain_is_a_loss_still(exercise: CodeExercise) -> None:
    finding = found(exercise, lambda x: x[0] > 0.27)
    assert finding.evidence["p_value"] > 1e-6
    assert finding.status is Status.PARTIAL
    assert 9.3 < finding.points < 9.9


def test_a_better_answer_than_the_reference_passes(tmp_path: Path) -> None:
    poor = DISCRIMINATOR_REFERENCE.replace("-2 * x[0]", "-2 * x[0] + 1")
    finding = found(exercise_in(tmp_path, DISCRIMINATOR, poor), lambda x: sigmoid(2 * x[0]))
    assert (finding.status, finding.points) == (Status.PASSED, 10)
    assert finding.evidence["accuracy"] > finding.evidence["reference"]


def test_chance_is_the_larger_class(tmp_path: Path) -> None:
    uneven = DISCRIMINATOR_REFERENCE.replace("np.arange(n) % 2", "(np.arange(n) % 4 == 0) * 1")
    finding = found(exercise_in(tmp_path, DISCRIMINATOR, uneven), lambda x: 0.1)
    assert finding.evidence["chance"] == 0.75
    assert finding.points == 0
    assert "always the same answer would reach 75.0 %" in finding.message


def test_a_reference_no_better_than_chance_is_our_failure(tmp_path: Path) -> None:
    blind = DISCRIMINATOR_REFERENCE.replace("1 / (1 + np.exp(-2 * x[0]))", "0.5")
    with pytest.raises(BrokenPoints, match="no better than chance"):
        found(exercise_in(tmp_path, DISCRIMINATOR, blind), lambda x: 0.5)


def test_without_points_it_only_informs(exercise: CodeExercise) -> None:
    finding = found(exercise, lambda x: 0.5, Accuracy(function="discriminator"))
    assert (finding.status, finding.points) == (Status.INFORMATIVE, 0)
