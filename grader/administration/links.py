"""The links that commands print."""

from __future__ import annotations

import click

from grader.settings import Settings

#: Where `grader serve` listens by itself.
_HERE = "http://127.0.0.1:8000"

ADDRESS = click.option(
    "--address",
    metavar="URL",
    help=f"The service's address in the link.  [GRADER_PUBLIC_URL, or else {_HERE}]",
)


def say_link(token: str, address: str | None, settings: Settings) -> None:
    """Print the full link of an invitation; where nothing says the address, that it is a guess."""
    base = address or settings.public_url or _HERE
    click.echo(f"{base.rstrip('/')}/join/{token}")
    if base == _HERE:
        click.echo(
            "This link works on this machine alone: --address or GRADER_PUBLIC_URL say the "
            "address that people type.",
            err=True,
        )
