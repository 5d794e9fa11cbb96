"""Gradescope's results.json: what its rules ask, and that our failure never becomes a zero."""

from __future__ import annotations

import json

import pytest

from exercises.catalog.reading import read_catalog
from exercises.outcome import Outcome, Verdict
from exercises.report import Finding, Printed, Report, Status, Usage
from grader.exports.gradescope import NotGraded, Visibility, results
from worker.grading import grade
from worker.sandbox.sandbox import Sandbox

AFFINE = read_catalog()["affine"]

#: The keys that the platform knows, with the values that it takes.
TOP = {
    "score",
    "execution_time",
    "output",
    "output_format",
    "test_output_format",
    "test_name_format",
    "visibility",
    "stdout_visibility",
    "extra_data",
    "tests",
}
TEST = {
    "score",
    "max_score",
    "status",
    "name",
    "name_format",
    "number",
    "output",
    "output_format",
    "tags",
    "visibility",
    "extra_data",
}
VISIBILITY = {"hidden", "after_due_date", "after_published", "visible"}
FORMATS = {"text", "html", "simple_format", "md", "ansi"}


def report(**changes: object) -> Report:
    found = {
        "exercise": "affine",
        "exercise_version": "0" * 16,
        "verdict": Verdict.PARTIAL,
        "outcome": Outcome.COMPLETED,
        "score": 3.0,
        "max_score": 10.0,
        "findings": [
            Finding(check="law", status=Status.PARTIAL, points=3, max_points=10, message="Wide."),
            Finding(check="purity", status=Status.PASSED, message="Pure.", line=2),
            Finding(check="invertibility", status=Status.INCONCLUSIVE, message="Unknown."),
        ],
        "printed": Printed(text="hello\n"),
        "seed": 7,
        "samples": 10_000,
        "usage": Usage(wall_seconds=0.25),
        "layers": [],
    }
    return Report.model_validate(found | changes)


def fits(text: str) -> dict[str, object]:
    """The file, after the platform's rules were checked on it."""
    read: dict[str, object] = json.loads(text)
    assert set(read) <= TOP
    assert read["visibility"] in VISIBILITY
    assert read["stdout_visibility"] in VISIBILITY
    tests = read["tests"]
    assert isinstance(tests, list)
    for test in tests:
        assert set(test) <= TEST
        assert test["visibility"] in VISIBILITY
        assert test["output_format"] in FORMATS
        assert test.get("status") in {"passed", "failed", None}
        assert ("score" in test) == ("max_score" in test)
    return read


def test_a_report_keeps_its_score_its_sentences_and_what_repeats_it() -> None:
    read = fits(results(report()).to_json())
    assert (read["score"], read["execution_time"]) == (3.0, 0.25)
    law, purity, invertibility = read["tests"]
    assert (law["name"], law["score"], law["max_score"], law["status"]) == ("law", 3, 10, "failed")
    assert law["output"] == "Wide."
    assert "line 2" in purity["output"]
    assert "score" not in purity
    # There is no third way there: a check that cannot tell is neither passed nor failed.
    assert "status" not in invertibility
    assert "hello" in read["output"]
    assert read["extra_data"]["seed"] == 7


def test_a_changed_score_comes_with_its_reason() -> None:
    read = results(report(), score=1.5, remarks=("One day late: −50 %.",))
    assert read.score == 1.5
    assert read.output.startswith("One day late")


def test_our_failure_is_no_zero() -> None:
    ours = report(verdict=Verdict.INTERNAL_ERROR, outcome=Outcome.INTERNAL_ERROR, score=0)
    with pytest.raises(NotGraded):
        results(ours)


def test_what_students_see_can_wait_for_the_deadline() -> None:
    read = fits(results(report(), visibility=Visibility.AFTER_DUE_DATE).to_json())
    assert read["visibility"] == "after_due_date"
    assert read["stdout_visibility"] == "hidden"


@pytest.mark.parametrize("source", [b"def f(z):\n    return 2 * z\n", b"def f(z:"])
def test_a_real_grading_fits_the_rules(sandbox: Sandbox, source: bytes) -> None:
    graded = grade(source, AFFINE, 5, sandbox).report
    read = fits(results(graded).to_json())
    assert read["score"] == graded.score
    assert len(read["tests"]) == len({finding.message for finding in graded.findings})
