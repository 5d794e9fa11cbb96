"""Lifted calls: what is lifted gives the numbers of single calls, and the rest is declined."""

from __future__ import annotations

import numpy as np
import pytest

from exercises.oracle import Signature
from worker.sandbox import language, lifting
from worker.sandbox.sandbox import Sandbox

POINTS = np.random.default_rng(3).standard_normal((400, 2))

HEADER = """
import math
import numpy as np
W = np.array([[1.0, 2.0], [-0.5, 1.5], [0.25, -1.0]])
V = np.array([[1.0, 0.5, -1.0], [2.0, -1.0, 0.5]])
b = np.array([0.1, -0.2, 0.3])
"""

LIFTED = {
    "affine": "return 2 * z + 1",
    "net": "return V @ np.tanh(W @ z + b)",
    "net_from_the_right": "return np.tanh(z @ W.T + b) @ V.T",
    "dot": "return np.dot(V, np.maximum(np.dot(W, z), 0))",
    "parts": "return np.array([z[0] ** 2, z[1] + z[0]])",
    "list": "return [z[0], 1.0]",
    "tuple": "a, b = z\n    return b, a",
    "normalised": "return z / np.linalg.norm(z)",
    "centred": "return z - z.mean()",
    "softmax": "e = np.exp(z - z.max())\n    return e / e.sum()",
    "where": "return np.where(z > 0, z, 0.1 * z)",
    "reversed": "return z[::-1]",
    "fancy": "return z[[1, 0]]",
    "outer": "return np.outer(z, z) @ z",
    "clip": "return np.clip(z, -1, [1, 0.5])",
    "in_place": "y = z.copy()\n    y *= 2\n    y[0] += y[1]\n    return y",
    "filled": "x = np.zeros(2)\n    x[0] = z[1]\n    x[1] = z[0] * 3\n    return x",
    "zeros_like": "x = np.zeros_like(z)\n    x[0] = z[1]\n    return x",
    "turn": "c, s = np.cos(z[0]), np.sin(z[0])\n    return np.array([[c, -s], [s, c]]) @ z",
    "reshape": "return (W[:2] @ z.reshape(2, 1)).ravel()",
    "stack": "return np.stack([z[0] * z[1], z[1]])",
    "concatenate": "return np.concatenate([z[:1] * 2, z[1:]])",
    "hstack": "return np.hstack([z[0], z[1] * 3])",
    "complex": "w = (z[0] + 1j * z[1]) ** 2\n    return np.array([w.real, w.imag])",
    "math": "return [math.sin(z[0]), math.hypot(z[0], z[1])]",
    "constant": "return np.array([1.0, 2.0])",
    "branch": "if z[0] > 0:\n        return z\n    return -z",
    "nested": "if z[0] > 0 and z[1] > 0:\n        return z\n    return z if z[1] > 1 else -z",
    "max_of_two": "return [max(z[0], z[1]), min(z[0], 0)]",
    "abs": "return abs(z)",
    "while": "x = z[0]\n    while abs(x) > 0.5:\n        x = x / 2\n    return [x, z[1]]",
    "loop": "x = z\n    for i in range(3):\n        x = x + 0.1 * np.sin(x[::-1])\n    return x",
    "length": "return z / len(z) + z.shape[0] + z.size",
    "cumsum": "return np.cumsum(z)",
    "polar": "r, t = np.hypot(*z), np.arctan2(*z)\n    return [r * np.cos(t + r), r * np.sin(t)]",
    "norm_of_shifted": "return z * np.sqrt(np.sum((z - b[:2]) ** 2))",
    "sum_builtin": "return [sum(z), sum(v * v for v in z)]",
    "mean_axis": "return np.mean(np.array([z, 2 * z]), axis=0)",
    "inverse": "return np.linalg.inv(np.array([[2 + z[0] ** 2, 0], [1, 3]])) @ z",
}

DECLINED = {
    "float": "return [float(z[0]), z[1]]",
    "integer_index": "return W[int(z[0] > 0)][:2] * z",
    "text": "return [len(f'{z[0]:.1f}'), z[1]]",
    "boolean_mask": "x = z.copy()\n    x[x > 0] = 0\n    return x",
    "wrong_index": "return [z[2], z[0]]",
    "column_of_a_point": "return z[:, 0]",
    "wrong_length": "return [z[0], z[1], 1]",
    "no_return": "z + 1",
    "raises_on_one_side": "if z[0] > 0:\n        raise ValueError\n    return z",
    "caught": "try:\n        return [float(z[0]), 1]\n    except BaseException:\n        return z",
    "sort_by_key": "return sorted(z, key=str)",
    "method_of_a_plain_array": "return V[:, :2].dot(z)",
    "tolist": "return z.tolist()",
}


def function(body: str):
    program = language.compile_submission(f"{HEADER}\ndef f(z):\n    {body}\n")
    return language.run_module(program, seed=0, printed=language.Printed())["f"]


@pytest.mark.parametrize("body", LIFTED.values(), ids=LIFTED.keys())
def test_a_lifted_call_gives_the_numbers_of_single_calls(body: str) -> None:
    f = function(body)
    lifted = lifting.call_lifted(f, POINTS, Signature())
    singles = np.array([np.asarray(f(z.copy()), dtype=float) for z in POINTS])
    assert lifted is not None
    np.testing.assert_allclose(lifted, singles, rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize("body", DECLINED.values(), ids=DECLINED.keys())
def test_what_has_no_meaning_for_all_points_is_declined(body: str) -> None:
    assert lifting.call_lifted(function(body), POINTS, Signature()) is None


def test_outside_of_a_lifted_call_arrays_are_numpys_own() -> None:
    made = function("return np.zeros(2)")(POINTS[0])
    assert type(made) is np.ndarray
    assert made.shape == (2,)


NOT_BELIEVED = {
    "looks_at_the_type": "return z if type(z) is np.ndarray else 2 * z",
    "noise": "return z + np.random.randn()",
    "prints": "print('hello')\n    return z",
    "changes_its_input": "z *= 2\n    return z",
    "raises_where_not_finite": "return [1 / math.sqrt(z[0]), z[1]]",
}


@pytest.mark.parametrize("body", NOT_BELIEVED.values(), ids=NOT_BELIEVED.keys())
def test_a_lifted_answer_that_single_calls_do_not_give_is_not_believed(
    sandbox: Sandbox, body: str
) -> None:
    many = np.random.default_rng(4).standard_normal((2000, 2))
    source = f"{HEADER}\ndef f(z):\n    {body}\n"
    with sandbox.open(source.encode(), seed=1) as oracle:
        assert not oracle.evaluate(many, tolerant=True).lifted


def test_a_lifted_answer_comes_through_the_sandbox(sandbox: Sandbox) -> None:
    many = np.random.default_rng(4).standard_normal((2000, 2))
    source = f"{HEADER}\ndef f(z):\n    {LIFTED['net']}\n"
    with sandbox.open(source.encode(), seed=1) as oracle:
        answer = oracle.evaluate(many)
        few = oracle.evaluate(many[:100])
    assert answer.lifted
    assert not few.lifted
    np.testing.assert_allclose(answer.values[:100], few.values, rtol=1e-12)


def test_a_rare_exception_is_found_though_the_probes_missed_it(sandbox: Sandbox) -> None:
    many = np.random.default_rng(4).standard_normal((20_000, 2))
    many[1234] = [9.0, 9.0]
    source = "def f(z):\n    if z[0] > 8:\n        raise ValueError('far')\n    return 2 * z\n"
    with sandbox.open(source.encode(), seed=1) as oracle:
        answer = oracle.evaluate(many)
    assert answer.fault is not None
    assert (answer.fault.index, answer.fault.line) == (1234, 3)
