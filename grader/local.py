"""Grading on this machine without a server: what the command line does."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path

from exercises.exercise import AnyExercise, CodeExercise, QuizExercise
from exercises.figures.density import render_svg
from exercises.figures.panels import DensityPanels
from exercises.tables.points import BrokenPoints
from exercises.tables.target import BrokenTarget
from grader.exits import ALL_PASSED, OUR_FAILURE, UNREADABLE, exit_code, read
from grader.terminal import Terminal
from worker.failure import our_failure
from worker.grading import Graded, grade, grade_quiz
from worker.sandbox.layers import Layer
from worker.sandbox.sandbox import Sandbox
from worker.sandbox.zygote_client import SandboxBroken

#: How often a grading is tried before our failure becomes its report.
_TRIES = 2


class _LocalGrader:
    """Grades one submission after the other in one sandbox."""

    def __init__(
        self, exercise: AnyExercise, seed: int, terminal: Terminal, sandbox: Sandbox
    ) -> None:
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
            except (BrokenTarget, BrokenPoints) as error:
                self._terminal.complain(f"The exercise can't be graded by: {error}.")
                break
        return Graded(our_failure(self._exercise.slug, self._exercise.version, self._seed))

    def close(self) -> None:
        if self._sandbox is not None:
            self._sandbox.close()
            self._sandbox = None


def grade_once(source: bytes, exercise: CodeExercise, seed: int) -> Graded:
    """Grade one program in a sandbox of its own; a failure of ours is a report that says so."""
    with closing(_LocalGrader(exercise, seed, Terminal(), Sandbox())) as grader:
        return grader.grade(source)


def check_files(
    files: Sequence[str],
    exercise: CodeExercise,
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
    codes = []
    with closing(_LocalGrader(exercise, seed, terminal, sandbox)) as grader:
        for file in files:
            code, graded = _check(file, grader.grade, terminal, as_json=as_json)
            codes.append(code)
            if graded is not None and plot is not None:
                codes.append(_draw(graded, plot, terminal))
    return max(codes)


def mark_files(
    files: Sequence[str], exercise: QuizExercise, seed: int, variant: int, *, as_json: bool
) -> int:
    """Mark each file of answers to a quiz and print its report; the exit code says how it went.

    Args:
        files: paths of JSON, or "-" for standard input.
        exercise: what was asked.
        seed: only named in the report.
        variant: which questions were asked.
        as_json: whether to print one report a line instead of text.
    """
    terminal = Terminal()

    def mark(source: bytes) -> Graded:
        return grade_quiz(source, exercise, seed, variant)

    return max(_check(file, mark, terminal, as_json=as_json)[0] for file in files)


def plot_file(
    file: str, exercise: AnyExercise, seed: int, sandbox: Sandbox, *, output: Path
) -> int:
    """Write the figure of the f in one file; where it did not run, print its report instead."""
    terminal = Terminal()
    with closing(_LocalGrader(exercise, seed, terminal, sandbox)) as grader:
        source = read(file, terminal)
        if source is None:
            return UNREADABLE
        graded = grader.grade(source)
    if not graded.files:
        terminal.report(file, source, graded.report)
        return exit_code(graded.report.verdict)
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


def _check(
    file: str, grade: Callable[[bytes], Graded], terminal: Terminal, *, as_json: bool
) -> tuple[int, Graded | None]:
    """Grade one file and print its report: the exit code for it, and what came of it."""
    source = read(file, terminal)
    if source is None:
        return UNREADABLE, None
    graded = grade(source)
    if as_json:
        print(graded.report.model_dump_json(), flush=True)
    else:
        terminal.report(file, source, graded.report)
    return exit_code(graded.report.verdict), graded


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
