"""docs/api.md says what the code does: its tables are those of the code."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from exercises.outcome import SPENDS_NO_ATTEMPT, VERDICT_OF, Outcome, Verdict
from grader.desks import problems

DOC = (Path(__file__).parents[4] / "docs" / "api.md").read_text()
TYPES = [kind for kind in vars(problems).values() if isinstance(kind, problems.ProblemType)]


@pytest.mark.parametrize("kind", TYPES, ids=lambda kind: kind.slug)
def test_every_problem_type_is_in_the_table(kind: problems.ProblemType) -> None:
    assert f"| `{kind.path}` | {int(kind.status)} | {kind.title} |" in DOC


def test_no_problem_type_is_in_the_table_that_is_not_in_the_code() -> None:
    assert len(re.findall(r"^\| `/problems/", DOC, re.MULTILINE)) == len(TYPES)


def test_every_endpoint_of_the_openapi_document_is_in_the_table(service: Any) -> None:
    document = service.client.get("/api/v1/openapi.json").get_json()
    for path, methods in document["paths"].items():
        shown = path
        for method in methods:
            assert f"| `{method.upper()} {shown}` |" in DOC, (method, path)


@pytest.mark.parametrize("outcome", Outcome)
def test_the_table_of_outcomes_is_that_of_the_code(outcome: Outcome) -> None:
    rows = [line for line in DOC.splitlines() if line.startswith("| `") and line.count("|") == 4]
    (row,) = (line for line in rows if f"`{outcome}`" in line.split("|")[1])
    _, _, verdicts, attempt, _ = row.split("|")
    verdict = VERDICT_OF[outcome] or Verdict.PASSED
    assert f"`{verdict}`" in verdicts
    assert ("no" in attempt) is (verdict in SPENDS_NO_ATTEMPT)
