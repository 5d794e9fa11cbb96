"""Where a class fails, as its pages show it: names of snags, bars, and times in words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from flask_babel import format_timedelta, ngettext
from flask_babel import gettext as _
from markupsafe import Markup

from exercises.exercise import AnyExercise, QuizExercise
from exercises.outcome import Outcome
from exercises.report import Status
from grader.desks.classes import Difficulty
from grader.store.gradebook.cells import Total
from grader.store.gradebook.clusters import Cluster, Spread
from grader.store.gradebook.progress import Progress
from grader.store.submission.snags import Snag, SnagKind
from grader.web.cells import STATES
from grader.web.charts import Part, bar, legend
from grader.web.words import STATUSES, number

#: In the order of a bar, from what is good to what is not.
_STATES = (
    Progress.PASSED,
    Progress.PARTIAL,
    Progress.FAILED,
    Progress.NOT_GRADABLE,
    Progress.INTERNAL_ERROR,
    Progress.WAITING,
)
_STATUSES = (
    Status.PASSED,
    Status.PARTIAL,
    Status.FAILED,
    Status.INCONCLUSIVE,
    Status.SKIPPED,
    Status.INFORMATIVE,
)


def state_bar(total: Total) -> Markup:
    """How far the students are; who has not begun is the empty rest."""
    return bar(_state_parts(total), total.students)


def state_legend(total: Total) -> str:
    """The same in words."""
    return legend(_state_parts(total))


def status_bar(counts: Mapping[Status, int]) -> Markup:
    """How a part of an assignment was got."""
    return bar(_status_parts(counts), sum(counts.values()))


def status_legend(counts: Mapping[Status, int]) -> str:
    """The same in words."""
    return legend(_status_parts(counts))


def share(count: int, of: int) -> str:
    """A share in percent."""
    return f"{number(round(100 * count / of))} %" if of else "–"


def states(total: Total) -> list[tuple[Progress, str, int]]:
    """How far the students are, and who has not begun: state, words and number."""
    shown = (*_STATES, Progress.NOT_BEGUN)
    return [(one, str(STATES[one][1]), total.states[one]) for one in shown if one in total.states]


def waiting_words(total: Total) -> str:
    """How many wait for their grade, in a sentence; "" where nobody does."""
    waiting = total.states.get(Progress.WAITING, 0)
    if not waiting:
        return ""
    return str(ngettext("%(num)s is being graded.", "%(num)s are being graded.", waiting))


def tries_words(spread: Spread | None) -> str:
    """How many attempts it took: the median, and between which half of them lie."""
    if spread is None:
        return "–"
    return _between(str(spread.median), str(spread.lower), str(spread.upper))


def time_words(spread: Spread | None) -> str:
    """How long it took, in the same way."""
    if spread is None:
        return "–"
    median, lower, upper = (time_of(one) for one in (spread.median, spread.lower, spread.upper))
    return _between(median, lower, upper)


def snag_words(snag: Snag) -> str:
    """What a snag is called."""
    if snag.kind is SnagKind.UNNAMED:
        return str(_("without a name"))
    if snag.name in set(Outcome):
        return snag.name.replace("_", " ")
    return snag.name


def part_words(part: str, exercise: AnyExercise | None) -> str:
    """What a part is called: the check, or the question's text."""
    if isinstance(exercise, QuizExercise):
        texts = {question.id: question.text for question in exercise.questions}
        return texts.get(part, part)
    return part.replace("_", " ")


def largest(one: Difficulty, count: int) -> tuple[Cluster, ...]:
    """The largest clusters of an assignment."""
    return one.clusters[:count]


def _state_parts(total: Total) -> list[Part]:
    return [
        Part(state.value, str(STATES[state][1]), total.states.get(state, 0)) for state in _STATES
    ]


def _status_parts(counts: Mapping[Status, int]) -> list[Part]:
    return [
        Part(status.value, str(STATUSES[status][1]), counts.get(status, 0)) for status in _STATUSES
    ]


def _between(median: str, lower: str, upper: str) -> str:
    if lower == upper:
        return median
    words = _("%(median)s (half: %(lower)s to %(upper)s)")
    return str(words) % {"median": median, "lower": lower, "upper": upper}


def time_of(seconds: int) -> str:
    """A number of seconds in words, in its largest unit."""
    if not seconds:
        return str(_("at once"))
    return str(format_timedelta(timedelta(seconds=seconds), threshold=1.5))
