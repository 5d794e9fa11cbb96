"""docs/course.md speaks of each exercise of the course, and its table is of the course as it is."""

from __future__ import annotations

import json
import re
import runpy
from pathlib import Path
from typing import Any

import pytest

from exercises.catalog.reading import COURSE, read_catalog
from exercises.exercise import QuizExercise

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "course.md").read_text(encoding="utf-8")
TOOL = runpy.run_path(str(ROOT / "tools" / "course_table.py"))
CATALOG = read_catalog()
ROWS = {
    row[1]: row[0].split(" | ")
    for row in re.finditer(r"^\| .* \(`([a-z0-9-]+)`\) \| .* \|$", PAGE, re.MULTILINE)
}


def test_each_exercise_is_introduced_under_its_part_and_in_the_order_of_the_course() -> None:
    introduced = []
    part = ""
    for line in PAGE.partition("## What students get wrong")[0].splitlines():
        if line.startswith("### "):
            part = line.removeprefix("### ")
        elif line.startswith("| `"):
            slugs = re.findall(r"`([a-z0-9-]+)`", line.split(" | ")[0])
            introduced += [(part, slug) for slug in slugs]
    parts = dict.fromkeys(exercise.part for exercise in CATALOG.exercises.values())
    assert list(dict.fromkeys(part for part, _ in introduced)) == list(parts)
    assert sorted(introduced) == sorted((e.part, e.slug) for e in CATALOG.exercises.values())


def test_the_table_is_of_the_course_as_it_is() -> None:
    assert list(ROWS) == list(CATALOG.exercises)
    for slug, exercise in CATALOG.exercises.items():
        name, kind, points, right, mistakes, *_ = ROWS[slug]
        assert name == f"| {exercise.title} (`{slug}`)"
        assert kind == exercise.kind
        assert points == (f"{exercise.max_score:g}" if exercise.graded else "–")
        if isinstance(exercise, QuizExercise):
            assert right.split()[0] == str(len(exercise.questions))
        elif exercise.graded:
            answers = 1 + len(list((COURSE / slug / "alternatives").glob("*.py")))
            assert right == f"{answers} × 100"
            count = len(list((COURSE / slug / "mistakes").glob("*.py")))
            assert mistakes == f"{count} of {count}"


def step(part: str, level: str = "ok", **numbers: float) -> dict[str, Any]:
    return {"part": part, "level": level, "message": "", "numbers": numbers}


def written(path: Path, ok: bool, *steps: dict[str, Any]) -> Path:
    line = {"exercise": "affine", "version": "v", "ok": ok, "steps": steps}
    path.write_text(json.dumps(line) + "\n", encoding="utf-8")
    return path


def test_the_table_takes_each_step_from_the_first_file_that_has_it(tmp_path: Path) -> None:
    seeds = written(
        tmp_path / "seeds.jsonl",
        True,
        step("reference.py", seeds=100, failed=0),
        step("alternatives/a.py", seeds=50, failed=0),
        step("mistakes/a.py"),
        step("mistakes/b.py"),
        step("error rates", "note", theory=2e-6, gradings=150, failed=1),
    )
    mutants = written(
        tmp_path / "mutants.jsonl",
        True,
        step("reference.py", seeds=1, failed=0),
        step("mutants", made=9, failed=6, same=2, survive=1),
        step("mutants"),
        step("error rates", "note", theory=2e-6, gradings=2, failed=0),
    )
    affine = {"affine": CATALOG["affine"]}
    *_, row = TOOL["table"](affine, TOOL["read_checked"]([seeds, mutants]))
    name = "Scale and shift: from N(0, I) to N(1, 4I) (`affine`)"
    assert row == f"| {name} | code | 10 | 2 × 50 | 2 of 2 | 6, 2, 1 | 2e-06, 1 of 150 |"


def test_of_a_quiz_the_table_says_what_is_asked_and_what_guessing_earns(tmp_path: Path) -> None:
    line = {"exercise": "which-a", "version": "v", "ok": True}
    rates = step("error rates", "note", asked=3, guessed=0.25, guessed_all=0.0156)
    steps = [step("questions", questions=5), rates]
    path = tmp_path / "a.jsonl"
    path.write_text(json.dumps(line | {"steps": steps}) + "\n", encoding="utf-8")
    *_, row = TOOL["table"]({"which-a": CATALOG["which-a"]}, TOOL["read_checked"]([path]))
    guess = "a guess is right 25 %, all of them 0.02"
    assert row.endswith(f"| quiz | 2 | 5 questions, 3 asked | – | – | 0; {guess} |")


@pytest.mark.parametrize(("slug", "said"), [("affine", "can't be published"), ("chain", "was not")])
def test_no_table_is_made_of_what_is_broken_or_was_not_checked(
    tmp_path: Path, slug: str, said: str
) -> None:
    checked = TOOL["read_checked"]([written(tmp_path / "a", False, step("files", "problem"))])
    with pytest.raises(SystemExit, match=said):
        list(TOOL["table"]({slug: CATALOG[slug]}, checked))
