"""Regrades and internal errors in words, as the pages of staff show them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import lazy_gettext, ngettext
from flask_babel.speaklater import LazyString

from exercises.report import Status
from grader.store.regrade.regrading import (
    Bar,
    Criterion,
    Direction,
    Fate,
    Progress,
    Regrade,
    Stage,
    TrialState,
    Which,
)
from grader.store.submission.state import Ended
from grader.web.words import number

#: Of a version, a digest, so many characters: enough to tell two of them apart.
_VERSION_LENGTH = 8

STAGES: Mapping[Stage, LazyString] = {
    Stage.TRYING: lazy_gettext("on trial"),
    Stage.READY: lazy_gettext("ready to be applied"),
    Stage.APPLYING: lazy_gettext("being applied"),
    Stage.APPLIED: lazy_gettext("applied"),
    Stage.CANCELLED: lazy_gettext("cancelled"),
}
#: The class of a stage's chip in the style sheet.
STAGE_CHIPS: Mapping[Stage, str] = {
    Stage.TRYING: "pending",
    Stage.READY: "partial",
    Stage.APPLYING: "pending",
    Stage.APPLIED: "passed",
    Stage.CANCELLED: "",
}
WHICH: Mapping[Which, LazyString] = {
    Which.LATEST: lazy_gettext("the latest submission of each student"),
    Which.BEST: lazy_gettext("the submission of each student that counts"),
    Which.ALL: lazy_gettext("all submissions"),
    Which.THESE: lazy_gettext("chosen submissions"),
}
DIRECTIONS: Mapping[Direction, LazyString] = {
    Direction.UP: lazy_gettext("more points"),
    Direction.DOWN: lazy_gettext("fewer points"),
    Direction.SAME: lazy_gettext("as many points"),
    Direction.OTHERWISE: lazy_gettext("as many points, other findings"),
    Direction.INCONCLUSIVE: lazy_gettext("inconclusive"),
    Direction.FAILED: lazy_gettext("our failures"),
    Direction.LEFT_OUT: lazy_gettext("left out"),
}
FATES: Mapping[Fate, LazyString] = {
    Fate.APPLIED: lazy_gettext("applied"),
    Fate.KEPT: lazy_gettext("kept: the old grade is higher"),
    Fate.LEFT_OUT: lazy_gettext("left out"),
    Fate.OVERTAKEN: lazy_gettext("kept: it was graded again meanwhile"),
    Fate.UNTRIED: lazy_gettext("kept: the grader failed on it"),
    Fate.BROKEN: lazy_gettext("kept: it could not be stored, which is our failure"),
    Fate.STOPPED: lazy_gettext("not applied: the regrade was cancelled"),
}
TRIAL_STATES: Mapping[TrialState, LazyString] = {
    TrialState.WAITING: lazy_gettext("waits"),
    TrialState.QUEUED: lazy_gettext("waits"),
    TrialState.RUNNING: lazy_gettext("is graded"),
    TrialState.TRIED: lazy_gettext("tried"),
    TrialState.FAILED: lazy_gettext("the grader failed"),
    TrialState.DROPPED: lazy_gettext("not tried"),
}
FINDINGS: Mapping[str, LazyString] = {
    Status.PASSED: lazy_gettext("right"),
    Status.PARTIAL: lazy_gettext("partly right"),
    Status.FAILED: lazy_gettext("not right"),
    Status.INCONCLUSIVE: lazy_gettext("inconclusive"),
    Status.INFORMATIVE: lazy_gettext("told"),
    Status.SKIPPED: lazy_gettext("skipped"),
}
#: What went wrong with an attempt, for who is no operator.
ENDINGS: Mapping[Ended, LazyString] = {
    Ended.FAILED: lazy_gettext("The grader itself raised an error."),
    Ended.UNAVAILABLE: lazy_gettext("The worker did not have this version of the exercise."),
    Ended.LOST: lazy_gettext("The process that graded it ended before it was done."),
    Ended.EXPIRED: lazy_gettext("It took too long, and was given up."),
}


@dataclass(frozen=True, slots=True)
class Column:
    """A bar of the histogram, as it is drawn."""

    label: str
    count: int
    #: Of the highest one, from 0 to 100.
    percent: float
    #: up, down or same: its colour.
    kind: str


def short_version(version: str) -> str:
    """The beginning of a version's digest."""
    return version[:_VERSION_LENGTH]


def change_words(change: float | None) -> str:
    """A change in points, with its sign."""
    if change is None:
        return "–"
    if change == 0:
        return str(_("same"))
    sign = "+" if change > 0 else "\N{MINUS SIGN}"
    return f"{sign}{number(abs(change))}"


def criterion_words(criterion: Criterion) -> str:
    """What became of a criterion, as “law: not right, 0 → right, 6”."""
    before = _found(criterion.before, criterion.points_before)
    after = _found(criterion.after, criterion.points_after)
    return f"{before} → {after}"


def progress_words(regrade: Regrade, progress: Progress) -> str:
    """How far a regrade is, in a sentence."""
    if regrade.stage is Stage.TRYING:
        said = _("%(ended)s of %(total)s are tried.", ended=progress.ended, total=progress.total)
        return f"{said} {_left(progress)}".strip()
    if regrade.stage is Stage.APPLYING:
        return str(
            _("%(done)s of %(total)s are done.", done=progress.decided, total=progress.total)
        )
    return ""


def columns(bars: list[Bar]) -> list[Column]:
    """The bars of a histogram, each with its words and its height."""
    highest = max((bar.count for bar in bars), default=0) or 1
    return [_column(bar, highest) for bar in bars]


def _column(bar: Bar, highest: int) -> Column:
    if bar.low == bar.high == 0:
        label, kind = str(_("same")), "same"
    elif bar.low >= 0:
        label, kind = _("up to +%(points)s", points=number(bar.high)), "up"
    else:
        label, kind = _("down to −%(points)s", points=number(-bar.low)), "down"
    return Column(label, bar.count, round(100 * bar.count / highest, 1), kind)


def _found(status: str | None, points: float) -> str:
    if status is None:
        return "–"
    return f"{FINDINGS.get(status, status)}, {number(points)}"


def _left(progress: Progress) -> str:
    left = progress.estimate_seconds
    if left is None:
        return ""
    if left < 90:
        return str(_("About %(seconds)s s to go.", seconds=max(1, round(left))))
    minutes = round(left / 60)
    return str(ngettext("About one minute to go.", "About %(num)s minutes to go.", minutes))
