"""The commands about courses: `grader courses …`."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import click
from sqlalchemy import Engine

from exercises.catalog.bundle import ChangedExercise, archive
from exercises.catalog.manifest import BrokenManifest
from exercises.catalog.reading import read_catalog
from exercises.exercise import AnyExercise
from grader.administration.anonymising import anonymise
from grader.administration.links import ADDRESS, say_link
from grader.administration.naming import found_course, sentence
from grader.administration.opening import opened
from grader.administration.platforms import token
from grader.administration.rules import counted, rule_options, ruled, rules_in_words
from grader.desks.pinned import PinnedExercises
from grader.settings import Settings
from grader.store.assignment.assignments import Assignment, Assignments, Rules
from grader.store.assignment.deadlines import zone_of
from grader.store.assignment.versions import Versions
from grader.store.course.courses import CourseExists, Courses
from grader.store.course.invitations import Invitations
from grader.store.course.memberships import Memberships
from grader.store.course.roles import Role
from grader.store.moments import utc_now


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
                f"{counted(members, 'member')}, {counted(assigned, 'assignment')}{over}"
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
            words = rules_in_words(one.rules, zone, one.released_at)
            click.echo(f"{one.position + 1:3}. {one.exercise}  {words}")


@courses.command(name="archive")
@click.argument("course", metavar="COURSE")
@click.option("--undo", is_flag=True, help="Let it go on.")
def archive_(course: str, *, undo: bool) -> None:
    """End a course: it can be read, and nothing can be handed in."""
    with opened() as (engine, _):
        found_course(engine, course)
        Courses(engine).archive(course, archived=not undo)
    click.echo(f"The course {course} {'goes on' if undo else 'is over'}.")


@courses.command()
@click.argument("course", metavar="COURSE")
@click.argument("exercise", metavar="EXERCISE")
@rule_options
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
        rules = ruled(Rules(), said, zone, asked)
        _keep(engine, asked)
        assignments.assign(course, exercise, asked.version, rules)
    click.echo(f"{course} asks for {exercise}: {rules_in_words(rules, zone)}.")


@courses.command()
@click.argument("course", metavar="COURSE")
@click.argument("exercise", metavar="EXERCISE")
@click.option(
    "--update-version", is_flag=True, help="Ask for the exercise as it is now from here on."
)
@rule_options
def change(course: str, exercise: str, *, update_version: bool, **said: Any) -> None:
    """Change the rules of an assignment; what is left out stays, and `none` takes a bound away."""
    with opened() as (engine, settings):
        found = found_course(engine, course)
        assigned = _assigned(engine, course, exercise)
        zone = zone_of(found.time_zone)
        version = None
        if update_version:
            asked: AnyExercise | None = _exercise(settings, exercise)
        else:
            catalog = read_catalog(settings.exercises_dir)
            pinned = PinnedExercises(catalog, Versions(engine))
            asked = pinned.get(exercise, assigned.exercise_version)
        rules = ruled(assigned.rules, said, zone, asked)
        if update_version and asked is not None:
            _keep(engine, asked)
            version = asked.version
        Assignments(engine).change(assigned.id, rules=rules, exercise_version=version)
    words = rules_in_words(rules, zone, assigned.released_at)
    click.echo(f"{course} asks for {exercise}: {words}.")


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


courses.add_command(token)
courses.add_command(anonymise)
