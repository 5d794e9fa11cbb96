"""Deadlines: what a date and a time mean in a course's time zone, and how late something is.

A deadline holds to the second: what comes within the second that it names is in time.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_END_OF_DAY = time(23, 59, 59)
#: Beyond these a moment has no form in every time zone.
_YEARS = range(1900, 9000)


def zone_of(name: str) -> ZoneInfo:
    """The time zone of this IANA name, such as Europe/Amsterdam.

    Raises:
        ValueError: there is none; the message says what to write.
    """
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(
            f"{name[:64]!r} is no time zone: write a name such as Europe/Amsterdam or UTC"
        ) from error


def read_moment(text: str, zone: ZoneInfo, *, end_of_day: bool = False) -> datetime:
    """The moment that a text names, in UTC, without a fraction of a second.

    ISO 8601: with an offset (2026-12-01T18:00+01:00, …Z) it is what it says; without one it is a
    local time in `zone`. Of a local time that comes twice, when clocks go back, it is the second.

    Args:
        text: the date and time. A date alone is its first second.
        zone: the course's time zone.
        end_of_day: a date alone is its last second instead, as a deadline means it.

    Raises:
        ValueError: it is none, or a local time that the clocks skip.
    """
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise ValueError(
            f"{text[:64]!r} is no date and time: write 2026-12-01T18:00, or with an offset "
            "2026-12-01T18:00+01:00"
        ) from error
    if moment.year not in _YEARS:
        raise ValueError(f"the year {moment.year} is out of reach")
    if end_of_day and _DATE.fullmatch(text.strip()):
        moment = datetime.combine(moment.date(), _END_OF_DAY)
    if moment.tzinfo is None:
        moment = _local(moment, zone)
    return whole_second(moment.astimezone(UTC))


def whole_second(moment: datetime) -> datetime:
    """The moment without its fraction of a second."""
    return moment.replace(microsecond=0)


def days_late(at: datetime, due: datetime, zone: ZoneInfo) -> int:
    """How many days have begun since a deadline; 0 up to and with the second of the deadline.

    A day lasts to the same time of day of the next date in `zone`, so 23 or 25 hours where the
    clocks are changed in between.
    """
    at = whole_second(at)
    if at <= due:
        return 0
    days = max(1, (at - due).days)
    while at > _days_after(due, days, zone):
        days += 1
    while days > 1 and at <= _days_after(due, days - 1, zone):
        days -= 1
    return days


def _days_after(due: datetime, days: int, zone: ZoneInfo) -> datetime:
    """The same time of day `days` dates later, in UTC; of two readings of it the later."""
    local = due.astimezone(zone).replace(tzinfo=None) + timedelta(days=days)
    return max(local.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))


def _local(moment: datetime, zone: ZoneInfo) -> datetime:
    aware = moment.replace(tzinfo=zone, fold=1)
    if aware.astimezone(UTC).astimezone(zone).replace(tzinfo=None, fold=0) != moment:
        raise ValueError(
            f"there is no {moment:%H:%M} on {moment:%Y-%m-%d} in {zone.key}: the clocks go forward "
            "over it"
        )
    return aware
