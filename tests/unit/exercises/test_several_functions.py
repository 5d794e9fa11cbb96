"""A submission of several functions: each is asked where it has a meaning, and named."""

import numpy as np

from exercises.exercise import CodeExercise, Function
from exercises.judge import grade_findings, judge
from exercises.outcome import Outcome, Verdict
from exercises.report import Status
from tests.laws.module_oracle import ModuleOracle
from tests.unit.exercises.judging import PLAYGROUND, SEED, graded, right


def several(functions, criteria=()):
    """The playground with other functions."""
    fields = {"functions": functions, "criteria": criteria, "samples": 1000}
    return CodeExercise.model_validate(PLAYGROUND.model_dump() | fields)


def oracle_for(exercise, **functions):
    return ModuleOracle(functions, {f.name: f.signature for f in exercise.functions})


def earned(exercise, oracle):
    """The points of a grading in which a check may come twice."""
    judgement = judge(exercise, oracle, SEED)
    return grade_findings(exercise, judgement.findings, judgement.outcome)[1]


def test_each_function_of_several_is_asked_where_it_has_a_meaning():
    asked = {}

    def f_inv(x):
        asked.setdefault("x", x.copy())
        return (x - 1) / 2

    exercise = several([Function(), Function(name="f_inv", arguments={"x": 2}, asked_at="x")])
    judgement, findings, verdict, _ = graded(exercise, oracle_for(exercise, f=right, f_inv=f_inv))
    assert verdict is Verdict.PASSED
    np.testing.assert_array_equal(asked["x"], judgement.drawn["f"].values[0])
    assert findings["function"].message == (
        "f and f_inv are defined and take the arguments asked for."
    )
    for check in ("shape", "finite", "purity"):
        assert findings[check].status is Status.PASSED
    assert "f returned" in findings["shape"].message
    assert "f_inv returned" in findings["shape"].message


def test_a_number_and_arguments_of_several_lengths_are_asked_for():
    score = Function(name="score", arguments={"x": 2, "t": 0}, outputs=0)
    exercise = several([score])
    oracle = oracle_for(exercise, score=lambda x, t: x @ x * t)
    judgement, _, verdict, _ = graded(exercise, oracle)
    assert verdict is Verdict.PASSED
    drawn = judgement.drawn["score"]
    assert drawn.points.shape == (1000, 3)
    assert drawn.values.shape == (1000, 1)


def test_the_second_function_that_raises_is_named_with_a_call_to_repeat():
    def log_prob(x, t):
        raise ValueError("no density here")

    functions = [Function(), Function(name="log_prob", arguments={"x": 2, "t": 0}, outputs=0)]
    exercise = several(functions)
    judgement, findings, _, _ = graded(exercise, oracle_for(exercise, f=right, log_prob=log_prob))
    assert judgement.outcome is Outcome.RUNTIME_ERROR
    message = findings["function"].message
    assert message.startswith("log_prob(np.array([")
    assert "raised ValueError" in message


def test_one_impure_function_of_several_is_found():
    rng = np.random.default_rng(0)
    functions = [Function(), Function(name="g")]
    exercise = several(functions)
    oracle = oracle_for(exercise, f=right, g=lambda z: z + rng.standard_normal())
    finding = graded(exercise, oracle)[1]["purity"]
    assert "g is not a function of z alone" in finding.message


def test_a_point_of_an_image_is_not_printed_in_full():
    image = Function(arguments={"z": 4096}, outputs=4096)

    def f(z):
        raise ValueError("too many pixels")

    exercise = several([image])
    finding = graded(exercise, oracle_for(exercise, f=f))[1]["function"]
    assert "… 4096 numbers" in finding.message
    assert len(finding.model_dump_json()) < 2000


def test_a_criterion_that_requires_another_earns_nothing_without_it():
    functions = [Function(), Function(name="f_inv", arguments={"x": 2}, asked_at="x")]
    criteria = [
        {"check": "coupling", "points": 3},
        {"check": "inverse", "points": 7, "requires": ["coupling"]},
    ]
    exercise = several(functions, criteria)
    identity = oracle_for(exercise, f=lambda z: z, f_inv=lambda x: x)
    _, findings, verdict, score = graded(exercise, identity)
    assert (verdict, score) == (Verdict.FAILED, 0)
    assert "earns nothing here, because coupling did not pass" in findings["inverse"].message

    def f(z):
        return np.array([z[0], z[1] * np.exp(np.sin(z[0])) + z[0] ** 2])

    def f_inv(x):
        return np.array([x[0], (x[1] - x[0] ** 2) * np.exp(-np.sin(x[0]))])

    assert graded(exercise, oracle_for(exercise, f=f, f_inv=f_inv))[2:] == (Verdict.PASSED, 10)


def test_a_criterion_without_points_can_be_required():
    functions = [Function(), Function(name="f_inv", arguments={"x": 2}, asked_at="x")]
    criteria = [
        {"check": "invertibility"},
        {"check": "coupling"},
        {"check": "inverse", "points": 7, "requires": ["invertibility", "coupling"]},
    ]
    exercise = several(functions, criteria)

    def layer(z):
        return np.array([z[0], z[1] * np.exp(np.sin(z[0])) + z[0] ** 2])

    def undo(x):
        return np.array([x[0], (x[1] - x[0] ** 2) * np.exp(-np.sin(x[0]))])

    assert graded(exercise, oracle_for(exercise, f=layer, f_inv=undo))[2:] == (Verdict.PASSED, 7)
    _, findings, verdict, _ = graded(
        exercise, oracle_for(exercise, f=lambda z: 2 * z, f_inv=lambda x: x / 2)
    )
    assert verdict is Verdict.FAILED
    assert "because coupling did not pass" in findings["inverse"].message


def test_of_a_check_that_is_asked_twice_both_must_pass_to_be_enough():
    functions = [
        Function(),
        Function(name="f_inv", arguments={"x": 2}, asked_at="x"),
        Function(name="g"),
        Function(name="log_det", outputs=0),
    ]
    criteria = [
        {"check": "inverse"},
        {"check": "inverse", "function": "g"},
        {"check": "log_det", "points": 5, "requires": ["inverse"]},
    ]
    exercise = several(functions, criteria)

    def grade(g):
        oracle = oracle_for(
            exercise,
            f=lambda z: 2 * z,
            f_inv=lambda x: x / 2,
            g=g,
            log_det=lambda z: 2 * np.log(2),
        )
        return earned(exercise, oracle)

    assert grade(lambda z: 2 * z) == 5
    assert grade(lambda z: 3 * z) == 0
    # And where it is the first of the two that fails:
    first = several(functions, [criteria[1], criteria[0], criteria[2]])
    oracle = oracle_for(
        first, f=lambda z: 2 * z, f_inv=lambda x: x / 2, g=lambda z: z, log_det=lambda z: np.log(4)
    )
    assert earned(first, oracle) == 0
