"""Identifiers of submissions: in order of time, safe in a URL, and not to be guessed."""

from __future__ import annotations

import re
import secrets
import time

#: Crockford's base 32, in lower case: no i, l, o or u, so that one can be read out.
_DIGITS = "0123456789abcdefghjkmnpqrstvwxyz"
_RANDOM_BITS = 80
LENGTH = 26
#: As an id may look in an address: those of courses and of tests too.
_FORM = re.compile(r"[0-9A-Za-z_-]{1,64}", re.ASCII)


def new_id(milliseconds: int | None = None) -> str:
    """A new ULID (https://github.com/ulid/spec): 48 bits of Unix time in ms, 80 random bits.

    Two identifiers of one millisecond have no order between them.
    """
    if milliseconds is None:
        milliseconds = time.time_ns() // 1_000_000
    number = (milliseconds << _RANDOM_BITS) | secrets.randbits(_RANDOM_BITS)
    return "".join(_DIGITS[(number >> shift) & 31] for shift in range(5 * LENGTH - 5, -1, -5))


def is_id(text: str) -> bool:
    """Whether a text can be one of our ids; what can not is not looked up.

    PostgreSQL refuses NUL in text, and would fail where SQLite finds nothing.
    """
    return _FORM.fullmatch(text) is not None
