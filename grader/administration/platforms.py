"""The commands about platforms: a token for one, and the roster of a course from a file of one."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import click

from grader.administration.naming import found_course, sentence
from grader.administration.opening import opened
from grader.store.course.roles import Role
from grader.store.course.roster import Newcomer, Roster, TwoPeople
from grader.store.database import one_transaction
from grader.store.identity.access_tokens import LIFETIME, LONGEST, AccessTokens, Wanted
from grader.store.identity.scopes import Scope


@click.command()
@click.argument("course", metavar="COURSE")
@click.option("--name", required=True, help="The platform's name, such as Canvas.")
@click.option(
    "--days",
    type=click.IntRange(1, LONGEST.days),
    default=LIFETIME.days,
    show_default=True,
    help="How long it works.",
)
def token(course: str, name: str, days: int) -> None:
    """Print a token by which a platform runs a course. It is shown this once.

    The platform becomes a member of the course under its name.
    """
    with opened() as (engine, _):
        found_course(engine, course)
        wanted = Wanted(name, Scope.PLATFORM, course, timedelta(days=days))
        try:
            made, secret = AccessTokens(engine).make_for_platform(wanted)
        except ValueError as error:
            raise click.ClickException(sentence(error)) from error
    click.echo(secret)
    click.echo(f"It works until {made.expires_at:%Y-%m-%d %H:%M} UTC.", err=True)


@click.command(name="import")
@click.argument("course", metavar="COURSE")
@click.argument(
    "file", metavar="FILE", type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
def import_(course: str, file: Path) -> None:
    """Bring the people of a CSV file into a course, or up to date: all of them, or nobody.

    Its first line names the columns: name, perhaps role, and external ids, such as canvas_id,
    sis_user_id, email or section. Whoever has one of the ids in the course already is that
    person, so that a file can be imported again.
    """
    with opened() as (engine, _):
        found_course(engine, course)
        roster, made, known = Roster(engine), 0, 0
        with one_transaction(engine):
            for line, newcomer in _read(file):
                try:
                    _, fresh = roster.put(course, newcomer)
                except (ValueError, TwoPeople) as error:
                    said = str(error) or "the ids belong to different people of the course"
                    raise click.ClickException(
                        f"Line {line} of {file.name}: {said}. Nothing was changed."
                    ) from error
                made, known = made + fresh, known + (not fresh)
    click.echo(f"{course}: {made} new, {known} known already.")


def _read(file: Path) -> Iterator[tuple[int, Newcomer]]:
    """The people in a CSV file, each with the number of the line.

    Raises:
        click.ClickException: it is no such file.
    """
    try:
        # A spreadsheet's file begins with a byte order mark.
        with file.open(encoding="utf-8-sig", newline="") as text:
            rows = csv.DictReader(text, restkey="", restval="")
            if "name" not in (rows.fieldnames or ()):
                raise click.ClickException(f"{file.name} has no column “name” in its first line.")
            for row in rows:
                yield rows.line_num, _newcomer(row, rows.line_num)
    except (UnicodeDecodeError, csv.Error) as error:
        raise click.ClickException(f"{file.name} is no CSV file in UTF-8: {error}.") from error


def _newcomer(row: dict[str, str], line: int) -> Newcomer:
    if "" in row:
        raise click.ClickException(f"Line {line} has more fields than the first one names.")
    name, role = row.pop("name"), row.pop("role", "").strip().lower()
    if role not in {"", *Role}:
        known = ", ".join(Role)
        raise click.ClickException(f"Line {line}: {role!r} is no role; there are: {known}.")
    ids = {kind: value for kind, value in row.items() if value.strip()}
    return Newcomer(name, ids, Role(role) if role else None)
