"""From source to report: the one function that the task, the command line and the tests call."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TypeVar

from exercises.checks.effort import FULL, Effort
from exercises.exercise import AnyExercise, CodeExercise, QuizExercise
from exercises.judge import Judgement, grade_findings, judge, stopped_before
from exercises.oracle import Array, Ending, Oracle, Stopped
from exercises.outcome import Outcome
from exercises.quiz.answers import read_answers
from exercises.quiz.marking import mark, refused
from exercises.report import Printed, Report, Usage
from worker.figures import figures_of
from worker.sandbox.limits import Limits
from worker.sandbox.sandbox import Sandbox
from worker.sandbox.submission import Account
from worker.source import SOURCE_BYTES, read_source

_Drawings = TypeVar("_Drawings")
#: Asks a program more, once it is judged.
Afterwards = Callable[[Oracle, Judgement], None]

_ANSWERS_FOR_CODE = (
    "These are answers to a quiz. This exercise is answered by a program: send Python code."
)


@dataclass(frozen=True, slots=True)
class Graded:
    """A report and the files that belong to it."""

    report: Report
    #: For a figure NAME: "NAME.png", and "NAME.npz", from which it can be drawn again.
    files: Mapping[str, bytes] = field(default_factory=lambda: MappingProxyType({}))
    #: f at the figure's samples, shape (n, outputs), where it answered.
    drawn: Array | None = field(default=None, repr=False, compare=False)


def grade(
    source: bytes,
    exercise: AnyExercise,
    seed: int,
    sandbox: Sandbox,
    *,
    variant: int = 0,
    afterwards: Afterwards | None = None,
) -> Graded:
    """Grade one submission; the same arguments give the same report, usage and layers apart.

    Args:
        source: what was sent, whatever its bytes.
        exercise: what was asked.
        seed: from 0 to 2**53 - 1; every point that is asked follows from it.
        sandbox: where a program runs.
        variant: which questions of a quiz the student was asked; see exercises.quiz.questions.
        afterwards: may ask a program more once it is judged; no report tells of it.

    Raises:
        SandboxBroken: our failure; there is no report.
    """
    if isinstance(exercise, QuizExercise):
        return grade_quiz(source, exercise, seed, variant)
    account = account_of(exercise)
    judgement, drawings = run_judged(
        source, exercise, seed, sandbox, account, figures_of, afterwards=afterwards
    )
    figures, files = drawings or ([], {})
    report = _report(exercise, judgement, seed)
    drawn = judgement.drawn.get(exercise.function.name)
    more = {
        "printed": printed_of(account),
        "samples": len(drawn.points) if drawn else 0,
        "usage": usage_of(account),
        "layers": list(sandbox.layers),
        "figures": figures,
    }
    return Graded(report.model_copy(update=more), files, drawn.values if drawn else None)


def grade_quiz(source: bytes, exercise: QuizExercise, seed: int, variant: int) -> Graded:
    """Mark the answers to a quiz, which takes no sandbox.

    Args:
        source: what was sent, whatever its bytes.
        exercise: what was asked.
        seed: for the report only: nothing of a quiz is drawn by it.
        variant: which questions the student was asked; see exercises.quiz.questions.
    """
    if len(source) > SOURCE_BYTES:
        said = f"The answers have {len(source):,} bytes; the limit is {SOURCE_BYTES:,}."
        judgement = refused(Ending(Outcome.REFUSED, said))
    else:
        judgement = mark(exercise, source, variant)
    return Graded(_report(exercise, judgement, seed))


def _report(exercise: AnyExercise, judgement: Judgement, seed: int) -> Report:
    verdict, score, max_score = grade_findings(exercise, judgement.findings, judgement.outcome)
    return Report(
        exercise=exercise.slug,
        exercise_version=exercise.version,
        verdict=verdict,
        outcome=judgement.outcome,
        score=score,
        max_score=max_score,
        findings=list(judgement.findings),
        seed=seed,
        samples=0,
        layers=[],
    )


def run_judged(
    source: bytes,
    exercise: CodeExercise,
    seed: int,
    sandbox: Sandbox,
    account: Account,
    draw: Callable[[CodeExercise, Judgement], _Drawings],
    effort: Effort = FULL,
    afterwards: Afterwards | None = None,
) -> tuple[Judgement, _Drawings | None]:
    """Run a program and judge it, and draw what was found while its processes end.

    Args:
        source: what was sent, whatever its bytes.
        exercise: by which it is judged.
        seed: every point that is asked follows from it.
        sandbox: where it runs.
        account: its limits, and where what it uses is added up.
        draw: makes the pictures of a judgement.
        effort: how far the judgement goes.
        afterwards: may ask the program more; what it prints then is not shown.

    Returns:
        The judgement, and its pictures, or None where the program did not load.

    Raises:
        Cancelled: the account said that nobody wants it any more.
        SandboxBroken: our failure.
    """
    text = read_source(source)
    if isinstance(text, Ending):
        return stopped_before(exercise, text), None
    if read_answers(text) is not None:
        return stopped_before(exercise, Ending(Outcome.REFUSED, _ANSWERS_FOR_CODE)), None
    signatures = [function.signature for function in exercise.functions]
    try:
        with sandbox.open(
            text.encode(), seed=seed, account=account, functions=signatures
        ) as oracle:
            judgement = judge(exercise, oracle, seed, effort)
            if afterwards is not None:
                shown = account.printed, account.printed_truncated
                afterwards(oracle, judgement)
                account.printed, account.printed_truncated = shown
            oracle.dismiss()  # its processes end while the figures are drawn
            return judgement, draw(exercise, judgement)
    except Stopped as end:
        return stopped_before(exercise, end.ending), None


def account_of(exercise: CodeExercise, is_unwanted: Callable[[], bool] | None = None) -> Account:
    """An empty account with the exercise's limits."""
    limits = exercise.limits
    return Account(
        Limits(limits.cpu_seconds, limits.wall_seconds, limits.memory_bytes), is_unwanted
    )


def usage_of(account: Account) -> Usage:
    """What an account has added up."""
    return Usage(
        cpu_seconds=round(account.cpu_seconds, 4),
        wall_seconds=round(account.waited_seconds, 4),
        memory_bytes=account.memory_bytes,
    )


def printed_of(account: Account) -> Printed:
    """What the submission printed."""
    return Printed(text=account.printed, truncated=account.printed_truncated)
