"""Honest programs with several functions, arguments and forms of answers, through the sandbox."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import numpy as np
import pytest

from exercises.oracle import Signature
from worker.sandbox.sandbox import Sandbox

PROGRAMS = sorted((Path(__file__).parents[2] / "submissions" / "functions").glob("*.py"))
#: So many points are answered by a lifted call, where the program can be called so.
MANY = 1_100


def signatures(source: str) -> list[Signature]:
    """Those of lines such as `# function: score(x: 2, t: 0) -> 2`."""
    lines = re.findall(r"^# function: (\w+)\((.*)\) -> (\d+)$", source, re.MULTILINE)
    return [
        Signature(
            name,
            tuple((word, int(n)) for word, n in re.findall(r"(\w+): (\d+)", arguments)),
            int(outputs),
        )
        for name, arguments, outputs in lines
    ]


def values(source: str) -> list[tuple[str, list[float], list[float]]]:
    """Function, point and answer of lines such as `# value: score([0.5, 1], 0.5) = 1.5 2`."""
    lines = re.findall(r"^# value: (\w+)\((.*)\) = (.*)$", source, re.MULTILINE)
    return [
        (name, np.hstack(ast.literal_eval(f"[{point}]")).tolist(), [float(n) for n in x.split()])
        for name, point, x in lines
    ]


def some_points(signature: Signature) -> np.ndarray:
    """Gaussian arrays; numbers, which stand for times, between 0 and 1. Shape (MANY, inputs)."""
    rng = np.random.default_rng(2)
    parts = [
        rng.standard_normal((MANY, length)) if length else rng.uniform(0.05, 0.95, (MANY, 1))
        for _, length in signature.arguments
    ]
    return np.hstack(parts)


@pytest.mark.parametrize("path", PROGRAMS, ids=lambda path: path.stem)
def test_honest_program_answers_as_it_should(path: Path, sandbox: Sandbox) -> None:
    source = path.read_text()
    asked = signatures(source)
    expected = values(source)
    assert {name for name, _, _ in expected} <= {signature.name for signature in asked}
    assert expected
    with sandbox.open(source.encode(), seed=1, functions=asked) as oracle:
        for name, point, answer in expected:
            got = oracle.evaluate(np.array([point]), function=name)
            assert got.fault is None
            assert not got.changed
            np.testing.assert_allclose(got.values[0], answer, rtol=1e-9, atol=1e-9)
        for signature in asked:
            points = some_points(signature)
            many = oracle.evaluate(points, function=signature.name)
            assert many.fault is None
            assert np.isfinite(many.values).all()
            few = oracle.evaluate(points[:20], function=signature.name)
            np.testing.assert_allclose(many.values[:20], few.values, rtol=1e-9, atol=1e-12)


def test_there_are_programs_in_many_styles() -> None:
    assert len(PROGRAMS) >= 30
