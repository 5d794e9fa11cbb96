"""The check of values: right ones pass in any form, wrong ones fail, usual mistakes are named."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from exercises.checks.rubric import check_criterion
from exercises.checks.values import check_values
from exercises.criteria import Values
from exercises.exercise import CodeExercise
from exercises.judge import judge
from exercises.report import Finding, Status
from exercises.tables.points import BrokenPoints
from tests.laws.module_oracle import case_of
from tests.unit.exercises.held_out_exercise import DISCRIMINATOR, SCORE, exercise_in

SCORES = """
import numpy as np

def score(x, t):
    return np.array([-x[0] - 1, -2 * x[1]]) / (1 + t * t)

def draw_score(rng, n):
    return np.column_stack([rng.standard_normal((n, 2)), rng.uniform(0.1, 0.9, n)])[:2048]
"""
NUMBER = """
title = "A number"
[[functions]]
name = "g"
arguments = { x = 2, y = 2, t = 0 }
outputs = 0
asked_at = "points"
[[criteria]]
check = "values"
function = "g"
points = 10
"""
NUMBERS = """
import numpy as np

def g(x, y, t):
    return 1.0 / (1 + np.exp(x[0] - 2 * y[1] + t)) + 0.1

def draw_g(rng, n):
    return rng.standard_normal((2048, 5))
"""


@pytest.fixture(scope="module")
def scores(tmp_path_factory: pytest.TempPathFactory) -> CodeExercise:
    return exercise_in(tmp_path_factory.mktemp("scores"), SCORE, SCORES)


@pytest.fixture(scope="module")
def numbers(tmp_path_factory: pytest.TempPathFactory) -> CodeExercise:
    return exercise_in(tmp_path_factory.mktemp("numbers"), NUMBER, NUMBERS)


def right(x, t):
    return np.array([-x[0] - 1, -2 * x[1]]) / (1 + t * t)


def g(x, y, t):
    return 1.0 / (1 + np.exp(x[0] - 2 * y[1] + t)) + 0.1


def found(exercise: CodeExercise, function: Callable[..., object], seed: int = 0) -> Finding:
    (criterion,) = exercise.criteria
    name = exercise.function.name
    finding = check_criterion(case_of(exercise, {name: function}, seed), criterion).finding
    assert 0 <= finding.points <= finding.max_points == 10
    finding.model_dump_json()
    return finding


@pytest.mark.parametrize("seed", range(5))
def test_right_values_pass(scores: CodeExercise, seed: int) -> None:
    finding = found(scores, lambda x, t: -(x * [1, 2] + [1, 0]) / (t**2 + 1), seed)
    assert (finding.status, finding.points) == (Status.PASSED, 10)
    assert finding.message == "score has the right value at each of 2,048 held-out points."
    assert finding.evidence["verdict"] == "right"


def test_rounding_passes_and_a_near_miss_does_not(scores: CodeExercise) -> None:
    assert found(scores, lambda x, t: right(x, t) * (1 + 1e-9)).status is Status.PASSED
    near = found(scores, lambda x, t: right(x, t) * (1 + 1e-4) + 1e-5 * x[0] ** 2)
    assert near.status is Status.PARTIAL
    assert "The values are near, half of them within " in near.message
    assert near.points > found(scores, lambda x, t: right(x, t) + 0.01 * x).points > 0


def test_one_point_in_a_hundred_is_forgiven_and_two_are_not(scores: CodeExercise) -> None:
    def with_a_kink(width: float) -> Callable[..., object]:
        return lambda x, t: right(x, t) + (0.1 < t < 0.1 + 0.8 * width) * np.cos(x)

    forgiven = found(scores, with_a_kink(0.005))
    assert (forgiven.status, forgiven.points) == (Status.PASSED, 10)
    assert "which is enough. score(np.array([" in forgiven.message
    assert found(scores, with_a_kink(0.02)).status is Status.PARTIAL


def test_the_tolerance_is_that_of_the_exercise(scores: CodeExercise) -> None:
    loose = Values(function="score", points=10, tolerance=0.01)
    case = case_of(scores, {"score": lambda x, t: right(x, t) + 0.005})
    assert check_values(case, loose).status is Status.PASSED
    assert check_values(case, loose.model_copy(update={"tolerance": 1e-3})).status is not (
        Status.PASSED
    )


def test_half_of_the_points_earn_half(scores: CodeExercise) -> None:
    finding = found(scores, lambda x, t: right(x, t) if x[0] < 0 else x * 0 + 7.0)
    assert finding.status is Status.PARTIAL
    assert finding.points == pytest.approx(5, abs=0.4)


@pytest.mark.parametrize(
    "constant", [np.zeros(2), np.array([-0.8, 0.0]), np.array([3.0, -2.0])], ids=str
)
def test_a_constant_earns_nothing(scores: CodeExercise, constant: np.ndarray) -> None:
    finding = found(scores, lambda x, t: constant)
    assert (finding.status, finding.points) == (Status.FAILED, 0)
    assert finding.evidence["mistake"] == "constant"


def test_a_constant_earns_nothing_where_most_values_are_one(tmp_path: Path) -> None:
    steps = NUMBERS.replace("1.0 / (1 + np.exp(x[0] - 2 * y[1] + t)) + 0.1", "float(x[0] > 1)")
    exercise = exercise_in(tmp_path, NUMBER, steps)
    assert found(exercise, lambda x, y, t: 0).points == 0
    assert found(exercise, lambda x, y, t: x[0] > 1).status is Status.PASSED
    assert 0 < found(exercise, lambda x, y, t: 1.0 < x[0] < 2).points < 10


SLIPS: dict[str, tuple[str, str, Callable[..., object]]] = {
    "minus": ("sign", "opposite sign", lambda x, t: -right(x, t)),
    "twice": ("factor", "is twice the right one", lambda x, t: 2 * right(x, t)),
    "half": ("factor", "is half of the right one", lambda x, t: right(x, t) / 2),
    "third": ("factor", "is 1/3 times the right one", lambda x, t: right(x, t) / 3),
    "minus two": ("factor", "is -2 times the right one", lambda x, t: -2 * right(x, t)),
    "pi": ("factor", "is 3.142 times the right one", lambda x, t: math.pi * right(x, t)),
    "base 10": ("other base", "base 10", lambda x, t: right(x, t) / math.log(10)),
    "one sign": ("sign", "Entry 1 of its answer has the op", lambda x, t: right(x, t) * [1, -1]),
    "one factor": ("factor", "Entry 0 of its answer is twice", lambda x, t: right(x, t) * [2, 1]),
    "offset": ("offset", "too large by 1/2:", lambda x, t: right(x, t) + 0.5),
    "of one": ("offset", "entry 0 is too small by 2:", lambda x, t: right(x, t) - [2, 0]),
    "swapped": ("swapped axes", "the wrong way round: exchange", lambda x, t: right(x, t)[::-1]),
    "exp": ("no log", "take np.log of it", lambda x, t: np.exp(right(x, t))),
    "length": ("wrong length", "points where it should", lambda x, t: right(x, t) * (1 + t * t)),
    "against": ("wrong length", "points the opposite way", lambda x, t: -right(x, t) * (1 + t * t)),
    "entries": ("exchanged arguments", "x[0] and x[1] stand", lambda x, t: right(x[::-1], t)),
}


@pytest.mark.parametrize(("name", "says", "function"), SLIPS.values(), ids=SLIPS.keys())
def test_a_usual_mistake_is_named(
    scores: CodeExercise, name: str, says: str, function: Callable[..., object]
) -> None:
    finding = found(scores, function)
    assert finding.status is not Status.PASSED
    assert (finding.evidence["mistake"], says in finding.message) == (name, True), finding.message


SLIPS_OF_NUMBERS: dict[str, tuple[str, str, Callable[..., object]]] = {
    "log": ("extra log", "take np.exp of it", lambda x, y, t: np.log(g(x, y, t))),
    "log 2": ("other base", "base 2", lambda x, y, t: g(x, y, t) / math.log(2)),
    "constant of a Gaussian": (
        "offset",
        "too large by 1.838, which is log(2π)",
        lambda x, y, t: g(x, y, t) + math.log(2 * math.pi),
    ),
    "half of it": (
        "offset",
        "too small by 0.9189, which is ½ log(2π)",
        lambda x, y, t: g(x, y, t) - math.log(2 * math.pi) / 2,
    ),
    "other class": ("inverted", "one minus", lambda x, y, t: 1 - g(x, y, t)),
    "square": ("square", "square of the right", lambda x, y, t: g(x, y, t) ** 2),
    "root": ("root", "square root of the right", lambda x, y, t: math.sqrt(g(x, y, t))),
    "reciprocal": ("reciprocal", "one over", lambda x, y, t: 1 / g(x, y, t)),
    "arguments": ("exchanged arguments", "with x and y exchanged", lambda x, y, t: g(y, x, t)),
}


@pytest.mark.parametrize(
    ("name", "says", "function"), SLIPS_OF_NUMBERS.values(), ids=SLIPS_OF_NUMBERS.keys()
)
def test_a_usual_mistake_about_one_number_is_named(
    numbers: CodeExercise, name: str, says: str, function: Callable[..., object]
) -> None:
    finding = found(numbers, function)
    assert finding.status is not Status.PASSED
    assert (finding.evidence["mistake"], says in finding.message) == (name, True), finding.message


def test_logits_and_probabilities_are_told_apart(tmp_path: Path) -> None:
    probability = NUMBERS.replace(" + 0.1", "")
    exercise = exercise_in(tmp_path, NUMBER, probability)
    finding = found(exercise, lambda x, y, t: -(x[0] - 2 * y[1] + t))
    assert finding.evidence["mistake"] == "logit"
    assert "1 / (1 + np.exp(-value))" in finding.message


@pytest.mark.parametrize(
    "function",
    [
        lambda x, t: 2 * right(x, t) + 0.5,
        lambda x, t: right(x, t) + 0.3 * np.sin(5 * x),
        lambda x, t: right(x, t) if t > 0.5 else -right(x, t),
        lambda x, t: np.random.default_rng(int(1e6 * abs(x[0]))).standard_normal(2),
    ],
    ids=["two slips", "wave", "half of them", "noise"],
)
def test_what_no_slip_explains_gets_no_name(
    scores: CodeExercise, function: Callable[..., object]
) -> None:
    finding = found(scores, function)
    assert finding.status in (Status.FAILED, Status.PARTIAL)
    assert finding.evidence["mistake"] is None


def test_the_example_can_be_repeated(scores: CodeExercise) -> None:
    finding = found(scores, lambda x, t: right(x, t) + np.array([0, x[1] ** 3]))
    x1, x2, t = finding.evidence["point"]
    call = f"score(np.array([{x1!r}, {x2!r}]), {t!r}) is ("
    assert call in finding.message
    np.testing.assert_allclose(finding.evidence["right"], right(np.array([x1, x2]), t))
    mine = right(np.array([x1, x2]), t) + np.array([0, x2**3])
    np.testing.assert_allclose(finding.evidence["value"], mine)


def test_points_without_a_number_are_wrong_and_said(scores: CodeExercise) -> None:
    def raises(x, t):
        if t > 0.5:
            raise ValueError("no")
        return right(x, t)

    exercise = scores
    case = case_of(exercise, {"score": lambda x, t: right(x, t) if t < 0.5 else x * np.nan})
    (criterion,) = exercise.criteria
    finding = check_criterion(case, criterion).finding
    assert finding.status is Status.PARTIAL
    assert finding.points == pytest.approx(5, abs=0.4)
    assert "there is no number, which counts as wrong: score(np.array([" in finding.message
    assert 900 < finding.evidence["not_finite"] < 1150
    raising = found(exercise, raises)
    assert ") raised ValueError: no." in raising.message


def test_long_answers_are_said_by_their_worst_entry(tmp_path: Path) -> None:
    toml = 'title = "Long"\n[[functions]]\nname = "f"\narguments = { z = 64 }\noutputs = 64\n'
    toml += 'asked_at = "points"\n[[criteria]]\ncheck = "values"\nfunction = "f"\npoints = 10\n'
    reference = (
        "def f(z):\n    return z + 1\n\ndef draw_f(rng, n):\n    return rng.random((n, 64))\n"
    )
    exercise = exercise_in(tmp_path, toml, reference)
    off = np.zeros(64)
    off[17] = 1.0
    finding = found(exercise, lambda z: z + 1 + off)
    assert "Entry 17 of f(np.array([" in finding.message
    assert "… 64 numbers])) is " in finding.message
    assert "too large by 1:" in finding.message
    assert len(finding.message) < 500
    assert found(exercise, lambda z: np.roll(z + 1, 32)).evidence["mistake"] == "swapped halves"
    assert found(exercise, lambda z: (z + 1)[::-1]).evidence["mistake"] == "reversed order"


def test_without_points_it_only_informs(scores: CodeExercise) -> None:
    criterion = Values(function="score")
    for function in (right, lambda x, t: -right(x, t)):
        finding = check_values(case_of(scores, {"score": function}), criterion)
        assert (finding.status, finding.points) == (Status.INFORMATIVE, 0)


def test_a_table_without_values_is_our_failure(tmp_path: Path) -> None:
    toml = DISCRIMINATOR.replace('"accuracy"', '"values"')
    exercise = exercise_in(tmp_path, toml, "def discriminator(x):\n    return 1.0\n" + DRAW)
    assert found(exercise, lambda x: 1).status is Status.PASSED
    (exercise.folder / "points.npz").unlink()
    with pytest.raises(BrokenPoints, match="missing"):
        found(exercise, lambda x: 1)


DRAW = "\ndef draw_discriminator(rng, n):\n    return rng.standard_normal((n, 2))\n"


def test_the_whole_road_says_it_in_order(scores: CodeExercise) -> None:
    case = case_of(scores, {"score": right})
    judgement = judge(scores, case.oracle, 3)
    checks = [finding.check for finding in judgement.findings]
    assert checks == ["function", "shape", "finite", "purity", "values"]
    assert judgement.findings[-1].points == 10
