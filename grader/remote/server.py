"""The server that a command asks: which one, by which token, and what goes wrong with it."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import click
import httpx

from grader.client.client import Client
from grader.client.connection import Unreachable, Unreadable
from grader.client.problem import ApiProblem
from grader.exits import OUR_FAILURE, UNREADABLE
from grader.remote.logins import HERE, BrokenLogins

#: Seconds: whoever sits at a terminal wants to know soon that nothing answers.
_FIRST_PATIENCE = 2.0
#: Once a server has answered, it is worth waiting until it has time.
PATIENCE = 120.0

TO = click.option(
    "--to",
    "url",
    envvar="PUSHFORWARD_URL",
    show_envvar=True,
    metavar="URL",
    help=f"The server. [default: the one that was logged in to last, else {HERE}]",
)
TOKEN = click.option(
    "--token",
    envvar="PUSHFORWARD_TOKEN",
    show_envvar=True,
    metavar="TOKEN",
    help="An access token, in place of the one that `grader login` keeps. Others on this machine "
    "can see what is on a command line: the variable keeps it from them.",
)
ALLOW_HTTP = click.option(
    "--allow-http", is_flag=True, help="Send the token to another machine unencrypted."
)


class _ServerFailed(click.ClickException):
    """The server is not there, or fails."""

    exit_code = OUR_FAILURE


class _Refused(click.ClickException):
    """The server refuses what is asked."""

    exit_code = UNREADABLE


def told(command: Callable[..., None]) -> Callable[..., None]:
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


def client_of(context: click.Context, url: str, token: str | None, allow_http: bool) -> Client:
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
