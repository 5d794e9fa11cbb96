"""Our cookies: their names, and the flags that each of them has."""

from __future__ import annotations

from collections.abc import Iterable

from flask import request
from werkzeug.wrappers import Response

#: Holds the token of a session. (Cookies know no ports: others on this machine use plain names.)
SESSION = "pushforward_session"
#: Holds a random text for who has not signed in: the forms of his or her pages are bound to it.
VISITOR = "pushforward_visitor"
#: Says that whoever is let in as the demo student has left.
LEFT = "pushforward_left"

#: The store says when a session is over; browsers keep no cookie for longer than this.
_LONGEST_SECONDS = 400 * 24 * 3600


def read(cookie: str) -> str:
    """What a cookie holds; "" where it is not there."""
    return request.cookies.get(_name(cookie), "")


def put(answer: Response, cookie: str, value: str, *, kept: bool = True) -> None:
    """Set a cookie: not for scripts, not for requests that other sites make for us.

    Args:
        answer: what carries it.
        cookie: one of ours.
        value: what it holds.
        kept: whether it outlives the browser's window.
    """
    answer.set_cookie(
        _name(cookie),
        value,
        max_age=_LONGEST_SECONDS if kept else None,
        path="/",
        secure=request.is_secure,
        httponly=True,
        samesite="Lax",
    )


def drop(answer: Response, cookies: Iterable[str]) -> None:
    """Take cookies back."""
    for cookie in cookies:
        answer.delete_cookie(
            _name(cookie), path="/", secure=request.is_secure, httponly=True, samesite="Lax"
        )


def _name(cookie: str) -> str:
    # With this prefix a browser takes the cookie from this host over HTTPS alone, so that nobody
    # on a neighbouring name or on plain HTTP can plant one of his own (RFC 6265bis, 4.1.3.2).
    return f"__Host-{cookie}" if request.is_secure else cookie
