"""Tokens of forms: proof that a request which changes something came from a page of ours."""

from __future__ import annotations

import hashlib
import hmac
import secrets

from flask import g
from werkzeug.wrappers import Response

from grader.access import cookies

#: The field of a form, and the header of a script's request, that carry the token.
FIELD = "csrf_token"
HEADER = "X-CSRF-Token"

_PURPOSE = b"pushforward: the forms of this browser"


def token() -> str:
    """The token of this browser's forms.

    It follows from the session's own token, or from that of a cookie for visitors, by a keyed
    digest: nothing is stored, it is over when the session is, and whoever reads it in a page
    learns nothing of the cookie.
    """
    return _of(cookies.read(cookies.SESSION) or _visitor())


def is_valid(sent: str) -> bool:
    """Whether a request carries the token that its own cookie asks for."""
    secret = cookies.read(cookies.SESSION) or cookies.read(cookies.VISITOR)
    # compare_digest takes text of ASCII only; a form may hold any.
    return bool(secret) and hmac.compare_digest(_of(secret).encode(), sent.encode())


def remember(answer: Response) -> Response:
    """Set the visitor's cookie where a form was made for somebody who has none."""
    fresh = g.get("visitor")
    if fresh is not None:
        cookies.put(answer, cookies.VISITOR, fresh, kept=False)
    return answer


def _visitor() -> str:
    known = cookies.read(cookies.VISITOR)
    if known:
        return known
    if "visitor" not in g:
        g.visitor = secrets.token_urlsafe(32)
    return str(g.visitor)


def _of(secret: str) -> str:
    return hmac.new(secret.encode(), _PURPOSE, hashlib.sha256).hexdigest()
