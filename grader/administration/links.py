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


def join_link(token: str, address: str | None, settings: Settings) -> str:
    """The full link of an invitation."""
    base = address or settings.public_url or _HERE
    return f"{base.rstrip('/')}/join/{token}"
