"""The commands about courses: `grader courses …`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import click
from sqlalchemy import Engine

from exercises.catalog.bundle import ChangedExercise, archive
from exercises.catalog.manifest import BrokenManifest
from exercises.catalog.reading import read_catalog
from exercises.exercise import AnyExercise
from grader.administration.arguments import attempts, moment, seconds, share
from grader.administration.links import ADDRESS, say_link
from grader.administration.naming import found_course, sentence
from grader.administration.opening import opened
from grader.administration.platforms import token
from grader.settings import Settings
from grader.store.assignment.assignments import Assignment, Assignments, Rules
from grader.store.assignment.deadlines import zone_of
from grader.store.assignment.versions import Versions
from grader.store.course.courses import CourseExists, Courses
from grader.store.course.invitations import Invitations
from grader.store.course.memberships import Memberships
from grader.store.course.roles import Role
from grader.store.moments import utc_now

_F = TypeVar("_F", bound=Callable[..., Any])


@click.group()
def courses() -> None:
    """Courses, what is assigned in them, and links to join them."""


@courses.command()
@click.argument("id", metavar="ID")
@click.option("--title", required=True, help="As people see it.")
@click.option(
    "--time-zone",
    default="UTC",
    show_default=True,
    help="An IANA name, such as Europe/Amsterdam: deadlines are written and shown in it.",
)
def new(id: str, title: str, time_zone: str) -> None:
    """Begin a course. ID is a short name for addresses, such as flows-2026."""
    with opened() as (engine, _):
        try:
            made = Courses(engine).create(id, title, time_zone)
        except (ValueError, CourseExists) as error:
            raise click.ClickException(sentence(error)) from error
    click.echo(f"The course {made.id} is there. Now: grader courses assign {made.id} EXERCISE")


@courses.command(name="list")
def list_() -> None:
    """All courses, the newest first."""
    with opened() as (engine, _):
        for course in Courses(engine).all():
            members = len(Memberships(engine).of(course.id, limit=1_000_000))
            assigned = len(Assignments(engine).of(course.id))
            over = "  over" if course.archived_at else ""
            click.echo(
                f"{course.id}  {course.title}  ({course.time_zone})  "
                f"{_counted(members, 'member')}, {_counted(assigned, 'assignment')}{over}"
            )


@courses.command()
@click.argument("course", metavar="COURSE")
def show(course: str) -> None:
    """What a course asks for, in its own time zone."""
    with opened() as (engine, _):
        found = found_course(engine, course)
        zone = zone_of(found.time_zone)
        click.echo(f"{found.title} ({found.time_zone})")
        for one in Assignments(engine).of(found.id):
            click.echo(f"{one.position + 1:3}. {one.exercise}  {_rules_in_words(one.rules, zone)}")


@courses.command(name="archive")
@click.argument("course", metavar="COURSE")
@click.option("--undo", is_flag=True, help="Let it go on.")
def archive_(course: str, *, undo: bool) -> None:
    """End a course: it can be read, and nothing can be handed in."""
    with opened() as (engine, _):
        found_course(engine, course)
        Courses(engine).archive(course, archived=not undo)
    click.echo(f"The course {course} {'goes on' if undo else 'is over'}.")


def _rule_options(command: _F) -> _F:
    when = "A date and time in the course's time zone, or with an offset."
    options = (
        click.option("--opens", metavar="WHEN", help=f"Students do not see it before. {when}"),
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
    )
    for option in reversed(options):
        command = option(command)
    return command


@courses.command()
@click.argument("course", metavar="COURSE")
@click.argument("exercise", metavar="EXERCISE")
@_rule_options
def assign(course: str, exercise: str, **said: Any) -> None:
    """Ask for an exercise in a course, at the version that there is now."""
    with opened() as (engine, settings):
        found = found_course(engine, course)
        asked = _exercise(settings, exercise)
        assignments = Assignments(engine)
        if any(one.exercise == exercise for one in assignments.of(course)):
            raise click.ClickException(
                f"{exercise} is assigned in {course} already: grader courses change changes it."
            )
        zone = zone_of(found.time_zone)
        rules = _rules(Rules(), said, zone)
        _keep(engine, asked)
        assignments.assign(course, exercise, asked.version, rules)
    click.echo(f"{course} asks for {exercise}: {_rules_in_words(rules, zone)}.")


@courses.command()
@click.argument("course", metavar="COURSE")
@click.argument("exercise", metavar="EXERCISE")
@click.option(
    "--update-version", is_flag=True, help="Ask for the exercise as it is now from here on."
)
@_rule_options
def change(course: str, exercise: str, *, update_version: bool, **said: Any) -> None:
    """Change the rules of an assignment; what is left out stays, and `none` takes a bound away."""
    with opened() as (engine, settings):
        found = found_course(engine, course)
        assigned = _assigned(engine, course, exercise)
        zone = zone_of(found.time_zone)
        rules, version = _rules(assigned.rules, said, zone), None
        if update_version:
            asked = _exercise(settings, exercise)
            _keep(engine, asked)
            version = asked.version
        Assignments(engine).change(assigned.id, rules=rules, exercise_version=version)
    click.echo(f"{course} asks for {exercise}: {_rules_in_words(rules, zone)}.")


@courses.command()
@click.argument("course", metavar="COURSE")
@click.option(
    "--role",
    type=click.Choice([role.value for role in Role]),
    default=Role.STUDENT.value,
    show_default=True,
)
@click.option("--days", type=click.IntRange(1, 366), default=14, show_default=True)
@click.option("--uses", type=click.IntRange(1, 100_000), help="How many may use it.  [any number]")
@ADDRESS
def invite(course: str, role: str, days: int, uses: int | None, address: str | None) -> None:
    """Print a link by which people join a course."""
    with opened() as (engine, settings):
        if found_course(engine, course).archived_at is not None:
            raise click.ClickException(f"The course {course} is over: nobody can join it.")
        ends = utc_now() + timedelta(days=days)
        token = Invitations(engine).invite(course, Role(role), expires_at=ends, uses=uses)
        say_link(token, address, settings)


def _assigned(engine: Engine, course: str, exercise: str) -> Assignment:
    for one in Assignments(engine).of(course):
        if one.exercise == exercise:
            return one
    raise click.ClickException(f"{course} does not ask for {exercise!r}.")


def _exercise(settings: Settings, slug: str) -> AnyExercise:
    catalog = read_catalog(settings.exercises_dir)
    found = catalog.get(slug)
    if found is None:
        why = catalog.broken.get(slug)
        if why is not None:
            raise click.ClickException(f"The exercise {slug} can't be used: {why}.")
        known = ", ".join(catalog.exercises)
        raise click.ClickException(f"There is no exercise {slug!r}; there are: {known}.")
    return found


def _keep(engine: Engine, exercise: AnyExercise) -> None:
    try:
        Versions(engine).keep(exercise.slug, exercise.version, lambda: archive(exercise))
    except (ChangedExercise, BrokenManifest, OSError) as error:
        raise click.ClickException(
            f"The files of {exercise.slug} can't be read: {error}"
        ) from error


def _rules(before: Rules, said: dict[str, Any], zone: ZoneInfo) -> Rules:
    """The rules with the options that were given."""
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
    try:
        return replace(before, **changes)
    except ValueError as error:
        raise click.ClickException(sentence(error)) from error


def _rules_in_words(rules: Rules, zone: ZoneInfo) -> str:
    words = [
        f"{verb} {_local(at, zone)}"
        for verb, at in (("opens", rules.opens_at), ("due", rules.due_at))
        if at is not None
    ]
    if rules.closes_at is not None and rules.closes_at != rules.due_at:
        words.append(f"closes {_local(rules.closes_at, zone)}")
    if rules.late_penalty:
        words.append(f"{rules.late_penalty:.0%} less for each begun day late")
    if rules.attempts is not None:
        words.append(_counted(rules.attempts, "attempt"))
    if rules.cooldown_seconds:
        words.append(f"{_counted(rules.cooldown_seconds, 'second')} between two")
    return ", ".join(words) or "no deadline"


def _local(at: datetime, zone: ZoneInfo) -> str:
    return f"{at.astimezone(zone):%Y-%m-%d %H:%M:%S %z}"


def _counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


courses.add_command(token)
