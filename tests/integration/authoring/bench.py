"""How an exercise is changed for a test, and what is told of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from click.testing import CliRunner, Result

from grader.authoring.commands import exercises
from grader.authoring.step import Level, Step

Check = Callable[..., list[Step]]


def problems(steps: list[Step]) -> list[tuple[str, str]]:
    return [(step.part, step.message) for step in steps if step.level is Level.PROBLEM]


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(exercises, [str(argument) for argument in arguments])


def edit(name: str, old: str, new: str) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        text = (folder / name).read_text(encoding="utf-8")
        assert old in text
        (folder / name).write_text(text.replace(old, new, 1), encoding="utf-8")

    return change


def add(name: str, text: str) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        with (folder / name).open("a", encoding="utf-8") as file:
            file.write(text)

    return change
