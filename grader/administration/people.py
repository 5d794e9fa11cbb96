"""The commands about people: `grader people …`."""

from __future__ import annotations

import click
from sqlalchemy import Engine

from grader.administration.links import ADDRESS, say_link
from grader.administration.naming import found_course
from grader.administration.opening import opened
from grader.administration.platforms import import_
from grader.store.course.invitations import Invitations
from grader.store.course.memberships import Memberships
from grader.store.erasure import Erasure, NobodyThere, NotAStudent
from grader.store.identity.people import People, Person


@click.group()
def people() -> None:
    """People: who they are, and links to choose a password."""


@people.command(name="list")
@click.option("--course", metavar="COURSE", help="Only those in this course.")
def list_(course: str | None) -> None:
    """Who there is, with their courses."""
    with opened() as (engine, _):
        known = People(engine)
        found = (
            known.all(limit=1_000_000)
            if course is None
            else [one.person for one in Memberships(engine).of(course, limit=1_000_000)]
        )
        for person in found:
            roles = ", ".join(f"{role} of {id_}" for id_, role in known.roles(person.id).items())
            notes = [
                note
                for note, holds in (
                    ("operator", person.is_operator),
                    ("disabled", person.disabled_at is not None),
                )
                if holds
            ]
            click.echo("  ".join([person.username or "-", person.name, roles, *notes]).rstrip())


@people.command()
@click.argument("username", metavar="USERNAME")
@click.option("--undo", is_flag=True, help="Let the person sign in again.")
def disable(username: str, *, undo: bool) -> None:
    """Let nobody sign in as a person any more; what was handed in stays."""
    with opened() as (engine, _):
        person = _person(engine, username)
        known = People(engine)
        if undo:
            known.enable(person.id)
        else:
            known.disable(person.id)
    click.echo(f"{person.name} can {'sign in again' if undo else 'not sign in any more'}.")


@people.command()
@click.argument("username", metavar="USERNAME")
@ADDRESS
def link(username: str, address: str | None) -> None:
    """Print a link by which a person chooses a new password: once, within three days."""
    with opened() as (engine, settings):
        person = _person(engine, username)
        if person.disabled_at is not None:
            raise click.ClickException(f"{username} is disabled: grader people disable --undo.")
        say_link(Invitations(engine).let_back_in(person.id), address, settings)


@people.command()
@click.argument("username", metavar="USERNAME")
@click.option("--name", help="As others see it.  [the user name]")
@click.option("--undo", is_flag=True, help="Take the right away again.")
@ADDRESS
def operator(username: str, name: str | None, *, undo: bool, address: str | None) -> None:
    """Make a person an operator, who may do everything on this server.

    Who is not there yet is made, and a link to choose a password is printed: so a new server gets
    its first operator.
    """
    with opened() as (engine, settings):
        known = People(engine)
        person = known.by_username(username)
        if undo:
            known.make_operator(_person(engine, username).id, is_operator=False)
            click.echo(f"{username} is no operator any more.")
        elif person is not None:
            known.make_operator(person.id)
            click.echo(f"{person.name} is an operator now.")
        else:
            try:
                made = known.create(name or username, username, is_operator=True)
            except ValueError as error:
                raise click.ClickException(str(error)) from error
            click.echo(f"{made.name} is an operator now, and chooses a password here:")
            say_link(Invitations(engine).let_back_in(made.id), address, settings)


@people.command()
@click.argument("course", metavar="COURSE")
@click.argument("person", metavar="PERSON")
@click.option("--yes", is_flag=True, help="Do it without asking for the name.")
def erase(course: str, person: str, *, yes: bool) -> None:
    """Take away all that a course holds of a student, for good.

    PERSON is a user name, or the id of a person. Where no other course knows the person, the
    account goes too. Backups of the database are not in reach.
    """
    with opened() as (engine, _):
        found_course(engine, course)
        found = People(engine).get(person) or _person(engine, person)
        if not yes and click.prompt(f"Type {found.name} to erase this student") != found.name:
            raise click.ClickException("That is not the name. Nothing was changed.")
        try:
            erased = Erasure(engine).erase(course, found.id)
        except NotAStudent as error:
            raise click.ClickException(
                f"{found.name} is no student of {course}: take the role away first."
            ) from error
        except NobodyThere as error:
            raise click.ClickException(f"{course} holds nothing of {found.name}.") from error
    account = "The account is gone" if erased.person_gone else "Other courses know the person"
    click.echo(f"{account}; {erased.submissions} submissions are erased.")


def _person(engine: Engine, username: str) -> Person:
    found = People(engine).by_username(username)
    if found is None:
        raise click.ClickException(f"There is nobody with the user name {username!r}.")
    return found


people.add_command(import_)
