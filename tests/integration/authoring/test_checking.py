"""The check of authors, with the real sandbox: what can be published, and what it measures."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from exercises.authoring.scaffold import TEMPLATES, scaffold, write_files
from exercises.catalog.reading import COURSE
from exercises.tables.building import build_tables
from grader.authoring.step import Level
from tests.integration.authoring.bench import Check, edit, problems


@pytest.mark.usefixtures("quick_tables")
@pytest.mark.parametrize(("kind", "template"), [*(("code", t) for t in TEMPLATES), ("quiz", "law")])
def test_a_new_exercise_can_be_published_as_it_is(
    kind: str, template: str, tmp_path: Path, check: Check
) -> None:
    write_files(tmp_path / "mine", scaffold("mine", kind, template))
    build_tables(tmp_path / "mine")
    steps = check(tmp_path / "mine")
    assert problems(steps) == []
    looked_at = {step.part for step in steps}
    if kind == "quiz":
        assert {"texts", "questions", "marking", "error rates"} <= looked_at
    else:
        assert {"texts", "reference.py", "starter.py", "error rates"} <= looked_at
        assert any(part.startswith("mistakes/") for part in looked_at)


def test_mutants_fail_or_are_shown_to_be_right(lean: Path, check: Check) -> None:
    said = [step for step in check(lean, 40) if step.part == "mutants"]
    assert said[0].message == "7 of 8 fail, 1 are the same or as right"
    assert said[0].numbers == {"made": 8, "failed": 7, "same": 1, "survive": 0}
    (other,) = said[1:]
    assert other.message.startswith(
        "line 5: 2 becomes -2: the same law, as far as 262,144 points tell"
    )


def test_a_mutant_that_slips_through_is_told(lean: Path, check: Check) -> None:
    # Half a thousandth in a corner of the law: another law, but within the tolerance.
    (lean / "reference.py").write_text(
        "import numpy as np\n\n\ndef f(z):\n    far = 2.9\n    x = 2 * z + np.ones(2)\n"
        "    return x if z[0] < far else x + 3\n"
    )
    build_tables(lean)
    # Of all kinds in turn: the one that slips through is among the first.
    steps = [step for step in check(lean, 6) if step.part == "mutants"]
    survivors = [step for step in steps if step.message.startswith("survives: ")]
    assert any("2.9 becomes 3.19" in step.message for step in survivors)
    assert {step.level for step in survivors} == {Level.NOTE}
    assert all("within the tolerance" in step.message for step in survivors)


def test_a_classifier_that_decides_otherwise_and_passes_is_a_survivor(
    tmp_path: Path, check: Check
) -> None:
    folder = Path(shutil.copytree(COURSE / "discriminator", tmp_path / "discriminator"))
    shutil.rmtree(folder / "alternatives")
    shutil.rmtree(folder / "mistakes")
    steps = {s.message: s for s in check(folder, 18) if s.part == "mutants"}
    (same,) = (said for said in steps if "the same decision at all of" in said)
    assert "np.exp2(" in same
    assert "2 becomes 2.2" not in same
    assert any(
        said.startswith("survives: line 5: 2 becomes 2.2: another decision at")
        and step.level is Level.NOTE
        for said, step in steps.items()
    )


def test_the_error_rates_are_those_of_theory_and_of_what_was_seen(
    affine: Path, check: Check
) -> None:
    (step,) = [step for step in check(affine) if step.part == "error rates"]
    assert step.numbers == {"theory": 1e-6, "gradings": 4, "failed": 0}
    # The reference and three alternatives, once each: 1 − 0.05^(1/4).
    assert step.message == (
        "a right answer fails by theory with probability at most 1e-06 a grading; "
        "here 0 of 4 did (so below 53% with 95 % confidence)"
    )


def test_near_misses_of_a_law_are_measured(lean: Path, check: Check) -> None:
    (step,) = [step for step in check(lean, 1) if step.part == "near misses"]
    for kind in ("x scaled", "x shifted along x1", "x turned"):
        assert kind in step.message
    assert "of 10 by" in step.message


@pytest.mark.parametrize(
    ("draw", "said"),
    [
        (2, "gets 50% of the answers right on average, and all 2 of them with probability 0.25"),
        (1, "is right with probability 0.5"),
    ],
)
def test_a_quiz_says_what_guessing_earns(quiz: Path, check: Check, draw: int, said: str) -> None:
    edit("exercise.toml", "[quiz]", f"[quiz]\ndraw = {draw}")(quiz)
    (step,) = [step for step in check(quiz) if step.part == "error rates"]
    assert step.message == f"a right answer never fails; guessing {said}"
