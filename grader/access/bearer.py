"""Bearer tokens (RFC 6750): how a request of a program says by which token it comes."""

from __future__ import annotations

from flask import request

_SCHEME = "bearer"


class BadToken(Exception):
    """The request carries a token that is unknown, revoked or over."""


class TooManyWrongTokens(Exception):
    """Too many unknown tokens came from this address; it may try again after so many seconds."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"too many wrong tokens: {seconds} s to wait")
        self.seconds = seconds


def bearer() -> str | None:
    """The token that the request carries, "" for a header without one; None: it has no header.

    Other schemes are none of ours: a proxy may ask for a password of its own.
    """
    scheme, _, token = request.headers.get("Authorization", "").strip().partition(" ")
    return token.strip() if scheme.lower() == _SCHEME else None
