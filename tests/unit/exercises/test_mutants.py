"""Mutants are small, all different, the same each time, and of every kind."""

from __future__ import annotations

import ast

import pytest

from exercises.authoring.mutants import MOST, mutants, without_draws
from exercises.catalog.reading import COURSE

SOURCE = """import numpy as np

W = np.array([[1.0, -2.0], [3.0, 4.0]])


def f(z):
    if z[0] > 0.5:
        return W @ z[::-1]
    return np.array([-z[0] + np.abs(z[1]), 2 * np.sin(z[1])]) @ W.T


def draw_f(rng, n):
    return 7 * rng.standard_normal((n, 2))
"""

REFERENCES = sorted(COURSE.glob("*/reference.py"))


def changes(source: str, most: int = 1000) -> set[str]:
    return {mutant.change.partition(": ")[2] for mutant in mutants(source, most)}


@pytest.mark.parametrize(
    "change",
    [
        "1.0 becomes 1.1",
        "1.0 becomes -1.0",
        "1.0 becomes 2.0",
        "-z[0] loses its sign",
        "2 * np.sin(z[1]) becomes 2 / np.sin(z[1])",
        "-z[0] + np.abs(z[1]) becomes -z[0] - np.abs(z[1])",
        "z[0] > 0.5 becomes z[0] < 0.5",
        "z[0] becomes z[1]",
        "z[::-1] becomes z",
        "np.sin(z[1]) becomes np.cos(z[1])",
        "np.abs(z[1]) becomes z[1]",
        "W @ z[::-1] becomes W.T @ z[::-1]",
        "W.T becomes W",
        "[1.0, -2.0] becomes [-2.0, 1.0]",
    ],
)
def test_a_usual_slip_is_among_the_mutants(change: str) -> None:
    assert change in changes(SOURCE)


def test_each_is_a_program_of_its_own_and_differs_from_the_original() -> None:
    found = mutants(SOURCE, 1000)
    programs = {ast.unparse(ast.parse(mutant.source)) for mutant in found}
    assert len(programs) == len(found) > 30
    assert ast.unparse(ast.parse(SOURCE)) not in programs


def test_what_draws_points_is_left_alone() -> None:
    assert all("7 * rng.standard_normal((n, 2))" in m.source for m in mutants(SOURCE, 1000))


def test_few_mutants_are_of_all_kinds() -> None:
    assert {mutant.kind for mutant in mutants(SOURCE, 7)} == {
        "constant",
        "sign",
        "operator",
        "axis",
        "function",
        "order",
    }


@pytest.mark.parametrize("path", REFERENCES, ids=lambda path: path.parent.name)
def test_references_of_the_course_have_mutants_the_same_ones_each_time(path) -> None:
    source = path.read_text(encoding="utf-8")
    found = mutants(source)
    assert 0 < len(found) <= MOST
    assert found == mutants(source)


def test_without_its_draws_a_reference_keeps_its_lines() -> None:
    plain = without_draws(SOURCE)
    assert "draw_f" not in plain
    assert plain.splitlines() == SOURCE.splitlines()[:9]
