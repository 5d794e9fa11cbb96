"""The commands that ask a server: `grader login`, `grader logout`, `grader submit`."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import click
import httpx

from grader.client.answers import Me
from grader.client.client import Client
from grader.client.connection import Unreachable, Unreadable
from grader.client.problem import ApiProblem
from grader.exits import OUR_FAILURE, UNREADABLE, in_folders
from grader.remote.logins import HERE, BrokenLogins, Logins
from grader.remote.sending import Sending, Task
from grader.terminal import Terminal

#: Seconds: whoever sits at a terminal wants to know soon that nothing answers.
_FIRST_PATIENCE = 2.0
#: Once a server has answered, it is worth waiting until it has time.
_PATIENCE = 120.0

_TOKEN = click.option(
    "--token",
    envvar="PUSHFORWARD_TOKEN",
    show_envvar=True,
    metavar="TOKEN",
    help="An access token, in place of the one that `grader login` keeps. Others on this machine "
    "can see what is on a command line: the variable keeps it from them.",
)
_ALLOW_HTTP = click.option(
    "--allow-http", is_flag=True, help="Send the token to another machine unencrypted."
)


class _ServerFailed(click.ClickException):
    """The server is not there, or fails."""

    exit_code = OUR_FAILURE


class _Refused(click.ClickException):
    """The server refuses what is asked."""

    exit_code = UNREADABLE


def _told(command: Callable[..., None]) -> Callable[..., None]:
    """Let what goes wrong with a server be a sentence and an exit code."""

    @wraps(command)
    def run(*arguments: Any, **options: Any) -> None:
        try:
            command(*arguments, **options)
        except (Unreachable, Unreadable, BrokenLogins) as error:
            raise _ServerFailed(str(error)) from error
        except ApiProblem as error:
            if error.status >= 500:
                raise _ServerFailed(str(error)) from error
            way_in = "\nMake a token on your account's page, then: grader login URL"
            raise _Refused(f"{error}{way_in if error.status == 401 else ''}") from error

    return run


@click.command()
@click.argument("url", default=HERE, metavar="URL")
@_TOKEN
@_ALLOW_HTTP
@click.pass_context
@_told
def login(context: click.Context, url: str, token: str | None, allow_http: bool) -> None:
    """Keep an access token for the server at URL, in a file that only you can read.

    Make the token on your account's page. The server that was logged in to last is the one that
    `grader submit` sends to.
    """
    given = (token or click.prompt("Access token", hide_input=True)).strip()
    with _client(context, url, given, allow_http) as client:
        me = client.me()
        Logins().save(client.url, given)
    click.echo(f"Logged in to {client.url} as {me.name}{_until(me)}.")


@click.command()
@click.argument("url", default=None, required=False, metavar="URL")
@_told
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
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option(
    "--to",
    "url",
    envvar="PUSHFORWARD_URL",
    show_envvar=True,
    metavar="URL",
    help=f"The server. [default: the one that was logged in to last, else {HERE}]",
)
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
@_TOKEN
@_ALLOW_HTTP
@click.pass_context
@_told
def submit(
    context: click.Context,
    files: tuple[str, ...],
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
    submission of its own.

    Exit codes: 0 all passed, 1 some did not pass, 2 wrong usage, or a file that can't be read or
    was not accepted, 3 the server failed, does not answer, or has not graded in time.
    """
    _require_one_task(assignment, course, slug)
    logins = Logins()
    chosen = url or logins.last() or HERE
    with _client(context, chosen, token or logins.token(chosen.rstrip("/")), allow_http) as client:
        task = _task(client, assignment, course, slug, on_behalf_of)
        client.patience = _PATIENCE
        meant = in_folders(files, ".json" if task.is_quiz else ".py")
        if not meant:
            raise click.UsageError(f"There is nothing to send in {', '.join(files)}.")
        if on_behalf_of and len(meant) > 1:
            raise click.UsageError("--on-behalf-of sends one file of one student.")
        sending = Sending(client, task, Terminal(), wait=wait, as_json=as_json)
        context.exit(sending.run(meant))


def _client(context: click.Context, url: str, token: str | None, allow_http: bool) -> Client:
    """A client of a server; tests put a transport in the place of the network."""
    transport = context.find_object(httpx.BaseTransport)
    try:
        return Client(
            url,
            token,
            allow_http=allow_http,
            patience=_FIRST_PATIENCE,
            transport=transport,
        )
    except ValueError as error:
        raise click.UsageError(str(error)) from error


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
