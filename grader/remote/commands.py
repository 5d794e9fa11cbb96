"""The commands that ask a server: `grader login`, `grader logout`, `grader submit`."""

from __future__ import annotations

from datetime import datetime

import click

from grader.client.answers import Me
from grader.client.client import Client
from grader.exits import in_folders
from grader.remote.class_sending import ClassSending
from grader.remote.logins import HERE, Logins
from grader.remote.sending import Sending, Task
from grader.remote.server import ALLOW_HTTP, PATIENCE, TO, TOKEN, client_of, told
from grader.terminal import Terminal


@click.command()
@click.argument("url", default=HERE, metavar="URL")
@TOKEN
@ALLOW_HTTP
@click.pass_context
@told
def login(context: click.Context, url: str, token: str | None, allow_http: bool) -> None:
    """Keep an access token for the server at URL, in a file that only you can read.

    Make the token on your account's page. The server that was logged in to last is the one that
    `grader submit` sends to.
    """
    given = (token or click.prompt("Access token", hide_input=True)).strip()
    with client_of(context, url, given, allow_http) as client:
        me = client.me()
        Logins().save(client.url, given)
    click.echo(f"Logged in to {client.url} as {me.name}{_until(me)}.")


@click.command()
@click.argument("url", default=None, required=False, metavar="URL")
@told
def logout(url: str | None) -> None:
    """Forget the access token for the server at URL, or for the last one.

    The token itself works on until it ends, or is revoked on your account's page.
    """
    logins = Logins()
    chosen = (url or logins.last() or "").rstrip("/")
    if not chosen or not logins.forget(chosen):
        raise click.UsageError(f"You are not logged in to {chosen or 'any server'}.")
    click.echo(f"Forgot the token for {chosen}.")


@click.command()
@click.argument("files", nargs=-1, metavar="FILE...")
@click.option(
    "--class",
    "of_class",
    metavar="ARCHIVE",
    help="With a token of staff: hand in for a class, from a zip archive or a folder with a file "
    "or a folder for each student, as Canvas, Moodle or Gradescope make them.",
)
@click.option("--dry-run", is_flag=True, help="With --class: say what would happen.")
@click.option(
    "--sent-at",
    type=click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M:%S%z"]),
    metavar="TIME",
    help="With --class: when all of it was handed in, in this machine's time zone or with an "
    "offset. [default: now]",
)
@TO
@click.option("--assignment", metavar="ID", help="What the files answer, by its id.")
@click.option("--course", metavar="COURSE", help="With --exercise: the assignment of this course.")
@click.option("--exercise", "slug", metavar="SLUG", help="For practice. [default: the playground]")
@click.option(
    "--on-behalf-of",
    metavar="PERSON",
    help="With a platform's token: whose submission it is, such as canvas_id:4711.",
)
@click.option(
    "--wait",
    default=300.0,
    show_default=True,
    type=click.FloatRange(0, 86_400),
    metavar="SECONDS",
    help="How long to wait for the grades; 0: only hand in.",
)
@click.option(
    "--json", "as_json", is_flag=True, help="One submission a line, in the input's order."
)
@TOKEN
@ALLOW_HTTP
@click.pass_context
@told
def submit(
    context: click.Context,
    files: tuple[str, ...],
    of_class: str | None,
    dry_run: bool,
    sent_at: datetime | None,
    url: str | None,
    assignment: str | None,
    course: str | None,
    slug: str | None,
    on_behalf_of: str | None,
    wait: float,
    as_json: bool,
    token: str | None,
    allow_http: bool,
) -> None:
    """Send files to a server to be graded, and print the reports; `-` reads standard input.

    Of a folder, all programs in it are sent (to a quiz, all files of answers, .json), each as a
    submission of its own. With --class the files of an archive are handed in for its students.

    Exit codes: 0 all passed, 1 some did not pass, 2 wrong usage, or a file that can't be read or
    was not accepted, 3 the server failed, does not answer, or has not graded in time.
    """
    _require_one_task(assignment, course, slug)
    if of_class is None:
        _require_files(files, only_of_a_class=dry_run or sent_at is not None)
    elif files or on_behalf_of or not (assignment or course):
        raise click.UsageError("--class goes alone, with --assignment or --course and --exercise.")
    logins = Logins()
    chosen = url or logins.last() or HERE
    with client_of(
        context, chosen, token or logins.token(chosen.rstrip("/")), allow_http
    ) as client:
        task = _task(client, assignment, course, slug, on_behalf_of)
        client.patience = PATIENCE
        if of_class is not None:
            sending_class = ClassSending(client, Terminal(), wait=wait, as_json=as_json)
            assigned = task.assignment or ""
            context.exit(sending_class.run(of_class, assigned, dry_run=dry_run, sent_at=sent_at))
        meant = in_folders(files, ".json" if task.is_quiz else ".py")
        if not meant:
            raise click.UsageError(f"There is nothing to send in {', '.join(files)}.")
        if on_behalf_of and len(meant) > 1:
            raise click.UsageError("--on-behalf-of sends one file of one student.")
        sending = Sending(client, task, Terminal(), wait=wait, as_json=as_json)
        context.exit(sending.run(meant))


def _require_files(files: tuple[str, ...], *, only_of_a_class: bool) -> None:
    if not files:
        raise click.UsageError("Give files to send, or --class ARCHIVE.")
    if only_of_a_class:
        raise click.UsageError("--dry-run and --sent-at are for --class.")


def _require_one_task(assignment: str | None, course: str | None, slug: str | None) -> None:
    if assignment and (course or slug):
        raise click.UsageError("Give --assignment alone: exercise and course follow from it.")
    if course and not slug:
        raise click.UsageError("--course needs --exercise.")


def _task(
    client: Client,
    assignment: str | None,
    course: str | None,
    slug: str | None,
    on_behalf_of: str | None,
) -> Task:
    """What is answered, looked up first: then a wrong name is told before anything is sent."""
    if course is not None:
        found = [one for one in client.assignments(course) if one.exercise == slug]
        if len(found) != 1:
            raise click.UsageError(_not_one(course, slug, len(found)))
        return Task(None, found[0].id, found[0].kind == "quiz", on_behalf_of)
    if assignment is not None:
        kind = client.assignment(assignment).kind
        return Task(None, assignment, kind == "quiz", on_behalf_of)
    exercise = client.exercise(slug or "playground")
    return Task(exercise.slug, None, exercise.kind == "quiz", on_behalf_of)


def _not_one(course: str, slug: str | None, count: int) -> str:
    if count:
        return f"{course} asks for {slug} {count} times: say which by --assignment ID."
    return f"{course} does not ask for {slug}, or not yet."


def _until(me: Me) -> str:
    return "" if me.token is None else f"; the token works until {me.token.expires_at:%Y-%m-%d}"
