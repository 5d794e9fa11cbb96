"""The words that pages use for verdicts, outcomes, states and quantities."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType

from markupsafe import Markup

from exercises.figures.gallery import GALLERY
from exercises.outcome import SPENDS_NO_ATTEMPT, Outcome, Verdict
from exercises.report import Finding, Report, Status
from grader.api import resources
from grader.store.submissions import State

VERDICTS: Mapping[Verdict, str] = MappingProxyType(
    {
        Verdict.PASSED: "Passed",
        Verdict.PARTIAL: "Partly right",
        Verdict.FAILED: "Not passed",
        Verdict.NOT_GRADABLE: "Could not be graded",
        Verdict.INTERNAL_ERROR: "Our failure",
    }
)

OUTCOMES: Mapping[Outcome, str] = MappingProxyType(
    {
        Outcome.COMPLETED: "Your code ran to its end.",
        Outcome.SYNTAX_ERROR: "This is not Python yet. It costs no attempt.",
        Outcome.REFUSED: "Something in it is not allowed or is missing. It costs no attempt.",
        Outcome.RUNTIME_ERROR: "Your code raised an exception.",
        Outcome.CPU_LIMIT: "Your code used up its processor time.",
        Outcome.WALL_LIMIT: "Your code took too long.",
        Outcome.MEMORY_LIMIT: "Your code asked for more memory than there is for it.",
        Outcome.OUTPUT_LIMIT: "Your code printed more than is kept.",
        Outcome.CRASH: "The Python that ran your code crashed.",
        Outcome.POLICY_VIOLATION: "Your code asked the system for something that it may not have.",
        Outcome.PROTOCOL_VIOLATION: "Your code answered in a form that was not asked for.",
        Outcome.INTERNAL_ERROR: "The grader itself failed. It costs no attempt and is no zero.",
    }
)

#: What is said of a quiz instead, where no code ran.
QUIZ_OUTCOMES: Mapping[Outcome, str] = MappingProxyType(
    {
        Outcome.COMPLETED: "Your answers are marked.",
        Outcome.REFUSED: "These are not answers to your questions. It costs no attempt.",
    }
)

#: A sign for each status that needs no colour, and its word.
STATUSES: Mapping[Status, tuple[str, str]] = MappingProxyType(
    {
        Status.PASSED: ("✓", "passed"),
        Status.PARTIAL: ("◐", "partly right"),
        Status.FAILED: ("✗", "not passed"),
        Status.INCONCLUSIVE: ("?", "cannot tell"),
        Status.INFORMATIVE: ("i", "for information"),
        Status.SKIPPED: ("–", "not looked at"),
    }
)


def verdict_words(verdict: Verdict, max_score: float | None, *, quiz: bool = False) -> str:
    """The verdict in words; where there is nothing to earn, a pass says only that f ran."""
    if verdict is Verdict.PASSED and not max_score:
        return "Marked" if quiz else "It runs"
    return VERDICTS[verdict]


def outcome_words(report: Report, *, quiz: bool = False) -> str:
    """A sentence on how the run ended."""
    said = QUIZ_OUTCOMES.get(report.outcome) if quiz else None
    return said or OUTCOMES[report.outcome]


def score_words(score: float | None, max_score: float | None, verdict: Verdict | None) -> str:
    """The score; nothing where there is none to earn, and no zero where nothing was graded."""
    if score is None or not max_score:
        return ""
    if verdict in SPENDS_NO_ATTEMPT:
        return "no score"
    return f"{number(score)} of {number(max_score)} points"


def points_words(finding: Finding) -> str:
    """What a finding earned, or nothing where it only informs."""
    return score_words(finding.points, finding.max_points, None)


def waiting_words(submission: resources.Submission) -> str:
    """What someone who waits wants to know: accepted, the place, about how long."""
    if submission.state is State.RUNNING:
        code = submission.answers is None
        return "Your code is running." if code else "Your answers are being marked."
    if submission.state is State.GRADED:
        return "Graded."
    words = ["Accepted"]
    if submission.place is not None:
        words.append(f"place {submission.place} in the queue")
    if submission.estimate_seconds is not None:
        words.append(f"about {max(1, round(submission.estimate_seconds))} s")
    return ", ".join(words) + "."


def moment(time: datetime) -> Markup:
    """A moment in UTC, to the minute, with the exact one for programs."""
    return Markup('<time datetime="{}">{}</time>').format(
        time.isoformat(timespec="milliseconds"), time.strftime("%Y-%m-%d %H:%M UTC")
    )


def number(value: float) -> str:
    """A number of points: no decimals where there are none, else two at most."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def megabytes(count: int) -> str:
    """A memory size in MB (10⁶ bytes)."""
    return f"{count / 1e6:,.0f} MB"


def figure_size(name: str) -> tuple[int, int]:
    """Width and height of a figure, so that a page keeps room for it before it has come."""
    exhibit = GALLERY.get(name)
    return exhibit.size if exhibit else (960, 480)
