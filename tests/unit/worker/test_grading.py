"""From source to report, through the real sandbox: what honest programs and broken ones get."""

from __future__ import annotations

from pathlib import Path

import pytest

from exercises.catalog.reading import read_catalog
from exercises.outcome import Outcome, Verdict
from exercises.report import Report
from worker.grading import grade
from worker.sandbox.sandbox import Sandbox

CATALOG = read_catalog()
PLAYGROUND, AFFINE = CATALOG["playground"], CATALOG["affine"]
HONEST = sorted((Path(__file__).parents[2] / "submissions" / "honest").glob("*.py"))
RIGHT = b"def f(z):\n    return 1 - 2 * z[::-1]\n"


@pytest.mark.parametrize("path", HONEST, ids=lambda path: path.stem)
def test_an_honest_program_runs_in_the_real_sandbox_and_gets_its_picture(
    sandbox: Sandbox, path: Path
) -> None:
    # inverse_cdf takes seconds, and on a busy processor each of them is counted as several.
    patient = PLAYGROUND.limits.model_copy(update={"cpu_seconds": 60.0})
    exercise = PLAYGROUND.model_copy(update={"limits": patient})
    graded = grade(path.read_bytes(), exercise, 7, sandbox)
    assert (graded.report.verdict, graded.report.outcome) == (Verdict.PASSED, Outcome.COMPLETED)
    assert graded.files["density.png"].startswith(b"\x89PNG")
    assert graded.report.figures[0].alt.startswith("Two densities")


def test_the_picture_of_target_and_yours_is_drawn_where_all_of_the_law_is_judged(
    sandbox: Sandbox,
) -> None:
    def drawn(slug: str, source: bytes) -> set[str]:
        return {figure.name for figure in grade(source, CATALOG[slug], 7, sandbox).report.figures}

    assert drawn("affine", RIGHT) == {"density", "fold_map", "two_ways", "comparison"}
    # What becomes of x1 is left to the student: it would be called too little and too much.
    free = b"def f(z):\n    return [z[0], z[0] + z[1] / 2]\n"
    assert drawn("unfold-b", free) == {"density", "fold_map", "two_ways"}


def test_the_same_seed_gives_the_same_report_and_the_same_picture(sandbox: Sandbox) -> None:
    def same(seed: int) -> tuple[Report, bytes]:
        graded = grade(PLAYGROUND.starter.encode(), PLAYGROUND, seed, sandbox)
        return graded.report.model_copy(update={"usage": None}), graded.files["density.png"]

    assert same(3) == same(3)
    assert same(3) != same(4)


def test_a_report_is_strict_json_that_comes_back_as_it_was(sandbox: Sandbox) -> None:
    nan = b"import numpy as np\ndef f(z):\n    print(np.nan, '\\0')\n    return np.log(z) / 0\n"
    for source in (RIGHT, nan, b"\xff", b"def f(z:", PLAYGROUND.starter.encode()):
        report = grade(source, AFFINE, 5, sandbox).report
        text = report.model_dump_json()
        assert "NaN" not in text
        assert "Infinity" not in text
        assert "\\u0000" not in text
        assert Report.model_validate_json(text) == report


def test_a_limit_keeps_what_was_printed_and_draws_nothing(sandbox: Sandbox) -> None:
    quick = AFFINE.model_copy(
        update={"limits": AFFINE.limits.model_copy(update={"cpu_seconds": 0.3})}
    )
    source = b"def f(z):\n    print('before')\n    while True:\n        z = z + 0\n"
    graded = grade(source, quick, 5, sandbox)
    assert (graded.report.verdict, graded.report.outcome) == (Verdict.FAILED, Outcome.CPU_LIMIT)
    assert graded.report.printed.text == "before\n"
    assert graded.report.findings[0].line in (3, 4)
    assert (graded.files, graded.report.figures, graded.report.score) == ({}, [], 0)
