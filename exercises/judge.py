"""The judge: runs an exercise's checks in their order and says what they amount to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from exercises.checks.function import check_function, function_raised, function_stopped
from exercises.checks.invertibility import check_invertibility
from exercises.checks.law import check_law
from exercises.checks.purity import (
    Difference,
    Mislifted,
    Remembering,
    check_purity,
    find_impurity,
    find_late_impurity,
)
from exercises.checks.shape import check_finite, check_shape
from exercises.exercise import Criterion, Exercise
from exercises.numerics.streams import stream
from exercises.oracle import Answer, Array, Ending, FaultKind, Oracle, Stopped
from exercises.outcome import VERDICT_OF, Outcome, Verdict
from exercises.report import Finding, Status
from exercises.target import load_target

#: Criteria in the order in which they are judged and reported.
_ORDER = ("invertibility", "law")
_EPSILON = 1e-9


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the judge found, with the draw that the figure shows."""

    outcome: Outcome
    findings: tuple[Finding, ...]
    #: The figure's independent Gaussian draw, shape (samples, inputs), and its image, whose rows
    #: may be NaN; both None where f did not answer all of it.
    z: Array | None
    x: Array | None


@dataclass
class _Progress:
    """What is known so far; it outlives the submission's end in the middle of a check."""

    findings: list[Finding] = field(default_factory=list)
    z: Array | None = None
    x: Array | None = None
    outcome: Outcome = Outcome.COMPLETED


def judge(exercise: Exercise, oracle: Oracle, seed: int) -> Judgement:
    """Judge the submission behind `oracle`; the same seed repeats the judgement.

    The checks: function, shape, finite, purity, invertibility, law. Where one leaves nothing to
    check, later ones are `skipped` and earn nothing. At most about 400,000 evaluations, 45,000
    for nearly all: the figure's samples, 1,700 for purity, at most 40,000 for invertibility (or
    100,000 where f is called once for all points), and 16,384 for the law, or for one that is
    undecided 81,920 or 344,064.

    Raises:
        BrokenTarget: the exercise's table of its target is missing or stale (our failure).
    """
    try:
        return _judge(exercise, oracle, seed)
    except Mislifted:
        oracle.stop_lifting()
        return _judge(exercise, oracle, seed)


def _judge(exercise: Exercise, oracle: Oracle, seed: int) -> Judgement:
    progress = _Progress([check_function(exercise)])
    remembering = Remembering(oracle, seed)
    try:
        _check_all(exercise, remembering, seed, progress)
    except Stopped as stopped:
        progress.outcome = stopped.ending.outcome
        progress.findings[0] = function_stopped(stopped.ending)
        _skip_rest(exercise, progress, "Not checked, as the submission ended before.")
    if VERDICT_OF[progress.outcome] is not None:
        progress.findings = [_without_points(finding) for finding in progress.findings]
    return Judgement(progress.outcome, tuple(progress.findings), progress.z, progress.x)


def stopped_before(exercise: Exercise, ending: Ending) -> Judgement:
    """The judgement of a submission that ended before it could be asked anything."""
    progress = _Progress([function_stopped(ending)], outcome=ending.outcome)
    _skip_rest(exercise, progress, "Not checked, as the submission did not get so far.")
    return Judgement(progress.outcome, tuple(progress.findings), None, None)


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


def _check_all(exercise: Exercise, oracle: Remembering, seed: int, progress: _Progress) -> None:
    function = exercise.function
    z = stream(seed, "figure").standard_normal((exercise.samples, function.inputs))
    drawn = oracle.evaluate(z, function=function.name, outputs=function.outputs)
    if drawn.fault is not None and drawn.fault.kind is FaultKind.RAISED:
        progress.outcome = Outcome.RUNTIME_ERROR
        progress.findings[0] = function_raised(exercise, drawn.fault, z[drawn.fault.index])
        _skip_rest(exercise, progress, f"Not checked, as {function.name} raised an exception.")
        return
    progress.findings.append(check_shape(exercise, drawn.fault, z))
    if drawn.fault is not None:
        _skip_rest(exercise, progress, "Not checked, as the answers do not have the right form.")
        return
    progress.z, progress.x = z, drawn.values
    progress.findings.append(check_finite(exercise, z, drawn.values))
    difference = find_impurity(exercise, oracle, z, drawn, seed)
    progress.findings.append(_purity(exercise, difference, drawn, z))
    if difference is not None:
        _skip_rest(exercise, progress, _IMPURE.format(name=function.name))
        return
    _check_criteria(exercise, oracle, seed, progress)


_IMPURE = "Not checked, as {name} is not a function of z alone."


def _check_criteria(
    exercise: Exercise, oracle: Remembering, seed: int, progress: _Progress
) -> None:
    """The criteria, and then once more whether what they saw was one function."""
    before = len(progress.findings)
    for criterion in _in_order(exercise):
        progress.findings.append(_check_criterion(exercise, criterion, oracle, seed))
    if len(progress.findings) == before:
        return
    late = find_late_impurity(exercise, oracle)
    if late is not None:
        del progress.findings[before:]
        progress.findings[-1] = check_purity(exercise, late, 0, None)
        _skip_rest(exercise, progress, _IMPURE.format(name=exercise.function.name))


def _check_criterion(
    exercise: Exercise, criterion: Criterion, oracle: Oracle, seed: int
) -> Finding:
    function = exercise.function
    if (function.name, function.inputs, function.outputs) != ("f", 2, 2):
        return _skipped(criterion.check, criterion.points, "Only an f of the plane can be judged.")
    if criterion.check == "law":
        return check_law(oracle, criterion, load_target(exercise.folder), seed)
    return check_invertibility(oracle, criterion, seed)


def _purity(exercise: Exercise, difference: Difference | None, drawn: Answer, z: Array) -> Finding:
    # The number comes from the submission's process: it may be any.
    index = drawn.first_changed
    first = z[index] if index is not None and 0 <= index < len(z) else None
    return check_purity(exercise, difference, drawn.changed, first)


def _in_order(exercise: Exercise) -> list[Criterion]:
    return sorted(exercise.criteria, key=lambda criterion: _ORDER.index(criterion.check))


def _skip_rest(exercise: Exercise, progress: _Progress, reason: str) -> None:
    """Say of each check that has no finding yet why it has none."""
    done = {finding.check for finding in progress.findings}
    for check in ("shape", "finite", "purity"):
        if check not in done:
            progress.findings.append(_skipped(check, 0.0, reason))
    for criterion in _in_order(exercise):
        if criterion.check not in done:
            progress.findings.append(_skipped(criterion.check, criterion.points, reason))


def _skipped(check: str, points: float, reason: str) -> Finding:
    return Finding(check=check, status=Status.SKIPPED, max_points=points, message=reason)


def _without_points(finding: Finding) -> Finding:
    """The finding with nothing earned: what ended badly earns nothing, so the points add up."""
    return finding.model_copy(update={"points": 0.0}) if finding.points else finding
