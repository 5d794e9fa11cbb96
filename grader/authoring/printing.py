"""Shows authors what was checked: results on standard output, progress on standard error."""

from __future__ import annotations

import json
from collections.abc import Sequence

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from exercises.exercise import AnyExercise
from grader.authoring.step import Level, Step

_SIGN = {Level.OK: ("✓", "green"), Level.NOTE: ("i", "cyan"), Level.PROBLEM: ("✗", "bold red")}


class Printer:
    """Prints exercises one after the other, as text or as one JSON object a line."""

    def __init__(self, *, as_json: bool) -> None:
        self._json = as_json
        self._out = Console(highlight=False)
        self._err = Console(stderr=True, highlight=False)
        self._slug = ""
        self._steps: list[Step] = []

    def begin(self, exercise: AnyExercise) -> None:
        """Begin with an exercise."""
        self._slug, self._steps = exercise.slug, []
        self._version: str | None = exercise.version
        if not self._json:
            kind = f"{exercise.kind}, version {exercise.version}"
            self._out.print(Text.assemble((exercise.slug, "bold"), (f"  {kind}", "dim")))

    def progress(self, words: str) -> None:
        """Say what is done next; in silence where nobody looks."""
        if self._err.is_terminal:
            self._err.print(Text(f"  … {self._slug}: {words}", style="dim"))

    def step(self, step: Step) -> None:
        """Print one step."""
        self._steps.append(step)
        if not self._json:
            sign, style = _SIGN[step.level]
            row = Table.grid(padding=(0, 1))
            row.add_row(
                Text(sign, style), Text.assemble((f"{step.part}: ", "bold"), _line(step.message))
            )
            self._out.print(Padding(row, (0, 0, 0, 2), expand=False))

    def end(self) -> bool:
        """End the exercise. Returns whether it may be published."""
        good = all(step.level is not Level.PROBLEM for step in self._steps)
        if self._json:
            self._write(self._slug, self._version, good)
        return good

    def broken(self, slug: str, why: str) -> None:
        """Print that an exercise can't even be read."""
        self._slug, self._version = slug, None
        if not self._json:
            self._out.print(Text(slug, style="bold"))
        self._steps = []
        self.step(Step("files", Level.PROBLEM, why))
        self.end()

    def total(self, count: int, bad: Sequence[str]) -> None:
        """Print the end of it all: how many were checked, and which of them need work."""
        if self._json:
            return
        if bad:
            names = ", ".join(bad)
            self._out.print(Text(f"{len(bad)} of {count} need work: {names}"))
        else:
            all_ = "The exercise" if count == 1 else f"All {count} exercises"
            self._out.print(Text(f"{all_} can be published."))

    def _write(self, slug: str, version: str | None, good: bool) -> None:
        steps = [
            {"part": s.part, "level": s.level, "message": s.message, "numbers": dict(s.numbers)}
            for s in self._steps
        ]
        line = {"exercise": slug, "version": version, "ok": good, "steps": steps}
        print(json.dumps(line, ensure_ascii=False), flush=True)


def _line(text: str) -> str:
    return "".join(c if c.isprintable() else " " for c in text)
