"""Puts the table of what `grader exercises check --json` found into docs/course.md.

    grader exercises check --seeds 100 --json > checked.jsonl
    python tools/course_table.py checked.jsonl

A course of one's own has --exercises and --page. Of several files the first one that has a step
counts: so right answers can be graded with many seeds, and mutants in a run of their own with few.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from exercises.catalog.reading import COURSE, read_catalog
from exercises.exercise import AnyExercise, CodeExercise

PAGE = Path(__file__).parents[1] / "docs" / "course.md"
BEGIN, END = "<!-- the table: made by tools/course_table.py -->", "<!-- end of the table -->"
_HEAD = (
    "| exercise | kind | points | right answers × seeds | mistakes | "
    "mutants: fail, same, survive | a right answer fails: in theory, seen |",
    "|---|---|---|---|---|---|---|",
)

Step = Mapping[str, Any]


@dataclass
class Checked:
    """What was found of one exercise, over all files."""

    version: str | None
    good: bool
    steps: list[Step] = field(default_factory=list)

    def numbers(self, part: str) -> Mapping[str, float] | None:
        """The numbers of the first step of this part that has some."""
        return next((s["numbers"] for s in self.steps if s["part"] == part and s["numbers"]), None)

    def in_folder(self, name: str) -> list[Step]:
        """The steps about the files of a folder."""
        return [step for step in self.steps if step["part"].startswith(f"{name}/")]


def read_checked(paths: list[Path]) -> dict[str, Checked]:
    """What the files hold, by the slugs of the exercises."""
    found: dict[str, Checked] = {}
    for path in paths:
        for line in path.read_text(encoding="utf-8").splitlines():
            entry = json.loads(line)
            slug, version = entry["exercise"], entry["version"]
            checked = found.setdefault(slug, Checked(version, True))
            there = {step["part"] for step in checked.steps}
            checked.steps += [step for step in entry["steps"] if step["part"] not in there]
            checked.good = checked.good and entry["ok"]
    return found


def table(exercises: Mapping[str, AnyExercise], checked: Mapping[str, Checked]) -> Iterator[str]:
    """The lines of the table, an exercise each, in the order in which a course lists them."""
    yield from _HEAD
    for slug, exercise in exercises.items():
        name = f"{exercise.title} (`{slug}`)"
        if slug not in checked:
            raise SystemExit(f"{slug} was not checked: run grader exercises check --json again")
        if not checked[slug].good:
            raise SystemExit(f"{slug} can't be published: see grader exercises check {slug}")
        cells = _program(exercise, checked[slug]) or _quiz(checked[slug])
        points = f"{exercise.max_score:g}" if exercise.graded else "–"
        yield f"| {name} | {exercise.kind} | {points} | {' | '.join(cells)} |"


def _program(exercise: AnyExercise, checked: Checked) -> tuple[str, ...] | None:
    if not isinstance(exercise, CodeExercise):
        return None
    reference = checked.numbers("reference.py")
    right = [step["numbers"] for step in checked.in_folder("alternatives")]
    right += [reference] if reference else []
    seeds = min((int(numbers["seeds"]) for numbers in right), default=0)
    mistakes = len(checked.in_folder("mistakes"))
    return (
        f"{len(right)} × {seeds}" if right else "–",
        f"{mistakes} of {mistakes}" if mistakes else "–",
        _mutants(checked.numbers("mutants")),
        _rates(checked.numbers("error rates")),
    )


def _mutants(numbers: Mapping[str, float] | None) -> str:
    if numbers is None:
        return "–"
    return ", ".join(f"{numbers[key]:g}" for key in ("failed", "same", "survive"))


def _rates(numbers: Mapping[str, float] | None) -> str:
    if numbers is None:
        return "–"
    theory = f"{numbers['theory']:.0e}" if numbers["theory"] else "0"
    return f"{theory}, {numbers['failed']:g} of {numbers['gradings']:g}"


def _quiz(checked: Checked) -> tuple[str, ...]:
    bank = int((checked.numbers("questions") or {"questions": 0})["questions"])
    rates = checked.numbers("error rates") or {}
    asked, share = int(rates["asked"]), f"{100 * rates['guessed']:.0f} %"
    bank_said = "1 question" if bank == 1 else f"{bank} questions, {asked} asked"
    together = f", all of them {rates['guessed_all']:.1g}" if asked > 1 else ""
    return bank_said, "–", "–", f"0; a guess is right {share}{together}"


def main() -> None:
    """Remake the table in the page."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("files", nargs="+", type=Path, help="of grader exercises check --json")
    parser.add_argument("--exercises", type=Path, default=COURSE, help="the folder of exercises")
    parser.add_argument("--page", type=Path, default=PAGE, help="where the table goes")
    options = parser.parse_args()
    exercises = read_catalog(options.exercises).exercises
    lines = "\n".join(table(exercises, read_checked(options.files)))
    before, begin, rest = options.page.read_text(encoding="utf-8").partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise SystemExit(f"{options.page} needs the lines {BEGIN} and {END}")
    page = f"{before}{BEGIN}\n\n{lines}\n\n{END}{after}"
    options.page.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
