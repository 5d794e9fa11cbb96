"""Hints for exceptions and shapes speak of the function that was asked."""

from __future__ import annotations

import math

import numpy as np
import pytest

from exercises.checks.explain import explain_exception, explain_shape
from exercises.checks.function import function_raised
from exercises.checks.purity import check_purity
from exercises.checks.shape import check_finite, check_shape
from exercises.exercise import Function
from exercises.oracle import Fault, FaultKind, Signature
from exercises.report import Status

F = Signature()
F_INV = Signature("f_inv", (("x", 2),), 2)
LOG_PROB = Signature("log_prob", (("x", 2),), 0)
SCORE = Signature("score", (("x", 2), ("t", 0)), 2)
IMAGE = Signature("f", (("z", 4096),), 4096)
STEP = Signature("step", (("x", 3), ("noise", 8), ("t", 0)), 3)


def message(function, *arguments) -> str:
    """What Python and numpy themselves say, here and today."""
    with pytest.raises(Exception) as raised:  # noqa: PT011
        function(*arguments)
    return f"{type(raised.value).__name__}: {raised.value}"


TWO, LONG = np.ones(2), np.ones(4096)
CASES = {
    "columns": (
        F,
        message(lambda z: z[:, 0], TWO),
        "z is one point, an array of two numbers, not a table of samples: write z[0] and z[1] "
        "where you wrote z[:, 0] and z[:, 1].",
    ),
    "columns of x": (
        LOG_PROB,
        message(lambda x: x[:, 0], TWO),
        "x is one point, an array of two numbers, not a table of samples: write x[0] and x[1] "
        "where you wrote x[:, 0] and x[:, 1].",
    ),
    "columns of an image": (
        IMAGE,
        message(lambda z: z[:, 0], LONG),
        "z is one point, an array of 4,096 numbers, not a table of samples: write z[i] where you "
        "wrote z[:, i].",
    ),
    "axis": (
        SCORE,
        message(lambda x: x.sum(axis=1), TWO),
        "x is one point, an array of two numbers with a single axis: leave axis=1 and keepdims "
        "out, as in np.linalg.norm(x) or np.sum(x).",
    ),
    "third entry": (
        F_INV,
        message(lambda x: x[2], TWO),
        "x has two entries, x[0] and x[1]: counting starts at 0.",
    ),
    "too far": (
        IMAGE,
        message(lambda z: z[4096], LONG),
        "z has 4,096 entries, z[0] to z[4095]: counting starts at 0.",
    ),
    "too far in the second": (
        STEP,
        message(lambda noise: noise[8], np.ones(8)),
        "noise has 8 entries, noise[0] to noise[7]: counting starts at 0.",
    ),
    "truth of an array": (
        LOG_PROB,
        message(lambda x: 1 if x > 0 else 0, TWO),
        "An array of two numbers is neither true nor false: compare one entry, as in "
        "if x[0] > 0, or choose entry by entry with np.where(x > 0, …, …).",
    ),
    "matmul": (
        IMAGE,
        message(lambda z: np.ones((3, 2048)) @ z, LONG),
        "The shapes do not fit: W @ z with a z of length 4096 needs a W with 4096 columns, and "
        "each next layer as many columns as the one before it has rows.",
    ),
    "unpacking": (
        IMAGE,
        message(lambda z: (lambda a, b: a)(*[v for v, w in [z]]), LONG),
        "z holds 4,096 numbers: that many names have to stand on the left.",
    ),
    "unpacking a number": (
        SCORE,
        message(lambda t: [a for a, b in [t]], np.float64(1)),
        "t, like an entry such as x[0], is one number: it can not be indexed or looped over.",
    ),
    "index of a number": (
        SCORE,
        message(lambda t: t[0], np.float64(1)),
        "t, like an entry such as x[0], is one number: it can not be indexed or looped over.",
    ),
    "index of an entry": (
        F,
        message(lambda z: z[0][0], TWO),
        "An entry of z is already one number: z[0] can not be indexed or looped over again.",
    ),
    "logarithm": (
        LOG_PROB,
        message(math.log, 0.0),
        "math.sqrt and math.log need positive numbers: see what they are given here; what is "
        "tiny may have become 0, so add logarithms instead of taking that of a product.",
    ),
    "logarithm of z": (
        F,
        message(math.log, -1.0),
        "math.sqrt and math.log need positive numbers, but z takes every value: use np.abs, or "
        "another function.",
    ),
    "overflow": (
        SCORE,
        message(math.exp, 1000),
        "The number became too large: subtract the largest exponent before np.exp, or calculate "
        "with logarithms.",
    ),
    "overflow of z": (
        F,
        message(math.exp, 1000),
        "The number became too large: z reaches beyond ±4, and what grows fast overflows there.",
    ),
    "call": (
        F,
        message(lambda z: (lambda a: a)(z, z), TWO),  # type: ignore[call-arg]
        "A function was called with too many or too few arguments: compare the call with its def.",
    ),
}


@pytest.mark.parametrize(("signature", "text", "hint"), CASES.values(), ids=CASES.keys())
def test_an_exception_is_explained(signature: Signature, text: str, hint: str) -> None:
    assert explain_exception(text, signature) == hint


def test_an_unknown_exception_gets_no_hint() -> None:
    assert explain_exception("KeyError: 'a'", SCORE) is None


@pytest.mark.parametrize(
    ("signature", "shape", "hint"),
    [
        (
            F,
            "(3,)",
            "3 numbers came back; return an array of 2 numbers, for instance np.array([x1, x2]).",
        ),
        (
            F,
            "(1,)",
            "One number came back; return an array of 2 numbers, for instance np.array([x1, x2]).",
        ),
        (
            SCORE,
            "()",
            "A single number came back; return an array of 2 numbers, for instance "
            "np.array([a, b]).",
        ),
        (
            IMAGE,
            "(1, 4096)",
            "That is a table with one row or column; write .reshape(4096) or .ravel().",
        ),
        (IMAGE, "(2048,)", "2,048 numbers came back; return an array of 4,096 numbers."),
        (
            IMAGE,
            "(64, 64)",
            "f gets one point at a time and answers with one point; return an array of "
            "4,096 numbers.",
        ),
        (
            SCORE,
            "(5, 2)",
            "score gets one point at a time and answers with one array; return an array of "
            "2 numbers, for instance np.array([a, b]).",
        ),
        (
            LOG_PROB,
            "(2,)",
            "2 numbers came back; log_prob has to return one number. If they are the terms of a "
            "sum, return terms.sum().",
        ),
        (LOG_PROB, "(1, 1)", "That is a table of one number: write .item() to take it out."),
        (
            LOG_PROB,
            "(2, 2)",
            "Please return one number, for instance of an array x its sum: x.sum().",
        ),
        (F, "", "Please return an array of 2 numbers, for instance np.array([x1, x2])."),
    ],
)
def test_a_shape_is_explained(signature: Signature, shape: str, hint: str) -> None:
    assert explain_shape(f"it returned an array of shape {shape} and type x", signature) == hint


@pytest.mark.parametrize(
    ("function", "last_line"),
    [
        (Function(), "return np.array([x1, x2])."),
        (Function(name="score", arguments={"x": 2, "t": 0}), "return np.array([a, b])."),
        (
            Function(name="f_inv", arguments={"x": 2}, asked_at="x"),
            "return np.array([z1, z2]).",
        ),
        (Function(name="log_prob", arguments={"x": 2}, outputs=0), "return value."),
        (Function(name="f", arguments={"z": 64}, outputs=64), "return x."),
    ],
)
def test_a_forgotten_return_gets_its_line(function: Function, last_line: str) -> None:
    fault = Fault(FaultKind.NO_RETURN, "it returned None", 0)
    finding = check_shape(function, fault, np.ones((1, function.inputs)))
    assert finding.message.endswith(f"{function.name} has to end with a line such as {last_line}")
    assert finding.message.startswith(f"{function.name}(np.array([1.0, 1.0")
    assert " returned None. " in finding.message


def test_an_inverse_that_is_not_finite_is_told_apart_from_x_and_with_the_call() -> None:
    function = Function(name="f_inv", arguments={"x": 2}, asked_at="x")
    x = np.array([[0.5, -1.0], [2.0, 1.0]])
    finding = check_finite(function, x, np.array([[np.nan, 3.0], [1.0, 1.0]]), graded=True)
    assert finding.status is Status.FAILED
    assert finding.message == (
        "f_inv is not finite for 50 % of the x: f_inv(np.array([0.5, -1.0])) is (nan, 3)."
    )
    assert finding.evidence["x"] == [0.5, -1.0]
    assert finding.evidence["value"] == ["nan", 3.0]


def test_an_exception_is_told_with_the_call_that_repeats_it() -> None:
    function = Function(name="score", arguments={"x": 2, "t": 0})
    fault = Fault(FaultKind.RAISED, "IndexError: invalid index to scalar variable.", 0, 3)
    finding = function_raised(function, fault, np.array([0.5, -1.0, 0.25]))
    assert finding.message.startswith("score(np.array([0.5, -1.0]), 0.25) raised IndexError: inv")
    assert finding.message.endswith("it can not be indexed or looped over.")


def test_a_change_in_place_names_the_array_where_there_is_one() -> None:
    point = np.array([0.5, -1.0, 0.25, 2.0])
    one = check_purity(Function(name="score", arguments={"x": 2, "t": 0}), 3, point[:3])
    assert one.message == (
        "score changes the array x that it is given, for instance in "
        "score(np.array([0.5, -1.0]), 0.25): begin with x = x.copy(), or write x = x * 2, "
        "not x *= 2."
    )
    two = check_purity(Function(name="kernel", arguments={"x": 2, "y": 2}, outputs=0), 3, point)
    assert two.message.startswith("kernel changes an array that it is given, for instance in kern")
    assert check_purity(Function(), 3, point[:2]).message.startswith(
        "f changes the array z that it is given, for instance at (0.5, -1): begin with z = z.copy()"
    )
