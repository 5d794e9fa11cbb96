"""What commands take as arguments: moments, shares and durations, as people write them."""

from __future__ import annotations

import re
from datetime import datetime
from zoneinfo import ZoneInfo

import click

from grader.store.assignment.deadlines import read_moment

#: Takes a value away again.
NONE = "none"
_DURATION = re.compile(r"(\d{1,9})(s|m|h|d)?", re.ASCII)
_SECONDS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}
_ATTEMPTS = re.compile(r"[1-9]\d{0,7}", re.ASCII)


def moment(
    text: str | None, zone: ZoneInfo, option: str, *, end_of_day: bool = False
) -> datetime | None:
    """The moment that an option names in a course's time zone; None for none.

    Raises:
        click.BadParameter: it is none.
    """
    if text is None or text == NONE:
        return None
    try:
        return read_moment(text, zone, end_of_day=end_of_day)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint=option) from error


def share(_context: click.Context, _option: click.Parameter, text: str | None) -> float | None:
    """A share from 0 to 1, written `0.1` or `10%`: the callback of an option.

    Raises:
        click.BadParameter: it is none.
    """
    if text is None:
        return None
    try:
        value = float(text[:-1]) / 100 if text.endswith("%") else float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value <= 1:
        raise click.BadParameter(f"{text!r} is no share: write 0.1 or 10%.")
    return value


def seconds(_context: click.Context, _option: click.Parameter, text: str | None) -> int | None:
    """A duration in seconds, written `90`, `90s`, `15m`, `2h` or `1d`: the callback of an option.

    Raises:
        click.BadParameter: it is none.
    """
    if text is None:
        return None
    found = _DURATION.fullmatch(text)
    if found is None:
        raise click.BadParameter(f"{text!r} is no duration: write 90, 15m, 2h or 1d.")
    return int(found[1]) * _SECONDS[found[2] or "s"]


def attempts(_context: click.Context, _option: click.Parameter, text: str | None) -> int | None:
    """A number of attempts, or 0 for `none`, which has no end: the callback of an option.

    Raises:
        click.BadParameter: it is none.
    """
    if text is None:
        return None
    if text == NONE:
        return 0
    if not _ATTEMPTS.fullmatch(text):
        raise click.BadParameter(f"{text!r} is no number of attempts: write 5, or none.")
    return int(text)
