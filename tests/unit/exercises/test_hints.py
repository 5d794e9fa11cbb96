"""Every misconception has a hint, and a finding that names one brings it along."""

from __future__ import annotations

import pytest

from exercises.catalog.reading import read_catalog
from exercises.hints import HINTS, with_hint
from exercises.misconceptions import Misconception
from exercises.report import Finding, Status
from worker.grading import grade
from worker.sandbox.sandbox import Sandbox

AFFINE = read_catalog()["affine"]


def finding(status: Status, **evidence: str) -> Finding:
    return Finding(check="law", status=status, message="Wide.", evidence=dict(evidence))


@pytest.mark.parametrize("misconception", Misconception)
def test_every_misconception_has_a_hint_that_is_a_sentence(misconception: Misconception) -> None:
    hint = HINTS[misconception]
    assert hint[-1] in ".?"
    assert 20 < len(hint) < 200


def test_what_is_not_right_and_has_a_name_brings_its_hint() -> None:
    assert with_hint(finding(Status.FAILED, mistake="scale")).hint == HINTS["scale"]
    assert with_hint(finding(Status.PARTIAL, mistake="rotation")).hint == HINTS["rotation"]


def test_there_is_no_hint_without_a_name_or_without_a_mistake() -> None:
    assert with_hint(finding(Status.FAILED)).hint is None
    assert with_hint(finding(Status.FAILED, mistake="a name of another grader")).hint is None
    assert with_hint(finding(Status.PASSED, mistake="scale")).hint is None


def test_a_graded_mistake_comes_with_its_hint(sandbox: Sandbox) -> None:
    report = grade(b"def f(z):\n    return 4 * z + 1\n", AFFINE, 3, sandbox).report
    law = next(found for found in report.findings if found.check == "law")
    assert law.evidence["mistake"] == "scale"
    assert law.hint == HINTS["scale"]
