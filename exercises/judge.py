"""The judge: runs an exercise's checks in their order and says what they amount to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from exercises.checks.agreement import held
from exercises.checks.case import Case, Drawn, points_of
from exercises.checks.effort import FULL, Effort
from exercises.checks.function import check_function, function_raised, function_stopped
from exercises.checks.purity import (
    Mislifted,
    Remembering,
    check_purity,
    find_impurity,
    find_late_impurity,
    impure,
)
from exercises.checks.rubric import check_criterion
from exercises.checks.shape import check_finite, check_shape
from exercises.criteria import ORDER, AnyCriterion
from exercises.exercise import CodeExercise, Exercise, Function
from exercises.hints import with_hint
from exercises.numerics.mesh import WarpedMesh
from exercises.numerics.witness import Witness
from exercises.oracle import Answer, Array, Ending, FaultKind, Oracle, Stopped
from exercises.outcome import VERDICT_OF, Outcome, Verdict
from exercises.report import Finding, Status

_EPSILON = 1e-9
#: The checks of form, before the criteria.
_FORM = ("shape", "finite", "purity")
#: Of several functions' findings of one check the first of these is the report's.
_WORST_FIRST = (Status.FAILED, Status.INFORMATIVE, Status.PASSED)


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the judge found, with what the figures show."""

    outcome: Outcome
    findings: tuple[Finding, ...]
    #: What each function was asked first and answered; empty where one did not answer all of it.
    drawn: dict[str, Drawn] = field(default_factory=dict)
    #: The mesh over the disc as f maps it, where invertibility was judged.
    mesh: WarpedMesh | None = None
    #: Two inputs with one output, where there are such.
    witness: Witness | None = None


@dataclass
class _Progress:
    """What is known so far; it outlives the submission's end in the middle of a check."""

    findings: list[Finding] = field(default_factory=list)
    drawn: dict[str, Drawn] = field(default_factory=dict)
    mesh: WarpedMesh | None = None
    witness: Witness | None = None
    outcome: Outcome = Outcome.COMPLETED
    #: How many criteria have their finding.
    judged: int = 0


class _NothingLeft(Exception):
    """A finding leaves nothing to check; the rest is skipped for this reason."""


def judge(exercise: CodeExercise, oracle: Oracle, seed: int, effort: Effort = FULL) -> Judgement:
    """Judge the submission behind `oracle`; the same seed repeats the judgement.

    The checks: function, shape, finite, purity, then the criteria in the order of criteria.ORDER.
    Where one leaves nothing to check, later ones are `skipped` and earn nothing. At most about
    600,000 evaluations, 45,000 for nearly all: the figure's samples, 1,700 for purity, at most
    96,000 for invertibility (or 240,000 where f is called once for all points), and 16,384 for the
    law, or for one that is undecided 81,920 or 344,064; docs/judging.md has the table of all.

    Raises:
        BrokenTarget, BrokenPoints: a table of the exercise is missing or stale (our failure).
    """
    try:
        return _judge(exercise, oracle, seed, effort)
    except Mislifted:
        oracle.stop_lifting()
        return _judge(exercise, oracle, seed, effort)


def _judge(exercise: CodeExercise, oracle: Oracle, seed: int, effort: Effort) -> Judgement:
    progress = _Progress([check_function(exercise)])
    remembering = Remembering(oracle, seed)
    try:
        _check_form(exercise, remembering, seed, effort, progress)
        _check_criteria(exercise, remembering, seed, effort, progress)
    except _NothingLeft as reason:
        _skip_rest(exercise, progress, str(reason))
    except Stopped as stopped:
        progress.outcome = stopped.ending.outcome
        progress.findings[0] = function_stopped(stopped.ending)
        _skip_rest(exercise, progress, "Not checked, as the submission ended before.")
    if VERDICT_OF[progress.outcome] is not None:
        progress.findings = [_without_points(finding) for finding in progress.findings]
    return Judgement(
        progress.outcome,
        tuple(with_hint(finding) for finding in progress.findings),
        progress.drawn,
        progress.mesh,
        progress.witness,
    )


def stopped_before(exercise: CodeExercise, ending: Ending) -> Judgement:
    """The judgement of a submission that ended before it could be asked anything."""
    progress = _Progress([function_stopped(ending)], outcome=ending.outcome)
    _skip_rest(exercise, progress, "Not checked, as the submission did not get so far.")
    return Judgement(progress.outcome, tuple(progress.findings))


def grade_findings(
    exercise: Exercise, findings: Sequence[Finding], outcome: Outcome
) -> tuple[Verdict, float, float]:
    """The verdict with score and maximum: the one place where findings become a grade.

    The outcome decides first (see exercises/outcome.py), then answers of a wrong form, then the
    points; an ungraded exercise is passed by any f that ran.
    """
    most = exercise.max_score
    decided = VERDICT_OF[outcome]
    if decided is not None:
        return decided, 0.0, most
    if any(f.check in ("function", "shape") and f.status is Status.FAILED for f in findings):
        return Verdict.FAILED, 0.0, most
    if not exercise.graded:
        return Verdict.PASSED, 0.0, most
    score = min(most, round(sum(finding.points for finding in findings), 2))
    if score >= most - _EPSILON:
        return Verdict.PASSED, most, most
    return (Verdict.PARTIAL if score > 0 else Verdict.FAILED), score, most


def _check_form(
    exercise: CodeExercise, oracle: Remembering, seed: int, effort: Effort, progress: _Progress
) -> None:
    """Whether each function answers in the right form, and gives one answer each time.

    Raises:
        _NothingLeft: one does not.
    """
    answers: dict[str, Answer] = {}
    shapes: list[Finding] = []
    for function in exercise.functions:
        points = points_of(function, exercise, seed, progress.drawn, effort)
        points, answer = _ask_first(oracle, function, points, effort)
        if answer.fault is not None and answer.fault.kind is FaultKind.RAISED:
            progress.outcome = Outcome.RUNTIME_ERROR
            at = points[answer.fault.index]
            progress.findings[0] = function_raised(function, answer.fault, at)
            progress.drawn.clear()
            raise _NothingLeft(f"Not checked, as {function.name} raised an exception.")
        shapes.append(check_shape(function, answer.fault, points))
        if answer.fault is not None:
            progress.findings.append(shapes[-1])
            progress.drawn.clear()
            raise _NothingLeft("Not checked, as the answers do not have the right form.")
        answers[function.name] = answer
        progress.drawn[function.name] = Drawn(points, answer.values, answer.lifted)
    progress.findings.append(_worst(shapes))
    progress.findings.append(
        _worst(
            check_finite(function, drawn.points, drawn.values, graded=exercise.graded)
            for function, drawn in zip(exercise.functions, progress.drawn.values(), strict=True)
        )
    )
    pure = []
    for function in exercise.functions:
        points, answer = progress.drawn[function.name].points, answers[function.name]
        difference = find_impurity(function, oracle, points, answer, seed)
        if difference is not None:
            progress.findings.append(impure(difference, graded=exercise.graded))
            raise _NothingLeft(_impure_function(function))
        pure.append(_purity(function, answer, points))
    progress.findings.append(_worst(pure))


def _ask_first(
    oracle: Oracle, function: Function, points: Array, effort: Effort
) -> tuple[Array, Answer]:
    """The first answers of a function, at all points, or where it is called singly at some."""
    some = effort.samples_singly
    if some is None or len(points) <= some:
        return points, oracle.evaluate(points, function=function.name)
    # Enough for the oracle to find out whether one call for all of them is true.
    first = oracle.evaluate(points[:some], function=function.name)
    if not first.lifted:
        return points[:some], first
    return points, oracle.evaluate(points, function=function.name)


def _check_criteria(
    exercise: CodeExercise, oracle: Remembering, seed: int, effort: Effort, progress: _Progress
) -> None:
    """The criteria, and then once more whether what they saw was one function each time.

    Raises:
        _NothingLeft: it was not.
    """
    before = len(progress.findings)
    case = Case(exercise, oracle, seed, progress.drawn, effort=effort)
    for criterion in _in_order(exercise):
        checked = check_criterion(case, criterion)
        case.earlier.append((criterion, checked.finding))
        progress.findings.append(checked.finding)
        progress.judged += 1
        progress.mesh = checked.mesh or progress.mesh
        progress.witness = checked.witness or progress.witness
    if not progress.judged:
        return
    progress.findings[before:] = _hold_back(case.earlier)
    for function in exercise.functions:
        late = find_late_impurity(function, oracle)
        if late is not None:
            del progress.findings[before:]
            progress.findings[-1] = impure(late, graded=exercise.graded)
            progress.judged = 0
            progress.mesh = progress.witness = None
            raise _NothingLeft(_impure_function(function))


def _hold_back(judged: list[tuple[AnyCriterion, Finding]]) -> list[Finding]:
    """The findings, without the points of those whose criterion requires one that did not pass."""
    failed = {
        criterion.check
        for criterion, finding in judged
        if not (held(finding) or finding.points >= finding.max_points > 0)
    }
    findings = []
    for criterion, finding in judged:
        lacking = [check for check in criterion.requires if check in failed]
        if lacking and finding.points:
            reason = f"It earns nothing here, because {' and '.join(lacking)} did not pass."
            finding = finding.model_copy(
                update={
                    "points": 0.0,
                    "status": Status.INFORMATIVE,
                    "message": f"{finding.message} {reason}",
                }
            )
        findings.append(finding)
    return findings


def _impure_function(function: Function) -> str:
    given = " and ".join(function.arguments)
    return f"Not checked, as {function.name} is not a function of {given} alone."


def _purity(function: Function, answer: Answer, points: Array) -> Finding:
    # The number comes from the submission's process: it may be any.
    index = answer.first_changed
    first = points[index] if index is not None and 0 <= index < len(points) else None
    return check_purity(function, answer.changed, first)


def _in_order(exercise: CodeExercise) -> list[AnyCriterion]:
    return sorted(exercise.criteria, key=lambda criterion: ORDER.index(criterion.check))


def _worst(findings: Iterable[Finding]) -> Finding:
    """The one finding that stands for those of several functions."""
    found = list(findings)
    for status in _WORST_FIRST:
        some = [finding for finding in found if finding.status is status]
        if some:
            break
    joined = " ".join(dict.fromkeys(finding.message for finding in some))
    return some[0].model_copy(update={"message": joined})


def _skip_rest(exercise: CodeExercise, progress: _Progress, reason: str) -> None:
    """Say of each check that has no finding yet why it has none."""
    done = {finding.check for finding in progress.findings}
    for check in _FORM:
        if check not in done:
            progress.findings.append(_skipped(check, 0.0, reason))
    for criterion in _in_order(exercise)[progress.judged :]:
        progress.findings.append(_skipped(criterion.check, criterion.points, reason))


def _skipped(check: str, points: float, reason: str) -> Finding:
    return Finding(check=check, status=Status.SKIPPED, max_points=points, message=reason)


def _without_points(finding: Finding) -> Finding:
    """The finding with nothing earned: what ended badly earns nothing, so the points add up."""
    return finding.model_copy(update={"points": 0.0}) if finding.points else finding
