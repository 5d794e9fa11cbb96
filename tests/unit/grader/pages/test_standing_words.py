"""How one stands in an assignment, as the pages put it into words."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from flask_babel import force_locale

from exercises.outcome import Verdict
from grader.desks.courses import Assigned
from grader.store.assignment.assignments import Extension, Rules
from grader.store.assignment.standing import Handed, standing
from grader.store.assignment.terms import terms
from grader.store.course.courses import Course
from grader.store.submission.state import State
from grader.web.language import speak
from grader.web.standing import Shown, Step, shown

NOW = datetime.now(UTC).replace(microsecond=0)
DAY = timedelta(days=1)
AMSTERDAM = ZoneInfo("Europe/Amsterdam")


@pytest.fixture(autouse=True)
def _request() -> Any:
    """A request of somebody who reads English."""
    app = Flask("grader.web")
    speak(app)
    with app.test_request_context(headers={"Accept-Language": "en"}):
        yield


def handed(score: float | None, at: datetime, **changes: Any) -> Handed:
    passed = Verdict.PASSED if score == 10 else Verdict.PARTIAL
    fields = {"id": "s", "state": State.GRADED, "verdict": passed, "max_score": 10.0}
    return Handed(**{**fields, "accepted_at": at, "score": score, **changes})


def words(
    rules: Rules, *before: Handed, extension: Extension | None = None, archived: bool = False
) -> Shown:
    course = Course("c", "A course", AMSTERDAM.key, NOW, NOW if archived else None)
    found = standing(terms(rules, extension, AMSTERDAM), before, now=NOW)
    assigned = SimpleNamespace(
        assignment=SimpleNamespace(id="a", course="c"), exercise=None, standing=found
    )
    return shown(cast(Assigned, assigned), course)


def test_without_rules_there_is_no_end() -> None:
    one = words(Rules())
    assert (one.due, one.due_in, one.late, one.cooldown, one.closed) == ("", "", "", "", "")
    assert one.attempts == "as many as you like"
    assert (one.step, one.step_words, one.best) == (Step.NEW, "not begun", "")
    assert one.is_open


def test_a_deadline_names_the_courses_time_zone_and_how_far_it_is() -> None:
    due = datetime(2031, 7, 4, 21, 59, 59, tzinfo=UTC)
    one = words(Rules(due_at=due))
    assert "Fri 4 Jul 2031, 23:59 <small>Europe/Amsterdam</small>" in one.due
    assert 'datetime="2031-07-04T21:59:59+00:00"' in one.due
    assert one.due_in.startswith("in ")
    assert one.late == "", "nothing is accepted late, so nothing is said of it"


def test_in_german_a_deadline_is_written_as_germans_write_it() -> None:
    due = datetime(2031, 11, 4, 22, 59, 59, tzinfo=UTC)
    rules = Rules(due_at=due, closes_at=due + DAY, late_penalty=0.125, attempts=3)
    with force_locale("de"):
        one = words(rules, handed(6.25, NOW))
    assert "Di., 4. November 2031, 23:59 <small>MEZ</small>" in one.due
    assert one.late.startswith("jeder Tag Verspätung kostet 12,5 % der Punkte, bis <time")
    assert (one.attempts, one.best) == ("noch 2 von 3", "6,25 von 10")


def test_an_extension_is_the_deadline_that_is_shown() -> None:
    due, own = datetime(2031, 7, 4, tzinfo=UTC), datetime(2031, 7, 9, tzinfo=UTC)
    one = words(Rules(due_at=due, attempts=2), extension=Extension(due_at=own, more_attempts=1))
    assert "9 Jul 2031" in one.due
    assert one.attempts == "3 of 3 left"


def test_what_is_late_says_its_price() -> None:
    rules = Rules(due_at=NOW - DAY * 1.5, closes_at=NOW + 5 * DAY, late_penalty=0.1)
    one = words(rules, handed(10, NOW - timedelta(minutes=1)))
    assert one.late.startswith("each late day costs 10 % of the score, until ")
    assert one.best == "8 of 10 (10 before the late penalty, 2 days late)"
    assert words(rules, handed(0, NOW - timedelta(minutes=1))).best == "0 of 10"
    assert one.is_open
    assert words(Rules(due_at=NOW - DAY, closes_at=NOW + DAY)).late.startswith("late work is acc")


def test_what_is_over_is_told_as_over() -> None:
    one = words(Rules(due_at=NOW - 2 * DAY, closes_at=NOW - DAY))
    assert one.late.startswith("late work was accepted, until ")
    assert (one.step, one.step_words) == (Step.NEW, "nothing handed in")


@pytest.mark.parametrize(
    ("rules", "archived", "why"),
    [
        (Rules(due_at=NOW - DAY), False, "closed"),
        (Rules(opens_at=NOW + DAY), False, "not opened"),
        (Rules(attempts=1), False, "no attempt left"),
        (Rules(), True, "over"),
    ],
)
def test_what_is_closed_says_why(rules: Rules, archived: bool, why: str) -> None:
    one = words(rules, handed(5, NOW - 2 * DAY), archived=archived)
    assert why in one.closed
    assert not one.is_open


def test_a_pause_is_told_in_seconds_from_now() -> None:
    rules = Rules(cooldown_seconds=3600)
    # Not NOW, which may be long ago: it is the moment at which the tests were collected.
    one = words(rules, handed(5, datetime.now(UTC) - timedelta(minutes=30)))
    assert one.cooldown == "one every 60 minutes"
    assert 1700 <= one.wait_seconds <= 1800
    assert one.is_open
    assert words(rules).wait_seconds == 0


@pytest.mark.parametrize(
    ("before", "step"),
    [
        (handed(10, NOW), Step.PASSED),
        (handed(4, NOW), Step.PARTIAL),
        (handed(0, NOW, verdict=Verdict.FAILED), Step.FAILED),
        (handed(None, NOW, state=State.QUEUED, verdict=None), Step.PENDING),
    ],
)
def test_each_step_has_its_word(before: Handed, step: Step) -> None:
    one = words(Rules(), before)
    assert one.step is step
    assert one.step_words
