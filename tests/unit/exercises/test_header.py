"""A mistake says at its top what its report must say."""

from __future__ import annotations

import re

import pytest

from exercises.authoring.header import BrokenHeader, Expectation, read_header
from exercises.misconceptions import Misconception
from exercises.outcome import Outcome, Verdict
from exercises.report import Finding, Report, Status


def report(verdict: Verdict = Verdict.PARTIAL, **evidence: str) -> Report:
    finding = Finding(
        check="law",
        status=Status.PARTIAL,
        points=3,
        max_points=10,
        message="The middle is right, but not the spread.",
        evidence=dict(evidence),
    )
    return Report(
        exercise="affine",
        exercise_version="v",
        verdict=verdict,
        outcome=Outcome.COMPLETED,
        score=3,
        max_score=10,
        findings=[Finding(check="shape", status=Status.PASSED, message="Two numbers."), finding],
        seed=1,
        samples=0,
        layers=[],
    )


def test_the_first_comments_are_the_header_and_later_ones_are_not() -> None:
    source = (
        '# verdict = "partial"\n# misconception = "scale"\n#finding="law"\n'
        '# says = "the spread"\n# Forgot the root: sigma = 2.\n# finding = "shape"\ndef f(z): ...\n'
    )
    expected = Expectation(
        verdict=Verdict.PARTIAL, misconception=Misconception.SCALE, finding="law", says="the spread"
    )
    assert read_header(source) == expected


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("def f(z): ...\n", 'must say the verdict, as # verdict = "failed"'),
        ('\n# verdict = "failed"\n', "must say the verdict"),
        ('# finding = "law"\n', "must say the verdict"),
        ("# verdict = failed\n", "not TOML"),
        ('# verdict = "wrong"\n', "verdict: it must be 'passed', 'partial', 'failed'"),
        (
            '# verdict = "failed"\n# misconceptoin = "scale"\n',
            "misconceptoin: there is no such key in a header: verdict, misconception",
        ),
        (
            '# verdict = "failed"\n# misconception = "no_log_det"\n',
            'misconception: there is no misconception "no_log_det"; did you mean no log det?',
        ),
        (
            '# verdict = "failed"\n# misconception = "carelessness"\n',
            'there is no misconception "carelessness"; docs/authoring.md lists them',
        ),
        (
            '# verdict = "failed"\n# finding = "law"\n# misconception = "no log det"\n',
            'misconception: "no log det" is a name that log_prob gives, and law never does',
        ),
    ],
)
def test_a_header_that_says_nothing_is_refused(source: str, said: str) -> None:
    with pytest.raises(BrokenHeader, match=re.escape(said)):
        read_header(source)


@pytest.mark.parametrize(
    ("expected", "found", "unmet"),
    [
        ({}, report(mistake="scale"), None),
        ({"misconception": "scale", "finding": "law"}, report(mistake="scale"), None),
        ({"says": "the spread"}, report(), None),
        ({}, report(Verdict.FAILED), "the verdict is failed, not partial (with 3 of 10 points)"),
        ({"misconception": "shift"}, report(mistake="scale"), "named is scale, not shift"),
        ({"misconception": "shift"}, report(), "named is nothing, not shift"),
        ({"finding": "purity"}, report(), "there is no finding purity"),
        ({"finding": "shape"}, report(), "shape finds nothing wrong"),
        ({"says": "the place"}, report(), 'no message says "the place"'),
    ],
)
def test_what_a_report_does_not_say_is_told(
    expected: dict[str, str], found: Report, unmet: str | None
) -> None:
    said = Expectation.model_validate({"verdict": "partial", **expected}).unmet(found)
    assert said is None if unmet is None else unmet in (said or "")
