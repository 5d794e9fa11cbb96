"""The rules of an assignment as options of commands, and in words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import click

from exercises.exercise import AnyExercise
from grader.administration.arguments import NONE, attempts, moment, seconds, share
from grader.administration.naming import sentence
from grader.desks.hiding import require_hideable
from grader.desks.problems import RequestError
from grader.store.assignment.assignments import Rules
from grader.store.assignment.disclosure import Release

_F = TypeVar("_F", bound=Callable[..., Any])

_WHEN = "A date and time in the course's time zone, or with an offset."
_OPTIONS = (
    click.option("--opens", metavar="WHEN", help=f"Students do not see it before. {_WHEN}"),
    click.option(
        "--due",
        metavar="WHEN",
        help="The deadline, to the second; a date alone means its last second.",
    ),
    click.option("--closes", metavar="WHEN", help="Late work is accepted until then."),
    click.option(
        "--late-penalty",
        metavar="SHARE",
        callback=share,
        help="The share of the score that each begun day after the deadline costs.",
    ),
    click.option(
        "--attempts",
        metavar="NUMBER",
        callback=attempts,
        help="How often a student may submit; none: without end.",
    ),
    click.option(
        "--cooldown",
        metavar="DURATION",
        callback=seconds,
        help="The wait between two submissions: 90, 15m, 2h or 1d.",
    ),
    click.option(
        "--release",
        type=click.Choice([one.value.replace("_", "-") for one in Release]),
        help="When students see their grades.",
    ),
    click.option(
        "--hide",
        metavar="CRITERION",
        multiple=True,
        help="A criterion whose finding students do not see until all is over; may be said "
        "several times, in place of those before. none: all are shown.",
    ),
)
#: What the words of `rules_in_words` say of each.
_RELEASES = {
    Release.AFTER_CLOSE: "grades are shown when it has closed",
    Release.BY_HAND: "grades are shown when staff release them",
}


def rule_options(command: _F) -> _F:
    """Give a command the options of rules; `ruled` reads what was said."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def ruled(before: Rules, said: dict[str, Any], zone: ZoneInfo, asked: AnyExercise | None) -> Rules:
    """The rules with the options that were given.

    Args:
        before: what stays where nothing was said.
        said: the options.
        zone: the course's time zone.
        asked: the exercise at the version that is asked; None: nobody has it any more.

    Raises:
        click.ClickException: they do not fit, by the checks that pages and API make.
    """
    try:
        rules = replace(before, **_changes(said, zone))
        if asked is not None:
            require_hideable(rules.hidden_criteria, asked)
    except ValueError as error:
        raise click.ClickException(sentence(error)) from error
    except RequestError as error:
        complaints = [one.message for one in error.problem.errors]
        raise click.ClickException(" ".join([error.problem.detail, *complaints])) from error
    return rules


def _changes(said: dict[str, Any], zone: ZoneInfo) -> dict[str, Any]:
    changes: dict[str, Any] = {}
    for option, field in (("opens", "opens_at"), ("due", "due_at"), ("closes", "closes_at")):
        if said[option] is not None:
            ends = option != "opens"
            changes[field] = moment(said[option], zone, f"--{option}", end_of_day=ends)
    if said["late_penalty"] is not None:
        changes["late_penalty"] = said["late_penalty"]
    if said["attempts"] is not None:
        changes["attempts"] = said["attempts"] or None
    if said["cooldown"] is not None:
        changes["cooldown_seconds"] = said["cooldown"]
    if said["release"] is not None:
        changes["release"] = Release(said["release"].replace("-", "_"))
    if said["hide"]:
        hidden = () if said["hide"] == (NONE,) else tuple(dict.fromkeys(said["hide"]))
        changes["hidden_criteria"] = hidden
    return changes


def rules_in_words(rules: Rules, zone: ZoneInfo, released_at: datetime | None = None) -> str:
    """The rules, moments in the course's time zone; with when staff released the grades by hand."""
    words = [
        f"{verb} {_local(at, zone)}"
        for verb, at in (("opens", rules.opens_at), ("due", rules.due_at))
        if at is not None
    ]
    if rules.closes_at is not None and rules.closes_at != rules.due_at:
        words.append(f"closes {_local(rules.closes_at, zone)}")
    words = words or ["no deadline"]
    if rules.late_penalty:
        words.append(f"{rules.late_penalty:.0%} less for each begun day late")
    if rules.attempts is not None:
        words.append(counted(rules.attempts, "attempt"))
    if rules.cooldown_seconds:
        words.append(f"{counted(rules.cooldown_seconds, 'second')} between two")
    if released_at is not None:
        words.append(f"grades were released {_local(released_at, zone)}")
    elif rules.release is not Release.AT_ONCE:
        words.append(_RELEASES[rules.release])
    if rules.hidden_criteria:
        words.append(f"hidden: {' '.join(rules.hidden_criteria)}")
    return ", ".join(words)


def counted(count: int, noun: str) -> str:
    """A number of things."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def _local(at: datetime, zone: ZoneInfo) -> str:
    return f"{at.astimezone(zone):%Y-%m-%d %H:%M:%S %z}"
