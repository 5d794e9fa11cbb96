"""The check of accuracy: a classifier on held-out points, between chance and the reference."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from pydantic import JsonValue
from scipy.special import bdtrc

from exercises.checks.agreement import finding
from exercises.checks.case import Case
from exercises.checks.evidence import number, numbers, short
from exercises.checks.held_out import Asked, ask_held_out, joined
from exercises.criteria import Accuracy
from exercises.misconceptions import Misconception
from exercises.report import Finding, Status
from exercises.tables.points import BrokenPoints

#: Held-out points that are asked: all of a table.
_POINTS = 8_192
#: One that is as good as the reference is called worse with at most this probability a grading.
FALSE_FAIL = 1e-6
#: What is not significantly worse is as good when it gets at least so far from chance to the
#: reference: few points can not tell a small loss from chance, and the best classifier has none.
_ENOUGH = 0.98

Truths = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class _Score:
    """Right answers on the same points: the submission's, and the reference's."""

    #: Shape (n,) each: what was said right.
    mine: Truths
    best: Truths
    #: The accuracy of the better of two constants.
    chance: float

    @property
    def accuracy(self) -> float:
        return float(self.mine.mean())

    @property
    def reference(self) -> float:
        return float(self.best.mean())

    @property
    def p_value(self) -> float:
        """The probability of so many points on which only the reference is right, or more.

        McNemar's exact test (Psychometrika 12, 1947), one-sided: of the points on which one of
        the two is right and the other wrong, one that is as good is right on half or more.
        """
        lost, won = int((self.best & ~self.mine).sum()), int((self.mine & ~self.best).sum())
        return float(bdtrc(lost - 1, lost + won, 0.5)) if lost else 1.0

    @property
    def as_good(self) -> bool:
        """Whether the submission is not significantly below the reference, and near it."""
        return self.p_value > FALSE_FAIL and self.share >= _ENOUGH

    @property
    def share(self) -> float:
        """The part of the way from chance to the reference."""
        return (self.accuracy - self.chance) / (self.reference - self.chance)


def check_accuracy(case: Case, criterion: Accuracy) -> Finding:
    """Judge a classifier's share of right answers on labelled held-out points.

    A point is of class 1 where the function is above the threshold. Full marks where the
    reference, on the same points, is not significantly better; else the part of the way from
    chance, that of always saying the larger class, to the reference.

    Raises:
        Stopped: the submission ended.
        BrokenPoints: the table is missing or stale, or its reference no better than chance (our
            failure).
    """
    asked = ask_held_out(case, criterion.function, _POINTS)
    score = _score(asked, criterion.threshold, case)
    passed = score.as_good
    mistake, remark = (None, "") if passed else _mistake(asked, criterion, score)
    return finding(
        "accuracy",
        Status.PASSED if passed else Status.FAILED,
        criterion.points,
        max(score.share, 0.0),
        joined(
            [
                _result(asked, score, passed=passed),
                remark or ("" if passed else _example(asked, criterion.threshold, score)),
                asked.lost,
                _range(asked, criterion.threshold),
            ]
        ),
        _evidence(asked, criterion, score, mistake),
    )


def _score(asked: Asked, threshold: float, case: Case) -> _Score:
    labels, right = asked.right.labels, asked.right.outputs
    name = f"{case.exercise.slug}/points.npz"
    if labels is None or right is None:
        raise BrokenPoints(f"{name} has no labels of {asked.function.name}")
    ones = labels == 1
    values = asked.values[:, 0]
    chance = max(float(ones.mean()), 1 - float(ones.mean()))
    score = _Score(
        ((values > threshold) == ones) & asked.finite, (right[:, 0] > threshold) == ones, chance
    )
    if score.reference <= chance:
        raise BrokenPoints(f"{name}: the reference is no better than chance, {chance:.3f}")
    return score


def _result(asked: Asked, score: _Score, *, passed: bool) -> str:
    name, count = asked.function.name, len(asked)
    mine, best = _percent(score.accuracy), _percent(score.reference)
    if passed:
        return (
            f"{name} tells {mine} of {count:,} held-out points right, which is as good as the "
            f"reference: {best}."
        )
    return (
        f"{name} tells {mine} of {count:,} held-out points right; the best possible is about "
        f"{best}, and always the same answer would reach {_percent(score.chance)}."
    )


def _percent(accuracy: float) -> str:
    return f"{100 * accuracy:.1f} %"


def _mistake(asked: Asked, criterion: Accuracy, score: _Score) -> tuple[Misconception | None, str]:
    """The mistake that explains what is missing, by its name and in a sentence."""
    name, threshold = criterion.function, criterion.threshold
    values = asked.values[asked.finite, 0]
    if len(values) and np.ptp(values) == 0:
        return Misconception.CONSTANT, f"{name} returns {short(values[0])} at every point."
    turned = replace(score, mine=~score.mine & asked.finite)
    if turned.as_good or turned.share > 0.5:
        return Misconception.INVERTED, (
            f"{name} says the opposite: turned round it would be right at "
            f"{_percent(turned.accuracy)}. It has to be large where the label is 1."
        )
    if threshold != 0 and not ((values >= 0) & (values <= 1)).all():
        ones = asked.right.labels == 1
        logit = replace(score, mine=((asked.values[:, 0] > 0) == ones) & asked.finite)
        if logit.share > score.share and (logit.as_good or logit.share > 0.9):
            return Misconception.LOGIT, (
                f"{name} returns logits: turn each into a probability, 1 / (1 + np.exp(-value))."
            )
    if len(np.unique(values > threshold)) == 1:
        side = "above" if values[0] > threshold else "not above"
        return Misconception.ONE_CLASS, (
            f"{name} is {side} {threshold:g} at every point, so it puts all into one class."
        )
    return None, ""


def _example(asked: Asked, threshold: float, score: _Score) -> str:
    """The point on which the reference is right and the submission wrong, and surest of it."""
    labels = asked.right.labels
    wrong = ~score.mine & score.best & asked.finite
    if labels is None or not wrong.any():
        return ""
    sureness = np.where(wrong, np.abs(asked.values[:, 0] - threshold), -1.0)
    row = int(np.argmax(sureness))
    return (
        f"For instance {asked.call(row)} is {short(asked.values[row, 0])}, but the point has "
        f"label {int(labels[row])}."
    )


def _range(asked: Asked, threshold: float) -> str:
    """A word on values that are no probabilities, where the threshold is one."""
    values = asked.values[:, 0]
    outside = asked.finite & ((values < 0) | (values > 1))
    if not 0 < threshold < 1 or not outside.any():
        return ""
    row = int(np.argmax(outside))
    return f"A probability lies between 0 and 1, but {asked.call(row)} is {short(values[row])}."


def _evidence(
    asked: Asked, criterion: Accuracy, score: _Score, mistake: str | None
) -> dict[str, JsonValue]:
    lost, won = score.best & ~score.mine, score.mine & ~score.best
    worst = np.where(lost & asked.finite, np.abs(asked.values[:, 0] - criterion.threshold), -1.0)
    row = int(np.argmax(worst)) if lost.any() else None
    return {
        "function": criterion.function,
        "verdict": "right" if score.as_good else "wrong",
        "mistake": mistake,
        "points": len(asked),
        "accuracy": score.accuracy,
        "reference": score.reference,
        "chance": score.chance,
        "threshold": criterion.threshold,
        "only_reference_right": int(lost.sum()),
        "only_submission_right": int(won.sum()),
        "p_value": number(score.p_value),
        "false_fail_probability": FALSE_FAIL,
        "not_finite": int((~asked.finite).sum()),
        "point": None if row is None else numbers(asked.right.inputs[row]),
        "value": None if row is None else number(asked.values[row, 0]),
    }
