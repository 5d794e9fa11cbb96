"""Terms: an assignment's rules as they hold for one student, extension included."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from grader.store.assignment.assignments import Extension, Rules
from grader.store.assignment.deadlines import days_late, whole_second


class Phase(StrEnum):
    """Where a moment falls, in the life of an assignment."""

    #: Students do not see it yet.
    NOT_OPEN = "not_open"
    #: It can be handed in.
    OPEN = "open"
    #: The deadline has passed, and late work is still accepted.
    LATE = "late"
    #: Nothing is accepted any more.
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Lateness:
    """What coming late costs one submission."""

    #: Days that had begun since the student's deadline; 0: it was in time.
    days: int
    #: The share of its score that it keeps, from 0 to 1.
    kept: float

    def of(self, score: float) -> float:
        """What is left of a score."""
        # Rounded: 0.7 of 3 is 2.1 to everybody but a computer.
        return round(score * self.kept, 9)


@dataclass(frozen=True, slots=True)
class Terms:
    """The rules for one student, in the course's time zone. Times are aware, in UTC."""

    opens_at: datetime | None
    due_at: datetime | None
    #: Never before the deadline; None: it does not close.
    closes_at: datetime | None
    late_penalty: float
    attempts: int | None
    cooldown: timedelta
    #: Whether anything of this is the student's own.
    is_extended: bool
    zone: ZoneInfo

    def phase(self, now: datetime) -> Phase:
        """Where `now` falls; every bound holds to the second."""
        now = whole_second(now)
        if self.opens_at is not None and now < self.opens_at:
            return Phase.NOT_OPEN
        if self.closes_at is not None and now > self.closes_at:
            return Phase.CLOSED
        if self.due_at is not None and now > self.due_at:
            return Phase.LATE
        return Phase.OPEN

    def lateness(self, at: datetime) -> Lateness:
        """What it costs to come at a moment."""
        return lateness(at, self.due_at, self.late_penalty, self.zone)


def lateness(
    at: datetime, due_at: datetime | None, late_penalty: float, zone: ZoneInfo
) -> Lateness:
    """What it costs to come at a moment, by the student's own deadline."""
    days = 0 if due_at is None else days_late(at, due_at, zone)
    return Lateness(days, max(0.0, round(1.0 - days * late_penalty, 9)))


def closing(due_at: datetime | None, closes_at: datetime | None) -> datetime | None:
    """When nothing is accepted any more, by a student's own deadline and closing time."""
    if due_at is not None and (closes_at is None or closes_at < due_at):
        return due_at
    return closes_at


def terms(rules: Rules, extension: Extension | None, zone: ZoneInfo) -> Terms:
    """The rules as an extension changes them.

    Who has a later deadline can hand in until then at least, whenever the assignment closes for
    the others.
    """
    own = extension or Extension()
    due = own.due_at or rules.due_at
    return Terms(
        opens_at=rules.opens_at,
        due_at=due,
        closes_at=closing(due, own.closes_at or rules.closes_at),
        late_penalty=rules.late_penalty,
        attempts=None if rules.attempts is None else rules.attempts + own.more_attempts,
        cooldown=timedelta(seconds=rules.cooldown_seconds),
        is_extended=any(getattr(own, one.name) for one in fields(own) if one.name != "reason"),
        zone=zone,
    )
