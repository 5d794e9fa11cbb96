"""Whether an exercise's right answers pass, and its mistakes get the verdict that they declare."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from exercises.authoring.header import BrokenHeader, read_header
from exercises.authoring.mutants import without_draws
from exercises.catalog.complaints import not_utf8
from exercises.exercise import CodeExercise
from exercises.outcome import Outcome, Verdict
from exercises.report import Report, Status
from grader.authoring.step import Bench, Step, note, ok, problem
from worker.grading import grade

#: How such a program ended before it was judged: students should not begin with it.
_NOT_RUN = frozenset({Outcome.SYNTAX_ERROR, Outcome.REFUSED})


@dataclass
class Tally:
    """What was seen of right answers, for the exercise's error rates."""

    gradings: int = 0
    failed: int = 0
    #: Bounds of a right answer's failing by the theory of each check, of the worst grading.
    theory: float = 0.0
    #: Programs that the reports of right answers name.
    right: list[str] = field(default_factory=list)


def check_answers(bench: Bench, exercise: CodeExercise, tally: Tally) -> Iterator[Step]:
    """Grade the reference, the alternatives, the starter, the sketches and the mistakes."""
    folder = exercise.folder
    reference = folder / "reference.py"
    if reference.is_file():
        yield _passes(bench, exercise, reference, tally)
    elif exercise.graded:
        yield problem("reference.py", "missing: nothing shows that this exercise can be solved")
    for path in sorted((folder / "alternatives").glob("*.py")):
        yield _passes(bench, exercise, path, tally)
    yield _starts(bench, exercise)
    for sketch in exercise.gallery:
        yield _runs(bench, exercise, folder / "gallery" / sketch.file)
    for path in sorted((folder / "mistakes").glob("*.py")):
        yield _mistake(bench, exercise, path)


def summary(report: Report) -> str:
    """A report in a line: the verdict, the points, and what the first bad finding says."""
    points = f", {report.score:g} of {report.max_score:g} points" if report.max_score else ""
    bad = [f for f in report.findings if f.status in _BAD]
    line = f"line {bad[0].line}: " if bad and bad[0].line else ""
    why = f": {bad[0].check}: {line}{bad[0].message.rstrip('.')}" if bad else ""
    return f"{report.verdict.replace('_', ' ')}{points}{why}"


_BAD = (Status.FAILED, Status.PARTIAL, Status.INCONCLUSIVE)


def _passes(bench: Bench, exercise: CodeExercise, path: Path, tally: Tally) -> Step:
    """Whether a right answer gets full marks with every seed."""
    part = _part(exercise, path)
    source = program(path)
    if isinstance(source, Step):
        return source
    failures = []
    for seed in bench.seeds:
        bench.progress(f"{part}, seed {seed}")
        report = grade(source.encode(), exercise, seed, bench.sandbox).report
        _count(tally, report)
        if report.verdict is not Verdict.PASSED:
            failures.append(f"seed {seed}: {summary(report)}")
    tally.right.append(part)
    count = len(bench.seeds)
    if failures:
        said = f"a right answer must pass: {'; '.join(failures)}"
        return problem(part, said, seeds=count, failed=len(failures))
    full = f"{exercise.max_score:g} points" if exercise.graded else "passed"
    seeds = f"{count} seeds" if count > 1 else "one seed"
    return ok(part, f"{full} with {seeds}", seeds=count, failed=0)


def _count(tally: Tally, report: Report) -> None:
    tally.gradings += 1
    tally.failed += report.verdict is not Verdict.PASSED
    rates = (finding.evidence.get("false_fail_probability") for finding in report.findings)
    bound = sum(float(rate) for rate in rates if isinstance(rate, int | float))
    tally.theory = max(tally.theory, bound)


def _starts(bench: Bench, exercise: CodeExercise) -> Step:
    bench.progress("starter.py")
    report = grade(exercise.starter.encode(), exercise, bench.seeds[0], bench.sandbox).report
    if exercise.graded and report.verdict is Verdict.PASSED:
        return problem("starter.py", "it earns full marks: leave something to do")
    if report.outcome in _NOT_RUN:
        return problem("starter.py", f"students begin with an error: {summary(report)}")
    return ok("starter.py", summary(report).partition(":")[0])


def _runs(bench: Bench, exercise: CodeExercise, path: Path) -> Step:
    part = _part(exercise, path)
    bench.progress(part)
    source = program(path)
    if isinstance(source, Step):
        return source
    report = grade(source.encode(), exercise, bench.seeds[0], bench.sandbox).report
    if report.outcome is not Outcome.COMPLETED:
        return problem(part, f"a sketch must run: {summary(report)}")
    return ok(part, "runs")


def _mistake(bench: Bench, exercise: CodeExercise, path: Path) -> Step:
    part = _part(exercise, path)
    bench.progress(part)
    source = program(path)
    if isinstance(source, Step):
        return source
    try:
        expected = read_header(source)
    except BrokenHeader as error:
        return problem(part, str(error))
    report = grade(source.encode(), exercise, bench.seeds[0], bench.sandbox).report
    unmet = expected.unmet(report)
    if unmet is not None:
        return problem(part, unmet)
    named = f", {expected.misconception}" if expected.misconception else ""
    if report.verdict is Verdict.PASSED:
        return note(part, "passes, as it says")
    return ok(part, f"{report.verdict.replace('_', ' ')}{named}, as it says")


def _part(exercise: CodeExercise, path: Path) -> str:
    return path.relative_to(exercise.folder).as_posix()


def program(path: Path) -> str | Step:
    """The program in a file, as a student would have sent it."""
    part = "/".join(path.parts[-2:]) if path.name != "reference.py" else path.name
    try:
        text = path.read_text(encoding="utf-8-sig")
        return without_draws(text) if path.name == "reference.py" else text
    except UnicodeDecodeError as error:
        return problem(part, not_utf8(error))
    except OSError as error:
        return problem(part, f"can't be read ({error.strerror})")
    except SyntaxError as error:
        return problem(part, f"line {error.lineno}: {error.msg}")
