"""Passwords: which may be chosen, how they are kept, and checking one without telling anything."""

from __future__ import annotations

import threading
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache

from werkzeug.security import check_password_hash, generate_password_hash

SHORTEST = 10
#: Longer ones would only cost time.
LONGEST = 256

#: scrypt takes 32 MiB and about 0.1 s of a core, which the graders want too: so many at once.
_AT_ONCE = 2
#: So many more wait for their turn, each in a thread of the web server, and so long; who comes then
#: is told to come again.
_WAITING = 6
_PATIENCE_SECONDS = 5.0


class BadPassword(ValueError):
    """The password may not be chosen; the message says why."""


class Busy(Exception):
    """Too many passwords are being checked at this moment."""


class Passwords:
    """Makes and checks salted hashes (scrypt, by werkzeug), a few at a time."""

    def __init__(
        self,
        at_once: int = _AT_ONCE,
        waiting: int = _WAITING,
        patience_seconds: float = _PATIENCE_SECONDS,
    ) -> None:
        self._turns = threading.Semaphore(at_once)
        self._seats = threading.Semaphore(at_once + waiting)
        self._patience_seconds = patience_seconds

    def hash(self, password: str) -> str:
        """What is kept of a password.

        Raises:
            Busy: come again.
        """
        with self._turn():
            return generate_password_hash(_normal(password))

    def is_right(self, password: str, kept: str | None) -> bool:
        """Whether a password is the one that was kept.

        Where nothing is kept it takes as long and says no, so that the time tells nobody whether
        there is such a person.

        Raises:
            Busy: come again.
        """
        with self._turn():
            right = check_password_hash(kept or _nobodys(), _normal(password)[:LONGEST])
        return right and kept is not None

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """A turn at the processor, after a while."""
        if not self._seats.acquire(blocking=False):
            raise Busy
        try:
            if not self._turns.acquire(timeout=self._patience_seconds):
                raise Busy
            try:
                yield
            finally:
                self._turns.release()
        finally:
            self._seats.release()


def require_good(password: str, *, username: str = "", name: str = "") -> None:
    """Let a password pass that may be chosen.

    Length is what counts (NIST SP 800-63B, 3.1.1.2): no rule asks for digits or signs.

    Raises:
        BadPassword: it is too short or too long, or easy to guess.
    """
    normal = _normal(password)
    if len(normal) < SHORTEST:
        raise BadPassword("short")
    if len(normal) > LONGEST:
        raise BadPassword("long")
    plain = normal.casefold()
    if len(set(plain)) < 4 or plain in {username.casefold(), name.casefold()}:
        raise BadPassword("guessable")


def _normal(password: str) -> str:
    """One form for all ways to type the same signs (RFC 8265, section 4.2: NFC)."""
    return unicodedata.normalize("NFC", password)


@lru_cache(maxsize=1)
def _nobodys() -> str:
    return generate_password_hash("nobody has this password")
