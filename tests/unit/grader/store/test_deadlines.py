"""What a date and a time mean in a course, and how late something is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from grader.store.assignment.assignments import Extension, Rules
from grader.store.assignment.deadlines import days_late, read_moment, zone_of
from grader.store.assignment.terms import Phase, terms

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
SECOND = timedelta(seconds=1)
DAY = timedelta(days=1)
DUE = datetime(2026, 12, 1, 22, 59, 59, tzinfo=UTC)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("2026-12-01T18:00", "2026-12-01T17:00"),
        ("2026-12-01 18:00:30", "2026-12-01T17:00:30"),
        ("2026-07-01T18:00", "2026-07-01T16:00"),
        ("2026-12-01T18:00Z", "2026-12-01T18:00"),
        ("2026-12-01T18:00-05:00", "2026-12-01T23:00"),
        ("2026-12-01T18:00:59.9+01:00", "2026-12-01T17:00:59"),
        ("2026-12-01", "2026-11-30T23:00"),
        # The clocks go back on 25 October 2026 at 3:00: 2:30 comes twice.
        ("2026-10-25T02:30", "2026-10-25T01:30"),
    ],
)
def test_a_time_is_as_its_offset_says_or_else_of_the_course(text: str, meant: str) -> None:
    assert read_moment(text, AMSTERDAM) == utc(meant)


def test_a_date_alone_is_the_last_second_of_a_deadline() -> None:
    assert read_moment("2026-12-01", AMSTERDAM, end_of_day=True) == utc("2026-12-01T22:59:59")
    assert read_moment("2026-12-01T00:00", AMSTERDAM, end_of_day=True) == utc("2026-11-30T23:00")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("tomorrow", "write 2026-12-01T18:00"),
        ("", "write 2026-12-01T18:00"),
        ("2026-13-01", "write 2026-12-01T18:00"),
        ("0001-01-01T00:00+14:00", "the year 1 is out of reach"),
        ("2027-03-28T02:30", "the clocks go forward over it"),
    ],
)
def test_what_is_no_time_is_refused_in_words(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        read_moment(text, AMSTERDAM)


@pytest.mark.parametrize("name", ["", "Europe/Nowhere", "../UTC", "x" * 500, "\0"])
def test_what_is_no_time_zone_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="write a name such as Europe/Amsterdam"):
        zone_of(name)


@pytest.mark.parametrize(
    ("after", "days"),
    [
        (-DAY, 0),
        (timedelta(0), 0),
        (timedelta(microseconds=999_999), 0),
        (SECOND, 1),
        (DAY, 1),
        (DAY + SECOND, 2),
        (7 * DAY, 7),
        (400 * DAY + SECOND, 401),
    ],
)
def test_each_begun_day_counts_and_the_second_of_the_deadline_is_in_time(
    after: timedelta, days: int
) -> None:
    assert days_late(DUE + after, DUE, ZoneInfo("UTC")) == days


@pytest.mark.parametrize(
    ("due", "end_of_first_day"),
    [
        # 28 March 2027 has 23 hours there, 31 October 2027 has 25.
        ("2027-03-27T18:00", "2027-03-28T18:00"),
        ("2027-10-30T18:00", "2027-10-31T18:00"),
        # The same time of day does not come the next day: the day lasts until after the gap.
        ("2027-03-27T02:30", "2027-03-28T03:30"),
        # It comes twice: the day lasts until the second.
        ("2027-10-30T02:30", "2027-10-31T02:30"),
    ],
)
def test_a_day_ends_at_the_same_time_of_day_when_the_clocks_change(
    due: str, end_of_first_day: str
) -> None:
    deadline, end = read_moment(due, AMSTERDAM), read_moment(end_of_first_day, AMSTERDAM)
    assert days_late(end, deadline, AMSTERDAM) == 1
    assert days_late(end + SECOND, deadline, AMSTERDAM) == 2


def test_every_bound_of_an_assignment_holds_to_the_second() -> None:
    rules = Rules(opens_at=DUE - 7 * DAY, due_at=DUE, closes_at=DUE + 2 * DAY)
    own = terms(rules, None, AMSTERDAM)
    almost = timedelta(microseconds=999_999)
    assert own.phase(DUE - 7 * DAY - timedelta(microseconds=1)) is Phase.NOT_OPEN
    assert own.phase(DUE - 7 * DAY) is Phase.OPEN
    assert own.phase(DUE + almost) is Phase.OPEN
    assert own.phase(DUE + SECOND) is Phase.LATE
    assert own.phase(DUE + 2 * DAY + almost) is Phase.LATE
    assert own.phase(DUE + 2 * DAY + SECOND) is Phase.CLOSED


def test_without_a_moment_to_close_the_deadline_closes() -> None:
    own = terms(Rules(due_at=DUE), None, AMSTERDAM)
    assert own.phase(DUE) is Phase.OPEN
    assert own.phase(DUE + SECOND) is Phase.CLOSED


def test_late_work_loses_its_share_each_day_and_never_more_than_all() -> None:
    rules = Rules(due_at=DUE, closes_at=DUE + 30 * DAY, late_penalty=0.3)
    own = terms(rules, None, AMSTERDAM)
    kept = [own.lateness(DUE + days * DAY + SECOND).kept for days in range(-1, 5)]
    assert kept == [1.0, 0.7, 0.4, 0.1, 0.0, 0.0]
    assert own.lateness(DUE + SECOND).of(3.0) == 2.1


def test_an_extension_moves_the_deadline_and_what_follows_from_it() -> None:
    rules = Rules(due_at=DUE, closes_at=DUE + DAY, late_penalty=0.5, attempts=3)
    own = terms(rules, Extension(due_at=DUE + 3 * DAY, more_attempts=2), AMSTERDAM)
    assert (own.due_at, own.closes_at) == (DUE + 3 * DAY, DUE + 3 * DAY)
    assert (own.attempts, own.is_extended) == (5, True)
    assert own.lateness(DUE + 3 * DAY).days == 0
    assert own.phase(DUE + 3 * DAY) is Phase.OPEN
    later = terms(rules, Extension(closes_at=DUE + 9 * DAY), AMSTERDAM)
    assert (later.due_at, later.closes_at) == (DUE, DUE + 9 * DAY)
    assert not terms(rules, Extension(reason="ill"), AMSTERDAM).is_extended


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        ({"opens_at": DUE, "due_at": DUE}, "open before the deadline"),
        ({"opens_at": DUE, "closes_at": DUE}, "open before it closes"),
        ({"due_at": DUE, "closes_at": DUE - SECOND}, "not close before the deadline"),
        ({"late_penalty": 0.1, "due_at": DUE}, "a late penalty needs a deadline"),
        ({"late_penalty": 1.5}, "from 0 to 1"),
        ({"late_penalty": float("nan")}, "from 0 to 1"),
        ({"attempts": 0}, "from 1 to"),
        ({"cooldown_seconds": -1}, "from 0 seconds"),
    ],
)
def test_rules_that_contradict_each_other_are_refused(rules: dict[str, object], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        Rules(**rules)  # type: ignore[arg-type]
