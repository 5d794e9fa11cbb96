"""Grading on this machine without a server: what the command line does."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from exercises.exercise import Exercise
from exercises.figures.density import render_svg
from exercises.figures.panels import DensityPanels
from exercises.outcome import Verdict
from grader.terminal import Terminal
from worker.failure import our_failure
from worker.grading import Graded, grade
from worker.sandbox.layers import Layer
from worker.sandbox.sandbox import Sandbox
from worker.sandbox.zygote_client import SandboxBroken

#: Exit codes, the same for every command.
ALL_PASSED, NOT_ALL_PASSED, UNREADABLE, OUR_FAILURE = 0, 1, 2, 3

#: How often a grading is tried before our failure becomes its report.
_TRIES = 2


class _LocalGrader:
    """Grades one submission after the other in one sandbox."""

    def __init__(self, exercise: Exercise, seed: int, terminal: Terminal, sandbox: Sandbox) -> None:
        self._exercise, self._seed, self._terminal = exercise, seed, terminal
        self._sandbox: Sandbox | None = sandbox
        self._failures = 0

    def grade(self, source: bytes) -> Graded:
        # Once it has failed twice in a row it is broken, and more files won't mend it.
        while self._failures < _TRIES:
            try:
                self._sandbox = self._sandbox or Sandbox()
                graded = grade(source, self._exercise, self._seed, self._sandbox)
                self._failures = 0
                return graded
            except SandboxBroken as error:
                self._failures += 1
                self._terminal.complain(f"The sandbox failed: {error}.")
                self.close()
        return Graded(our_failure(self._exercise.slug, self._exercise.version, self._seed))

    def close(self) -> None:
        if self._sandbox is not None:
            self._sandbox.close()
            self._sandbox = None


def check_files(
    files: Sequence[str],
    exercise: Exercise,
    seed: int,
    sandbox: Sandbox,
    *,
    as_json: bool,
    plot: Path | None,
) -> int:
    """Grade each file and print its report; the exit code says how it went.

    Args:
        files: paths, or "-" for standard input.
        exercise: what was asked.
        seed: of every grading.
        sandbox: where they run; it is closed at the end.
        as_json: whether to print one report a line instead of text.
        plot: where to write the figure of the one file.
    """
    terminal = Terminal()
    codes = [ALL_PASSED]
    with closing(_LocalGrader(exercise, seed, terminal, sandbox)) as grader:
        for file in files:
            source = _read(file, terminal)
            if source is None:
                codes.append(UNREADABLE)
                continue
            graded = grader.grade(source)
            if as_json:
                print(graded.report.model_dump_json(), flush=True)
            else:
                terminal.report(file, source, graded.report)
            codes.append(_code(graded.report.verdict))
            if plot is not None:
                codes.append(_draw(graded, plot, terminal))
    return max(codes)


def plot_file(file: str, exercise: Exercise, seed: int, sandbox: Sandbox, *, output: Path) -> int:
    """Write the figure of the f in one file; where it did not run, print its report instead."""
    terminal = Terminal()
    with closing(_LocalGrader(exercise, seed, terminal, sandbox)) as grader:
        source = _read(file, terminal)
        if source is None:
            return UNREADABLE
        graded = grader.grade(source)
    if not graded.files:
        terminal.report(file, source, graded.report)
        return _code(graded.report.verdict)
    code = _draw(graded, output, terminal)
    if code == ALL_PASSED:
        terminal.say(f"Drew {output}; --seed {seed} draws it again.")
    return code


def examine() -> int:
    """Print which layers of the sandbox hold here, and which drop out."""
    terminal = Terminal()
    try:
        with Sandbox() as sandbox:
            missing = sandbox.missing
            terminal.layers({layer.value: missing.get(layer.value, "") for layer in Layer})
    except SandboxBroken as error:
        terminal.complain(f"The sandbox does not hold here, so nothing is graded: {error}.")
        return OUR_FAILURE
    return ALL_PASSED


def _read(file: str, terminal: Terminal) -> bytes | None:
    try:
        return sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    except OSError as error:
        terminal.complain(f"{file} can't be read: {error.strerror}.")
    except ValueError:  # a NUL in the name
        terminal.complain(f"{file!r} is no name of a file.")
    return None


def _code(verdict: Verdict) -> int:
    if verdict is Verdict.INTERNAL_ERROR:
        return OUR_FAILURE
    return ALL_PASSED if verdict is Verdict.PASSED else NOT_ALL_PASSED


def _draw(graded: Graded, output: Path, terminal: Terminal) -> int:
    """Write the density figure as the file's name says: SVG or PNG."""
    if not graded.files:
        terminal.complain("There is no figure: f did not run.")
        return ALL_PASSED
    if output.suffix.lower() == ".svg":
        content = render_svg(DensityPanels.from_bytes(graded.files["density.npz"]))
    else:
        content = graded.files["density.png"]
    try:
        output.write_bytes(content)
    except OSError as error:
        terminal.complain(f"{output} can't be written: {error.strerror}.")
        return UNREADABLE
    return ALL_PASSED
