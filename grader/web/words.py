"""The words that pages use for verdicts, outcomes, states and quantities."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from types import MappingProxyType

from babel.numbers import format_decimal
from flask_babel import (
    format_date,
    format_datetime,
    format_timedelta,
    get_locale,
    lazy_gettext,
    ngettext,
)
from flask_babel import gettext as _
from markupsafe import Markup

from exercises.figures.gallery import GALLERY
from exercises.outcome import SPENDS_NO_ATTEMPT, Outcome, Verdict
from exercises.report import Finding, Report, Status
from grader.api import resources
from grader.store.submission.submissions import State

#: Translated when they are read: a process speaks to many people.
VERDICTS: Mapping[Verdict, str] = MappingProxyType(
    {
        Verdict.PASSED: lazy_gettext("Passed"),
        Verdict.PARTIAL: lazy_gettext("Partly right"),
        Verdict.FAILED: lazy_gettext("Not passed"),
        Verdict.NOT_GRADABLE: lazy_gettext("Could not be graded"),
        Verdict.INTERNAL_ERROR: lazy_gettext("Our failure"),
    }
)

OUTCOMES: Mapping[Outcome, str] = MappingProxyType(
    {
        Outcome.COMPLETED: lazy_gettext("Your code ran to its end."),
        Outcome.SYNTAX_ERROR: lazy_gettext("This is not Python yet. It costs no attempt."),
        Outcome.REFUSED: lazy_gettext(
            "Something in it is not allowed or is missing. It costs no attempt."
        ),
        Outcome.RUNTIME_ERROR: lazy_gettext("Your code raised an exception."),
        Outcome.CPU_LIMIT: lazy_gettext("Your code used up its processor time."),
        Outcome.WALL_LIMIT: lazy_gettext("Your code took too long."),
        Outcome.MEMORY_LIMIT: lazy_gettext("Your code asked for more memory than there is for it."),
        Outcome.OUTPUT_LIMIT: lazy_gettext("Your code printed more than is kept."),
        Outcome.CRASH: lazy_gettext("The Python that ran your code crashed."),
        Outcome.POLICY_VIOLATION: lazy_gettext(
            "Your code asked the system for something that it may not have."
        ),
        Outcome.PROTOCOL_VIOLATION: lazy_gettext(
            "Your code answered in a form that was not asked for."
        ),
        Outcome.INTERNAL_ERROR: lazy_gettext(
            "The grader itself failed. It costs no attempt and is no zero."
        ),
    }
)

#: What is said of a quiz instead, where no code ran.
QUIZ_OUTCOMES: Mapping[Outcome, str] = MappingProxyType(
    {
        Outcome.COMPLETED: lazy_gettext("Your answers are marked."),
        Outcome.REFUSED: lazy_gettext(
            "These are not answers to your questions. It costs no attempt."
        ),
    }
)

#: A sign for each status that needs no colour, and its word.
STATUSES: Mapping[Status, tuple[str, str]] = MappingProxyType(
    {
        Status.PASSED: ("✓", lazy_gettext("passed")),
        Status.PARTIAL: ("◐", lazy_gettext("partly right")),
        Status.FAILED: ("✗", lazy_gettext("not passed")),
        Status.INCONCLUSIVE: ("?", lazy_gettext("cannot tell")),
        Status.INFORMATIVE: ("i", lazy_gettext("for information")),
        Status.SKIPPED: ("–", lazy_gettext("not looked at")),
    }
)

STATES: Mapping[State, str] = MappingProxyType(
    {
        State.ACCEPTED: lazy_gettext("accepted"),
        State.QUEUED: lazy_gettext("accepted"),
        State.RUNNING: lazy_gettext("running"),
        State.GRADED: lazy_gettext("graded"),
    }
)


def verdict_words(verdict: Verdict, max_score: float | None, *, quiz: bool = False) -> str:
    """The verdict in words; where there is nothing to earn, a pass says only that f ran."""
    if verdict is Verdict.PASSED and not max_score:
        return str(_("Marked") if quiz else _("It runs"))
    return str(VERDICTS[verdict])


def outcome_words(report: Report | resources.Receipt, *, quiz: bool = False) -> str:
    """A sentence on how the run ended."""
    said = QUIZ_OUTCOMES.get(report.outcome) if quiz else None
    return str(said or OUTCOMES[report.outcome])


def score_words(score: float | None, max_score: float | None, verdict: Verdict | None) -> str:
    """The score; nothing where there is none to earn, and no zero where nothing was graded."""
    if score is None or not max_score:
        return ""
    if verdict in SPENDS_NO_ATTEMPT:
        return str(_("no score"))
    return str(
        ngettext(
            "%(score)s of %(of)s point",
            "%(score)s of %(of)s points",
            1 if max_score == 1 else 2,
            score=number(score),
            of=number(max_score),
        )
    )


def late_words(counted: resources.Counted | None, score: float) -> str:
    """What coming late costs of a score, in a sentence; "" where it was in time."""
    if counted is None or counted.score is None or not counted.days_late:
        return ""
    days = ngettext("%(num)s day late", "%(num)s days late", counted.days_late)
    if number(counted.score) == number(score):
        return str(_("%(days)s, which costs nothing here.", days=days))
    return str(
        _(
            "%(days)s: %(counted)s points count, which is %(lost)s less.",
            days=days,
            counted=number(counted.score),
            lost=number(score - counted.score),
        )
    )


def points_words(finding: Finding) -> str:
    """What a finding earned, or nothing where it only informs."""
    return score_words(finding.points, finding.max_points, None)


def waiting_words(submission: resources.Submission) -> str:
    """What someone who waits wants to know: accepted, the place, about how long."""
    if submission.state is State.RUNNING:
        code = submission.answers is None
        return str(_("Your code is running.") if code else _("Your answers are being marked."))
    if submission.state is State.GRADED:
        return str(_("Graded."))
    words = [str(_("Accepted"))]
    if submission.place is not None:
        words.append(str(_("place %(place)s in the queue", place=submission.place)))
    if submission.estimate_seconds is not None:
        seconds = max(1, round(submission.estimate_seconds))
        words.append(str(_("about %(seconds)s s", seconds=seconds)))
    return ", ".join(words) + "."


def regrade_words(at: datetime | None) -> str:
    """What becomes of an internal error."""
    if at is None:
        return str(
            _("It was tried for a week. Whoever runs this service can have it graded again.")
        )
    left = at - datetime.now(UTC)
    if left.total_seconds() <= 1:
        return str(_("It is graded again now. This page follows it."))
    when = format_timedelta(left, add_direction=True, threshold=1.2)
    return str(_("It is graded again by itself %(when)s. This page follows it.", when=when))


def moment(time: datetime) -> Markup:
    """A moment in UTC, to the minute, with the exact one for programs."""
    # Translators: a date and time in UTC, as a pattern of CLDR; short, for tables.
    text = format_datetime(time.astimezone(UTC), _("d MMM y, HH:mm 'UTC'"), rebase=False)
    return Markup('<time datetime="{}">{}</time>').format(
        time.isoformat(timespec="milliseconds"), text
    )


def clock(time: datetime) -> Markup:
    """The same without its day, for what stands below it."""
    # Translators: a time in UTC, as a pattern of CLDR.
    text = format_datetime(time.astimezone(UTC), _("HH:mm 'UTC'"), rebase=False)
    return Markup('<time datetime="{}">{}</time>').format(
        time.isoformat(timespec="milliseconds"), text
    )


def day(time: datetime) -> str:
    """The day of a moment in UTC."""
    return str(format_date(time.astimezone(UTC).date(), "full", rebase=False))


def number(value: float) -> str:
    """A number of points: no decimals where there are none, else two at most."""
    return _decimal(value, "0.##")


def points(value: float) -> str:
    """What something is worth: a number of points."""
    return str(
        ngettext(
            "%(count)s point",
            "%(count)s points",
            1 if value == 1 else 2,
            count=number(value),
        )
    )


def whole(value: int) -> str:
    """A count, its digits in groups of three."""
    return _decimal(value, "#,##0")


def seconds(value: float) -> str:
    """A duration in seconds, without the unit."""
    return _decimal(value, "0.00")


def megabytes(count: int) -> str:
    """A memory size in MB (10⁶ bytes)."""
    return f"{whole(round(count / 1e6))} MB"


def size(count: int) -> str:
    """The size of a file, to two figures: in kB, MB or GB (10³, 10⁶, 10⁹ bytes)."""
    for unit, bytes_ in (("GB", 10**9), ("MB", 10**6)):
        if count >= bytes_:
            value = count / bytes_
            return f"{_decimal(value, '#,##0.0' if value < 10 else '#,##0')} {unit}"
    return f"{whole(max(1, round(count / 1e3)))} kB"


def _decimal(value: float, pattern: str) -> str:
    """A number as the page's language writes it."""
    return format_decimal(value, format=pattern, locale=get_locale() or "en")


def figure_size(name: str) -> tuple[int, int]:
    """Width and height of a figure, so that a page keeps room for it before it has come."""
    exhibit = GALLERY.get(name)
    return exhibit.size if exhibit else (960, 480)
