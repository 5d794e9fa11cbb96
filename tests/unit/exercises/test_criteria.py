"""Criteria: which functions each can ask, and which others it may require."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from pydantic import ValidationError

from exercises.catalog.reading import read_catalog
from exercises.exercise import CodeExercise

PLAYGROUND = read_catalog()["playground"].model_dump()
F = {"name": "f"}
F3 = {"name": "f", "arguments": {"z": 3}, "outputs": 3}
NARROW = {"name": "f", "arguments": {"z": 3}, "outputs": 2}


def function(name: str, length: int, outputs: int) -> dict[str, Any]:
    return {"name": name, "arguments": {"x": length}, "outputs": outputs}


def exercise(functions: list[Any], *criteria: Mapping[str, Any]) -> CodeExercise:
    return CodeExercise.model_validate(
        PLAYGROUND | {"functions": functions, "criteria": criteria, "gallery": ()}
    )


@pytest.mark.parametrize(
    ("check", "functions", "said"),
    [
        ("law", [F3], "law needs an f of the plane"),
        ("invertibility", [NARROW], "invertibility needs an f of the plane"),
        ("inverse", [F], "inverse asks f_inv, which functions does not list"),
        ("inverse", [F3, function("f_inv", 2, 2)], "points of one length"),
        ("log_det", [NARROW, function("log_det", 3, 0)], "as many numbers as it takes"),
        ("log_det", [F3, function("log_det", 3, 2)], "return one: outputs = 0"),
        ("log_prob", [F, function("log_prob", 3, 0)], "a point of 2 numbers"),
        ("normalization", [F, function("log_prob", 3, 0)], "a point of 2 numbers"),
        ("coupling", [NARROW], "points of one length"),
    ],
)
def test_functions_that_do_not_fit_a_check_are_said(
    check: str, functions: list[Any], said: str
) -> None:
    with pytest.raises(ValidationError, match=said):
        exercise(functions, {"check": check})


@pytest.mark.parametrize("words", [{"name": "lambda"}, {"name": "f", "arguments": {"class": 2}}])
def test_a_word_of_python_is_no_name(words: Mapping[str, Any]) -> None:
    with pytest.raises(ValidationError, match=r"is a word of Python|is no name of an argument"):
        exercise([words])


def test_points_are_what_a_grade_book_takes() -> None:
    assert exercise([F], {"check": "law", "points": 10_000}).max_score == 10_000
    with pytest.raises(ValidationError, match="less than or equal to 10000"):
        exercise([F], {"check": "law", "points": 1e300})


def test_a_scale_of_a_likelihood_goes_upwards() -> None:
    density = [F, function("log_prob", 2, 0)]

    def made(baseline: float, full: float) -> CodeExercise:
        ends = {"baseline": baseline, "full": full}
        return exercise(density, {"check": "normalization"}, {"check": "likelihood"} | ends)

    with pytest.raises(ValidationError, match=r"a full above its baseline, not -2\.9 and 0"):
        made(0, -2.9)
    assert made(-3.5, -2.9).criteria


def test_what_is_required_must_be_another_criterion() -> None:
    law, shape = {"check": "law", "requires": ["shape"]}, {"check": "law", "requires": ["law"]}
    for criterion in (law, shape):
        with pytest.raises(ValidationError, match="is no other criterion"):
            exercise([F], criterion)


def test_functions_that_fit_are_taken() -> None:
    inverse, log_prob = function("f_inv", 2, 2), function("log_prob", 2, 0)
    log_det = function("log_det", 2, 0)
    checks = ("inverse", "log_det", "log_prob", "normalization", "coupling", "law")
    made = exercise([F, inverse, log_prob, log_det], *({"check": check} for check in checks))
    assert [criterion.check for criterion in made.criteria] == list(checks)
