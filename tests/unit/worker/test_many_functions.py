"""The sandbox's road for several functions, several arguments, and answers that are one number."""

from __future__ import annotations

import numpy as np
import pytest

from exercises.oracle import Answer, FaultKind, Signature, Stopped
from exercises.outcome import Outcome
from worker.sandbox.sandbox import Sandbox

SCORE = Signature("score", (("x", 2), ("t", 0)), 2)
LOG_PROB = Signature("log_prob", (("x", 2),), 0)
INVERSE = Signature("f_inv", (("x", 2),), 2)
KERNEL = Signature("kernel", (("x", 2), ("y", 3), ("t", 0)), 0)
IMAGE = Signature("f", (("z", 4096),), 4096)
HEADER = "import math\nimport numpy as np\n"


def ask(
    sandbox: Sandbox,
    source: str,
    signature: Signature,
    count: int = 4,
    *,
    others: tuple[Signature, ...] = (),
    tolerant: bool = False,
) -> Answer:
    points = np.random.default_rng(1).uniform(0.1, 0.9, (count, signature.inputs))
    with sandbox.open((HEADER + source).encode(), seed=1, functions=[signature, *others]) as oracle:
        return oracle.evaluate(points, function=signature.name, tolerant=tolerant)


def refusal(sandbox: Sandbox, source: str, *signatures: Signature) -> str:
    with (
        pytest.raises(Stopped) as stopped,
        sandbox.open(source.encode(), seed=1, functions=signatures),
    ):
        pass
    assert stopped.value.ending.outcome is Outcome.REFUSED
    return stopped.value.ending.message


@pytest.mark.parametrize(
    "use",
    [
        "math.exp(t)",
        "t if t > 0.5 else 1 - t",
        "float(f'{t:.3f}') + float('%.2f' % t)",
        "round(t, 2) + int(t) + abs(t)",
        "max(t, 0.5) + min(t, 1)",
        "sum([t, t ** 2, -t, 1 / t, t // 1, t % 1])",
        "{True: 1.0, False: 2.0}[t > 0.5]",
        "math.sqrt(t) + np.sqrt(t) + t.item()",
        "1.0 if isinstance(t, float) and t.shape == () else 1 / 0",
        "float(range(10)[int(10 * t)])",
        "hash(t) % 7",
    ],
)
def test_an_argument_of_length_0_is_a_number(sandbox: Sandbox, use: str) -> None:
    answer = ask(sandbox, f"def score(x, t):\n    return x * ({use})\n", SCORE)
    assert answer.fault is None
    assert np.isfinite(answer.values).all()


def test_each_argument_gets_its_own_columns(sandbox: Sandbox) -> None:
    source = (
        "def kernel(x, y, t):\n    return x[0] + 10 * x[1] + 100 * y @ [1, 10, 100] + 1e5 * t\n"
    )
    points = np.arange(12.0).reshape(2, 6)
    with sandbox.open((HEADER + source).encode(), seed=1, functions=[KERNEL]) as oracle:
        answer = oracle.evaluate(points, function="kernel")
    place = np.array([1, 10, 100, 1e3, 1e4, 1e5])
    np.testing.assert_allclose(answer.values[:, 0], points @ place)


@pytest.mark.parametrize(
    "returned",
    [
        "1.5",
        "np.float64(1.5)",
        "np.float32(1.5)",
        "np.array(1.5)",
        "np.array([1.5])",
        "[1.5]",
        "(1.5,)",
        "np.int64(1) + 0.5",
    ],
)
def test_one_number_may_come_in_any_form(sandbox: Sandbox, returned: str) -> None:
    answer = ask(sandbox, f"def log_prob(x):\n    return {returned}\n", LOG_PROB)
    assert answer.fault is None
    assert (answer.values == 1.5).all()
    assert answer.values.shape == (4, 1)


@pytest.mark.parametrize(
    ("returned", "kind", "message"),
    [
        ("x", FaultKind.SHAPE, "it returned an array of shape (2,) and type float64"),
        ("[[1.0]]", FaultKind.SHAPE, "it returned a list of shape (1, 1) and type float64"),
        ("1 + 2j", FaultKind.DTYPE, "it returned a complex"),
        (
            "np.sqrt(-1 + 0j)",
            FaultKind.DTYPE,
            "it returned a single value of type complex128",
        ),
        ("'1.5'", FaultKind.DTYPE, "it returned a str"),
        ("None", FaultKind.NO_RETURN, "it returned None"),
        ("[x, 1]", FaultKind.SHAPE, "it returned a list of parts that do not fit"),
    ],
)
def test_what_is_no_number_is_said(
    sandbox: Sandbox, returned: str, kind: FaultKind, message: str
) -> None:
    answer = ask(sandbox, f"def log_prob(x):\n    return {returned}\n", LOG_PROB)
    assert answer.fault is not None
    assert (answer.fault.kind, answer.fault.message) == (kind, message)
    assert np.isnan(answer.values[0]).all()


@pytest.mark.parametrize(
    ("source", "signature", "message"),
    [
        (
            "def score(x):\n    return x\n",
            SCORE,
            "score takes 1 argument here; it must take 2, x and t: write def score(x, t): …",
        ),
        (
            "def score():\n    return 1\n",
            SCORE,
            "score takes 0 arguments here; it must take 2, x and t: write def score(x, t): …",
        ),
        (
            "def score(t, x):\n    return x\n",
            SCORE,
            "score takes t and x here, in this order, but it is called with x and t: "
            "write def score(x, t): …",
        ),
        (
            "def log_prob(x, y):\n    return x\n",
            LOG_PROB,
            "log_prob takes 2 arguments here; it must take one, the point x with its two numbers "
            "x[0] and x[1]: write def log_prob(x): …",
        ),
        (
            "def f_inv(x, *, t):\n    return x\n",
            INVERSE,
            "f_inv takes 2 arguments here; it must take one, the point x with its two numbers "
            "x[0] and x[1]: write def f_inv(x): …",
        ),
        (
            "def kernel(x, y):\n    return x\n",
            KERNEL,
            "kernel takes 2 arguments here; it must take 3, x, y and t: "
            "write def kernel(x, y, t): …",
        ),
        (
            "def f(a, b):\n    return a\n",
            IMAGE,
            "f takes 2 arguments here; it must take one, the array z of 4,096 numbers: "
            "write def f(z): …",
        ),
        (
            "def log_density(x):\n    return 0.0\n",
            LOG_PROB,
            "There is no function named log_prob (there is log_density): write def log_prob(x): … "
            "and return one number.",
        ),
        (
            "score = 3\n",
            SCORE,
            "score is not a function but an int: write def score(x, t): …",
        ),
        (
            "pass\n",
            IMAGE,
            "There is no function named f: write def f(z): … and return an array of 4,096 numbers.",
        ),
    ],
)
def test_a_function_that_can_not_be_called_so_is_refused_in_words(
    sandbox: Sandbox, source: str, signature: Signature, message: str
) -> None:
    assert refusal(sandbox, source, signature) == message


def test_other_names_for_the_arguments_are_fine(sandbox: Sandbox) -> None:
    assert ask(sandbox, "def score(point, time):\n    return point * time\n", SCORE).fault is None
    assert ask(sandbox, "def score(*arguments):\n    return arguments[0]\n", SCORE).fault is None


def test_each_of_several_functions_is_needed(sandbox: Sandbox) -> None:
    source = "def f(z):\n    return z\n"
    message = refusal(sandbox, source, Signature(), INVERSE)
    assert message.startswith("There is no function named f_inv (there is f)")


def test_a_function_that_was_not_announced_can_not_be_asked(sandbox: Sandbox) -> None:
    source = b"def f(z):\n    return z\n\ndef secret(z):\n    return z\n"
    with sandbox.open(source, seed=1) as oracle, pytest.raises(ValueError, match="announced"):
        oracle.evaluate(np.zeros((1, 2)), function="secret")


def test_points_of_another_width_are_our_mistake(sandbox: Sandbox) -> None:
    source = b"def score(x, t):\n    return x\n"
    with sandbox.open(source, seed=1, functions=[SCORE]) as oracle:
        with pytest.raises(ValueError, match="3 columns"):
            oracle.evaluate(np.zeros((1, 2)), function="score")
        assert oracle.evaluate(np.zeros((1, 3)), function="score").fault is None


def test_one_function_that_raises_leaves_the_others_alone(sandbox: Sandbox) -> None:
    source = (
        b"def f(z):\n    return z\n\ndef f_inv(x):\n    if x[0] > 0:\n"
        b"        raise ValueError('no root')\n    return x\n"
    )
    points = np.array([[-1.0, 0.0], [1.0, 0.0], [-2.0, 0.0]])
    with sandbox.open(source, seed=1, functions=[Signature(), INVERSE]) as oracle:
        strict = oracle.evaluate(points, function="f_inv")
        tolerant = oracle.evaluate(points, function="f_inv", tolerant=True)
        other = oracle.evaluate(points, function="f")
    assert strict.fault is not None
    assert (strict.fault.kind, strict.fault.index, strict.fault.line) == (FaultKind.RAISED, 1, 6)
    assert strict.fault.message == "ValueError: no root"
    assert np.isnan(strict.values[1:]).all()
    assert tolerant.faults == 1
    np.testing.assert_array_equal(tolerant.values[[0, 2]], points[[0, 2]])
    np.testing.assert_array_equal(other.values, points)


@pytest.mark.parametrize("changed", ["x", "y"])
def test_an_array_that_is_changed_in_place_shows(sandbox: Sandbox, changed: str) -> None:
    source = f"def kernel(x, y, t):\n    if t > 0.5:\n        {changed} *= 2\n    return t\n"
    points = np.random.default_rng(1).standard_normal((5, 6))
    points[:, 5] = [0.1, 0.2, 0.9, 0.3, 0.8]
    with sandbox.open(source.encode(), seed=1, functions=[KERNEL]) as oracle:
        answer = oracle.evaluate(points, function="kernel")
        again = oracle.evaluate(points, function="kernel")
    assert (answer.changed, answer.first_changed) == (2, 2)
    # The next call gets its own arrays: what one call spoils, no other sees.
    assert again.changed == 2


def test_a_number_that_is_assigned_to_is_no_change(sandbox: Sandbox) -> None:
    answer = ask(sandbox, "def score(x, t):\n    t *= 2\n    t = t + 1\n    return x * t\n", SCORE)
    assert answer.changed == 0


LIFTED = {
    "score": (SCORE, "return -x / (1 + t ** 2)"),
    "branch": (SCORE, "return -x if t > 0.5 else x * math.exp(-t)"),
    "both": (SCORE, "return np.array([x[0] * t, np.sin(t) + x[1]])"),
    "joined_by_concatenate": (SCORE, "return np.concatenate([x, [t]])[1:]"),
    "number": (LOG_PROB, "return -0.5 * x @ x - np.log(2 * np.pi)"),
    "one_entry": (LOG_PROB, "return np.array([x[0] * x[1]])"),
    "list_of_one": (LOG_PROB, "return [x.sum()]"),
    "constant": (LOG_PROB, "return 2.5"),
    "truth": (LOG_PROB, "return x[0] > x[1]"),
    "halves": (LOG_PROB, "a, b = np.split(x, 2)\n    return (a * b).sum()"),
    "slogdet": (
        LOG_PROB,
        "J = np.array([[2 + x[0] ** 2, x[1]], [0, -1]])\n"
        "    sign, value = np.linalg.slogdet(J)\n    return sign * value",
    ),
    "slogdet_by_name": (
        LOG_PROB,
        "return np.linalg.slogdet(np.array([[2 + x[0] ** 2, x[1]], [0, 1]])).logabsdet",
    ),
    "three": (KERNEL, "return t * (x.sum() - y.mean()) + y[2]"),
}


@pytest.mark.parametrize(("signature", "body"), LIFTED.values(), ids=LIFTED.keys())
def test_a_lifted_answer_is_that_of_single_calls(
    sandbox: Sandbox, signature: Signature, body: str
) -> None:
    source = (
        f"{HEADER}\ndef {signature.name}({', '.join(dict(signature.arguments))}):\n    {body}\n"
    )
    points = np.random.default_rng(2).uniform(-2, 2, (1_500, signature.inputs))
    with sandbox.open(source.encode(), seed=1, functions=[signature]) as oracle:
        many = oracle.evaluate(points, function=signature.name)
        few = oracle.evaluate(points[:200], function=signature.name)
    assert many.lifted
    assert not few.lifted
    np.testing.assert_allclose(many.values[:200], few.values, rtol=1e-9, atol=1e-12)


NOT_BELIEVED = {
    "text": (SCORE, "return x * len(f'{t}')"),
    "changes_the_second": (KERNEL, "y += 1\n    return y[0]"),
    "table_of_one": (LOG_PROB, "return x.reshape(1, 2) @ np.ones((2, 1))"),
    "wrong_length": (LOG_PROB, "return x"),
    "type_of_a_number": (SCORE, "return x if type(t) is np.float64 else -x"),
}


@pytest.mark.parametrize(("signature", "body"), NOT_BELIEVED.values(), ids=NOT_BELIEVED.keys())
def test_what_single_calls_do_not_answer_is_not_lifted(
    sandbox: Sandbox, signature: Signature, body: str
) -> None:
    source = f"def {signature.name}({', '.join(dict(signature.arguments))}):\n    {body}\n"
    assert not ask(sandbox, source, signature, 1_500, tolerant=True).lifted


def test_lifting_is_proved_for_each_function_by_itself(sandbox: Sandbox) -> None:
    source = b"def f(z):\n    return 2 * z\n\ndef f_inv(x):\n    return x * len(str(x[0]))\n"
    points = np.random.default_rng(2).standard_normal((1_500, 2))
    with sandbox.open(source, seed=1, functions=[Signature(), INVERSE]) as oracle:
        assert oracle.evaluate(points, function="f").lifted
        assert not oracle.evaluate(points, function="f_inv").lifted


def test_a_function_of_time_is_proved_where_it_has_values(sandbox: Sandbox) -> None:
    # At a Gaussian t the square root has no value; the first function is asked at its own points.
    source = "def score(x, t):\n    return x / math.sqrt(t) + np.sqrt(1 - t)\n"
    answer = ask(sandbox, source, SCORE, 1_500)
    assert answer.fault is None
    assert answer.lifted


def test_a_point_of_4096_numbers(sandbox: Sandbox) -> None:
    source = (
        "def f(z):\n    a, b = z[:2048], z[2048:]\n    return np.concatenate([a, b * np.exp(a)])\n"
    )
    answer = ask(sandbox, source, IMAGE, 64)
    assert answer.values.shape == (64, 4096)
    assert answer.fault is None
