"""How one stands in an assignment, in words: the deadline, the attempts, the best score."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from babel.dates import get_timezone_name
from flask_babel import format_datetime, format_timedelta, get_locale, ngettext
from flask_babel import gettext as _
from markupsafe import Markup

from grader.desks.courses import Assigned
from grader.desks.refusals import seconds_until
from grader.store.assignment.disclosure import Extent
from grader.store.assignment.standing import Best, Standing
from grader.store.assignment.terms import Phase, Terms
from grader.store.course.courses import Course
from grader.web.words import number


class Step(StrEnum):
    """How far somebody is with an assignment; the names of its chip in the style sheet."""

    PASSED = "passed"
    PARTIAL = "partial"
    FAILED = "failed"
    PENDING = "pending"
    #: Handed in; how well is shown later.
    RECEIVED = "received"
    NEW = "new"


@dataclass(frozen=True, slots=True)
class Shown:
    """An assignment and a standing, as a page shows them."""

    id: str
    course: str
    course_title: str
    #: Whether anything may be handed in, the cooldown aside.
    is_open: bool
    step: Step
    step_words: str
    #: The deadline with its time zone, and how far it is; "" where there is none.
    due: Markup | str
    due_in: str
    #: What coming late costs, and until when; "" where nothing is accepted late.
    late: Markup | str
    attempts: str
    cooldown: str
    best: str
    #: Why nothing is accepted any more; "" where it is.
    closed: str
    #: How long the cooldown still is, in seconds.
    wait_seconds: int


def shown(assigned: Assigned, course: Course) -> Shown:
    """The words for an assignment of a course as somebody sees it."""
    standing = assigned.standing
    closed = _closed(standing, course.archived_at is not None)
    step = _step(standing)
    next_at = standing.next_attempt_at
    return Shown(
        id=assigned.assignment.id,
        course=course.id,
        course_title=course.title,
        is_open=not closed,
        step=step,
        step_words=_step_words(step, standing.phase),
        due=_moment(standing.terms.due_at, standing.terms),
        due_in=_distance(standing.terms.due_at),
        late=_late(standing),
        attempts=_attempts(standing),
        cooldown=_cooldown(standing.terms),
        best="" if standing.best is None else _best(standing.best),
        closed=closed,
        wait_seconds=0 if next_at is None or closed else seconds_until(next_at),
    )


def _step(standing: Standing) -> Step:
    if standing.passed and standing.extent is Extent.WHOLE:
        return Step.PASSED
    if standing.pending:
        return Step.PENDING
    if standing.extent is not Extent.WHOLE and standing.attempts_used:
        return Step.RECEIVED
    if standing.best is None:
        return Step.NEW
    return Step.PARTIAL if standing.best.earned > 0 else Step.FAILED


def _step_words(step: Step, phase: Phase) -> str:
    if step is Step.NEW and phase is Phase.CLOSED:
        return str(_("nothing handed in"))
    words: dict[Step, str] = {
        Step.PASSED: _("passed"),
        Step.PARTIAL: _("partly right"),
        Step.FAILED: _("not passed"),
        Step.PENDING: _("being graded"),
        Step.RECEIVED: _("handed in"),
        Step.NEW: _("not begun"),
    }
    return words[step]


def _closed(standing: Standing, archived: bool) -> str:
    why = ""
    if archived:
        why = _("This course is over: it can be read, and nothing can be handed in.")
    elif standing.phase is Phase.NOT_OPEN:
        why = _("This has not opened for students yet.")
    elif standing.phase is Phase.CLOSED:
        why = _("This is closed: nothing can be handed in any more.")
    elif standing.attempts_left == 0:
        why = _("You have no attempt left. You can still run your code here.")
    return why


def _attempts(standing: Standing) -> str:
    left = standing.attempts_left
    if left is None:
        return str(_("as many as you like"))
    return str(_("%(left)s of %(of)s left", left=left, of=standing.terms.attempts))


def _cooldown(terms: Terms) -> str:
    if not terms.cooldown:
        return ""
    return str(_("one every %(time)s", time=format_timedelta(terms.cooldown, threshold=2)))


def _late(standing: Standing) -> Markup | str:
    terms = standing.terms
    accepted_late = terms.closes_at is not None and terms.due_at != terms.closes_at
    if terms.due_at is None or not (accepted_late or standing.phase is Phase.LATE):
        return ""
    share = f"{number(100 * terms.late_penalty)} %"
    if not terms.late_penalty:
        over = standing.phase is Phase.CLOSED
        words = str(_("late work was accepted") if over else _("late work is accepted"))
    else:
        words = str(_("each late day costs %(share)s of the score", share=share))
    if terms.closes_at is None:
        return words
    return Markup("{}, {}").format(
        words, Markup(str(_("until %(moment)s"))) % {"moment": _moment(terms.closes_at, terms)}
    )


def _best(best: Best) -> str:
    score, of = number(best.score), number(best.max_score)
    earned = number(best.earned)
    if not best.lateness.days or score == earned:
        return str(_("%(score)s of %(of)s", score=score, of=of))
    days = ngettext("%(num)s day late", "%(num)s days late", best.lateness.days)
    words = _("%(score)s of %(of)s (%(earned)s before the late penalty, %(days)s)")
    return str(words) % {"score": score, "of": of, "earned": earned, "days": days}


def _moment(moment: datetime | None, terms: Terms) -> Markup | str:
    """A moment in the course's time zone, which it names, with the exact one for programs."""
    if moment is None:
        return ""
    local = moment.astimezone(terms.zone)
    return Markup('<time datetime="{}">{} <small>{}</small></time>').format(
        moment.isoformat(timespec="seconds"),
        local_moment(moment, terms.zone),
        _zone(local, terms.zone),
    )


def local_moment(moment: datetime, zone: ZoneInfo) -> str:
    """A moment in a time zone that is named beside it."""
    # Translators: a deadline's date and time, as a pattern of CLDR.
    return str(format_datetime(moment.astimezone(zone), _("EEE d MMM y, HH:mm"), rebase=False))


def _zone(local: datetime, zone: ZoneInfo) -> str:
    """A time zone's short name in the page's language; where it has none, that of its place."""
    short = get_timezone_name(local, width="short", locale=get_locale() or "en")
    return short if short.isalpha() else zone.key.replace("_", " ")


def _distance(moment: datetime | None) -> str:
    """How far a moment is, as “in 3 days”; a student's own clock may be in another zone."""
    if moment is None:
        return ""
    return str(format_timedelta(moment - datetime.now(UTC), add_direction=True))
