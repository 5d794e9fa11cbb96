"""From source to report: the one function that the task, the command line and the tests call."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from exercises.exercise import Exercise
from exercises.figures.density import alt_text, density_panels, render_png
from exercises.judge import Judgement, grade_findings, judge, stopped_before
from exercises.oracle import Ending, Stopped
from exercises.report import Figure, Printed, Report, Usage
from worker.sandbox.limits import Limits
from worker.sandbox.sandbox import Sandbox
from worker.sandbox.submission import Account
from worker.source import read_source

#: The media types in which a figure is served; SVG is drawn on demand from the stored panels.
FIGURE_TYPES = ("image/png", "image/svg+xml")


@dataclass(frozen=True, slots=True)
class Graded:
    """A report and the files that belong to it."""

    report: Report
    #: For a figure NAME: "NAME.png", and "NAME.npz", from which it can be drawn again.
    files: Mapping[str, bytes] = field(default_factory=lambda: MappingProxyType({}))


def grade(source: bytes, exercise: Exercise, seed: int, sandbox: Sandbox) -> Graded:
    """Grade one submission; the same arguments give the same report, usage and layers apart.

    Args:
        source: what was sent, whatever its bytes.
        exercise: what was asked.
        seed: from 0 to 2**53 - 1; every point that is asked follows from it.
        sandbox: where the submission runs.

    Raises:
        SandboxBroken: our failure; there is no report.
    """
    account = Account(_limits(exercise))
    judgement = _run(source, exercise, seed, sandbox, account)
    verdict, score, max_score = grade_findings(exercise, judgement.findings, judgement.outcome)
    figures, files = _figures(judgement)
    report = Report(
        exercise=exercise.slug,
        exercise_version=exercise.version,
        verdict=verdict,
        outcome=judgement.outcome,
        score=score,
        max_score=max_score,
        findings=list(judgement.findings),
        printed=Printed(text=account.printed, truncated=account.printed_truncated),
        seed=seed,
        samples=len(judgement.z) if judgement.z is not None else 0,
        usage=Usage(
            cpu_seconds=round(account.cpu_seconds, 4),
            wall_seconds=round(account.waited_seconds, 4),
            memory_bytes=account.memory_bytes,
        ),
        layers=list(sandbox.layers),
        figures=figures,
    )
    return Graded(report, files)


def _run(
    source: bytes, exercise: Exercise, seed: int, sandbox: Sandbox, account: Account
) -> Judgement:
    text = read_source(source)
    if isinstance(text, Ending):
        return stopped_before(exercise, text)
    try:
        with sandbox.open(
            text.encode(), seed=seed, account=account, functions=(exercise.function.name,)
        ) as oracle:
            return judge(exercise, oracle, seed)
    except Stopped as end:
        return stopped_before(exercise, end.ending)


def _limits(exercise: Exercise) -> Limits:
    limits = exercise.limits
    return Limits(limits.cpu_seconds, limits.wall_seconds, limits.memory_bytes)


def _figures(judgement: Judgement) -> tuple[list[Figure], dict[str, bytes]]:
    if judgement.z is None or judgement.x is None:
        return [], {}
    panels = density_panels(judgement.z, judgement.x)
    files = {"density.png": render_png(panels), "density.npz": panels.to_bytes()}
    return [Figure(name="density", alt=alt_text(panels))], files
