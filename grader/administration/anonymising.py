"""The command that takes away who the students of a course were: `grader courses anonymise`."""

from __future__ import annotations

import click

from grader.administration.naming import found_course
from grader.administration.opening import opened
from grader.store.anonymity.anonymity import Anonymity, Keep, NoStudents, Unquiet


@click.command()
@click.argument("course", metavar="COURSE")
@click.option("--keep-words", is_flag=True, help="Keep comments, reasons and reviews.")
@click.option(
    "--keep-code-comments", is_flag=True, help="Keep comments in programs, and what they printed."
)
@click.option("--yes", is_flag=True, help="Do it without asking for the title.")
def anonymise(course: str, *, keep_words: bool, keep_code_comments: bool, yes: bool) -> None:
    """Take away who the students of a course were, for good, and keep what they did.

    Each becomes “Student 017”, by a number that is drawn; who became whom is kept nowhere. Backups
    of the database are not in reach.
    """
    with opened() as (engine, _):
        found = found_course(engine, course)
        if not yes and click.prompt(f"Type {found.title} to anonymise it") != found.title:
            raise click.ClickException("That is not the title. Nothing was changed.")
        try:
            done = Anonymity(engine).anonymise(course, Keep(keep_words, keep_code_comments))
        except Unquiet as error:
            raise click.ClickException(f"{error} Nothing was changed.") from error
        except NoStudents as error:
            raise click.ClickException(f"{course} holds nothing of any student.") from error
    click.echo(
        f"{done.students} students have no name any more; {done.accounts} accounts are gone."
    )
