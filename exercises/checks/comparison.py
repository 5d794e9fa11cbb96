"""Comparing a function of one value with what differences say that it should be."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pydantic import JsonValue

from exercises.checks.agreement import credit, finding, spread
from exercises.checks.asking import Asking
from exercises.checks.evidence import call, clean, number, numbers, percent, rounded, short
from exercises.checks.example import clearest
from exercises.misconceptions import Misconception
from exercises.oracle import Array
from exercises.report import Finding, Status

#: An answer may be off by TOLERANCE + RELATIVE |value|, and by so many errors of differences.
TOLERANCE, RELATIVE, ERRORS = 1e-4, 1e-6, 10.0
#: Points count where the numeric value is off by less than the tolerance; so many must.
CLEAR_SHARE = 0.9
#: The share of the points that count at which a right answer must be right. The rest is for kinks
#: and jumps that no stencil noticed. An answer that is wrong on 5 % of the mass passes at 1,024
#: points with probability below 1e-9, and at 64 points with probability 0.04.
RIGHT_SHARE = 0.99
#: An error from which on a point earns nothing: the density is off by a tenth.
_NOTHING = 0.1
#: A mistake is named when it explains this share of the points, and of the wrong ones among them,
#: so closely; of the error it may leave so much.
_EXPLAINED, _CLOSE, _LEFT = 0.95, 1e-3, 0.5


@dataclass(frozen=True, slots=True)
class Mistake:
    """A usual mistake: what the student's function would return, and what to do about it."""

    name: Misconception
    #: Shape (n,): NaN where it would have no value.
    values: Array
    hint: str


@dataclass(frozen=True, slots=True)
class Truth:
    """What the answers at n points should be, as far as differences tell."""

    #: Shape (n,), with estimates of their errors.
    values: Array
    errors: Array
    #: Where they are sharp enough to judge by; shape (n,).
    clear: NDArray[np.bool_]
    method: str

    @classmethod
    def of(cls, values: Array, errors: Array, method: str) -> Truth:
        """Sharp enough is what is off by less than the tolerance."""
        with np.errstate(all="ignore"):
            clear = np.isfinite(values) & (errors <= tolerance(values))
        return cls(values, errors, clear, method)


def tolerance(values: Array) -> Array:
    """How far answers may be from these values, beside the errors of differences."""
    return TOLERANCE + RELATIVE * np.abs(values)


@dataclass(frozen=True, slots=True)
class Comparison:
    """The student's answers at n points, and what they should be."""

    check: str
    #: The criterion's.
    points: float
    #: The function whose answers these are.
    function: Asking
    #: Where it was asked, shape (n, inputs).
    at: Array
    #: Shape (n,); NaN where it has no answer.
    answers: Array
    #: None where there is nothing to compare with, for this reason.
    truth: Truth | None
    unclear: str
    #: The truth in words.
    means: str


def compare(
    comparison: Comparison, mistakes: Callable[[], Iterator[Mistake]], spent: Callable[[], int]
) -> Finding:
    """The finding: right where the answers agree at 99 % of the points that can be judged.

    Args:
        comparison: answers and truth.
        mistakes: called only where they differ: the usual ones, the simplest first.
        spent: how many questions were asked by then.
    """
    truth = comparison.truth
    if truth is None or truth.clear.mean() < CLEAR_SHARE:
        return _undecided(comparison, spent())
    clear = truth.clear
    error = np.abs(comparison.answers - truth.values)
    error = np.where(np.isfinite(error), error, np.inf)
    allowed = tolerance(truth.values) + ERRORS * truth.errors
    right = error <= allowed
    share = float(right[clear].mean())
    passed = share >= RIGHT_SHARE
    mistake = None if passed else _first(comparison.answers, truth, ~right, mistakes())
    if passed:
        shown = int(np.argmax(np.where(clear & np.isfinite(error), error, -1.0)))
    else:
        shown = clearest(clear & ~right, error, comparison.at)
    judged = _Judged(error, share, shown, mistake)
    return finding(
        comparison.check,
        Status.PASSED if passed else Status.FAILED,
        comparison.points,
        float(credit(error[clear], allowed[clear], _NOTHING).mean()),
        _right(comparison, truth, judged) if passed else _wrong(comparison, truth, judged),
        _evidence(comparison, truth, judged, spent()),
    )


@dataclass(frozen=True, slots=True)
class _Judged:
    #: Shape (n,); inf where there is no answer.
    error: Array
    #: The share of the points that count at which the answer is right.
    share: float
    #: The point that shows what is wrong, or, where nothing is, the largest error.
    example: int
    mistake: Mistake | None


def _first(
    answers: Array, truth: Truth, wrong: NDArray[np.bool_], mistakes: Iterator[Mistake]
) -> Mistake | None:
    clear, right = truth.clear, truth.values
    for mistake in mistakes:
        if _explains(mistake, answers, right, wrong, clear):
            return mistake
    if not np.isfinite(answers[clear]).all():
        return None
    for mistake in _regular(answers, right, clear):
        if _explains(mistake, answers, right, wrong, clear):
            return mistake
    return None


def _explains(
    mistake: Mistake,
    answers: Array,
    right: Array,
    wrong: NDArray[np.bool_],
    clear: NDArray[np.bool_],
) -> bool:
    """Whether the answers are what the mistake gives, and where they are wrong, much more so.

    Most answers that are wrong in a few places, or by little, are near to what is right, and so
    to each mistake that is the same there.
    """
    with np.errstate(all="ignore"):
        away = np.abs(answers - mistake.values)
        near = away <= _CLOSE * (1 + np.abs(mistake.values))
        better = away <= _LEFT * np.abs(answers - right)
    # Where the mistake gives no number, the student's function gives none either.
    neither = ~np.isfinite(answers) & ~np.isfinite(mistake.values)
    explained, at = (near & (better | ~wrong)) | neither, clear & wrong
    some = bool(np.isfinite(mistake.values[clear]).any())
    return some and all(explained[part].mean() >= _EXPLAINED for part in (clear, at))


def _regular(answers: Array, right: Array, clear: NDArray[np.bool_]) -> Iterator[Mistake]:
    """A constant difference, the opposite sign, or a constant factor."""
    off = float(np.median((answers - right)[clear]))
    hint = f"It is off by the same {short(off)} everywhere: look for a constant term."
    yield Mistake(Misconception.OFFSET, right + off, hint)
    some = clear & (np.abs(right) > _CLOSE)
    factor = float(np.median(answers[some] / right[some])) if some.any() else 0.0
    with np.errstate(all="ignore"):
        fits = np.abs(answers - factor * right) <= _CLOSE * np.abs(factor * right)
    if not abs(factor) > _CLOSE**2 or fits[clear].mean() < _EXPLAINED:
        return
    if abs(factor + 1) < _CLOSE:
        hint = "Every value has the opposite sign: a minus is missing, or one too many."
        yield Mistake(Misconception.SIGN, -right, hint)
    count = round(1 / factor)
    if count > 1 and abs(1 / factor - count) < _CLOSE * count:
        hint = f"It is 1/{count:,} of what it should be: take a sum, not a mean."
    else:
        hint = f"It is {short(factor)} times what it should be everywhere."
    yield Mistake(Misconception.FACTOR, factor * right, hint)


def _undecided(comparison: Comparison, spent: int) -> Finding:
    name, truth = comparison.function.signature.name, comparison.truth
    share = 0.0 if truth is None else float(truth.clear.mean())
    message = comparison.unclear
    if truth is not None:
        message = (
            f"It is not clear whether {name} is right: only at {percent(share)} of the points "
            "could the derivatives of f be told from differences. Elsewhere f jumps, bends "
            "sharply, or changes too little for double precision."
        )
    evidence: dict[str, JsonValue] = {
        "clear_share": share,
        "clear_share_needed": CLEAR_SHARE,
        "method": None if truth is None else truth.method,
        "evaluations": spent,
    }
    return finding(comparison.check, Status.INCONCLUSIVE, comparison.points, 0.0, message, evidence)


def _right(comparison: Comparison, truth: Truth, judged: _Judged) -> str:
    error = judged.error[judged.example]
    accuracy = f"to within {rounded(error)}" if error > 0 else "exactly"
    return (
        f"{comparison.function.signature.name} is right: at {int(truth.clear.sum()):,} points it "
        f"is {comparison.means}, {accuracy}."
    )


def _wrong(comparison: Comparison, truth: Truth, judged: _Judged) -> str:
    signature, example = comparison.function.signature, judged.example
    called, answer = call(signature, comparison.at[example]), comparison.answers[example]
    said = comparison.function.complaint
    if np.isfinite(answer):
        got = short(answer)
    else:
        got = "not a finite number" + (f" ({clean(said).rstrip('.')})" if said else "")
    hint = f" {judged.mistake.hint}" if judged.mistake else ""
    return (
        f"{signature.name} is wrong at {percent(1 - judged.share)} of the points: {called} is "
        f"{got}, but {comparison.means} is {short(truth.values[example])}.{hint}"
    )


def _evidence(
    comparison: Comparison, truth: Truth, judged: _Judged, spent: int
) -> dict[str, JsonValue]:
    clear, example = truth.clear, judged.example
    return {
        "points": int(clear.sum()),
        "clear_share": number(clear.mean()),
        "right_share": number(judged.share),
        "right_share_needed": RIGHT_SHARE,
        "tolerance": TOLERANCE,
        "relative_tolerance": RELATIVE,
        "errors": spread(judged.error[clear]),
        "numeric_error": number(np.quantile(truth.errors[clear], 0.99)),
        "example": {
            "at": numbers(comparison.at[example]),
            "answer": number(comparison.answers[example]),
            "numeric": number(truth.values[example]),
        },
        "mistake": judged.mistake.name if judged.mistake else None,
        "method": truth.method,
        "evaluations": spent,
    }
