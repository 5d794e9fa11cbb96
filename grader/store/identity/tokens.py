"""Tokens: secrets that are given away once, and of which only a digest is kept."""

from __future__ import annotations

import hashlib
import secrets

#: 256 bits: nobody guesses one, so a plain digest keeps it as well as a slow one would.
_RANDOM_BYTES = 32


def new_token() -> str:
    """A fresh token: 43 characters that are safe in a URL and in a cookie."""
    return secrets.token_urlsafe(_RANDOM_BYTES)


def digest_of(token: str) -> str:
    """What the store keeps of a token: its SHA-256, as 64 hexadecimal digits.

    Whoever reads the database can not sign in with what is in it. Any text has a digest.
    """
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
