"""The servers that one has logged in to, in a file of the user's own that nobody else can read."""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path

import click

#: Where `grader serve` listens.
HERE = "http://127.0.0.1:8000"


class BrokenLogins(Exception):
    """The file of logins can't be read, or can't be written."""


class Logins:
    """By a server's address the access token; the last one that was logged in to comes first."""

    def __init__(self, file: Path | None = None) -> None:
        # The folder that the system has for such files: ~/.config, %APPDATA% and the like.
        self.file = file or Path(click.get_app_dir("pushforward")) / "servers.json"

    def last(self) -> str | None:
        """The server that was logged in to last; None where there is none."""
        return next(iter(self._read()), None)

    def token(self, url: str) -> str | None:
        """The token for a server, by the address that it was saved under."""
        return self._read().get(url)

    def save(self, url: str, token: str) -> None:
        """Keep a token, in place of the one before."""
        self._write({url: token} | {at: kept for at, kept in self._read().items() if at != url})

    def forget(self, url: str) -> bool:
        """Forget a token; says whether there was one."""
        kept = self._read()
        if kept.pop(url, None) is None:
            return False
        self._write(kept)
        return True

    def _read(self) -> dict[str, str]:
        try:
            found = json.loads(self.file.read_text("utf-8"))
            return {str(url): str(token) for url, token in found.items()}
        except FileNotFoundError:
            return {}
        except OSError as error:
            raise BrokenLogins(f"{self.file} can't be read: {error.strerror}.") from error
        except (ValueError, AttributeError) as error:
            raise BrokenLogins(f"{self.file} is broken; delete it and log in again.") from error

    def _write(self, logins: dict[str, str]) -> None:
        """Put a new file in the old one's place: nobody ever reads half of one, or another's."""
        try:
            self.file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            # mkstemp makes a file of mode 600.
            handle, name = tempfile.mkstemp(dir=self.file.parent, prefix=".servers-")
            try:
                with os.fdopen(handle, "w", encoding="utf-8") as file:
                    json.dump(logins, file, indent=1)
                os.replace(name, self.file)
            except BaseException:
                Path(name).unlink(missing_ok=True)
                raise
        except OSError as error:
            raise BrokenLogins(f"{self.file} can't be written: {error.strerror}.") from error
