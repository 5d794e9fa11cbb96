"""Guards every request and answer: request ids, requests from other sites, security headers."""

from __future__ import annotations

import re
import secrets
from collections.abc import Container, Iterable
from urllib.parse import urlsplit

from flask import Flask, Response, g, request

from grader.access import guise
from grader.access.door import LOOPBACK, host_name
from grader.desks.problems import CROSS_SITE, UNKNOWN_HOST, RequestError

#: Pages load scripts, styles and pictures of ours and nothing else; no inline script or style.
PAGE_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)

#: What is not a page loads nothing at all.
DATA_POLICY = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}

#: A request's id that a client or a proxy may choose: nothing that a log could misread.
_REQUEST_ID = re.compile(r"[0-9A-Za-z._-]{8,64}", re.ASCII)

_SAFE_METHODS = {"GET", "HEAD", "OPTIONS", "TRACE"}


def guard(app: Flask, allowed_hosts: Iterable[str]) -> None:
    """Put the guards before and after every request of the application.

    Args:
        allowed_hosts: names under which it answers, beside those of the loopback interface.
    """
    hosts = LOOPBACK | {name.strip("[]").lower() for name in allowed_hosts}
    app.before_request(_name_request)
    app.before_request(lambda: _refuse_unknown_hosts(hosts))
    app.before_request(_refuse_other_sites)
    app.after_request(_add_headers)


def _name_request() -> None:
    sent = request.headers.get("X-Request-Id", "")
    g.request_id = sent if _REQUEST_ID.fullmatch(sent) else secrets.token_hex(8)


def _refuse_unknown_hosts(hosts: Container[str]) -> None:
    """Refuse a Host that is not ours, on any port.

    Not Flask's TRUSTED_HOSTS: it splits names at their first colon, so that no IPv6 address ever
    is one of them.

    Raises:
        RequestError: unknown-host.
    """
    name = host_name()
    if name is None or name not in hosts:
        raise RequestError(UNKNOWN_HOST, "This service does not answer under this host name.")


def _refuse_other_sites() -> None:
    """Refuse a state-changing request that a page of another site made (CSRF).

    The first of two hurdles, beside the tokens of forms (gate.py), and the only one for the demo
    student, whom no cookie makes known: who reaches the loopback interface may submit, and a
    foreign page in a student's browser must not. Every browser of today says where a request
    comes from, by Sec-Fetch-Site or, on plain HTTP, by Origin. A client that sends neither is no
    browser. Host names are checked before, so a rebound name cannot make itself the same origin.

    Raises:
        RequestError: cross-site.
    """
    if request.method in _SAFE_METHODS:
        return
    site = request.headers.get("Sec-Fetch-Site")
    origin = request.headers.get("Origin")
    if site is not None:
        allowed = site in {"same-origin", "none"}
    else:
        allowed = origin is None or urlsplit(origin).netloc == request.host
    if not allowed:
        raise RequestError(CROSS_SITE, "A page of another site sent this; nothing was accepted.")


def _add_headers(response: Response) -> Response:
    policy = PAGE_POLICY if response.mimetype == "text/html" else DATA_POLICY
    response.headers.setdefault("Content-Security-Policy", policy)
    if request.endpoint != "static":
        # What is answered is somebody's own: no cache may give it to the next one.
        response.headers.setdefault("Cache-Control", "private, no-cache")
        response.vary.update(("Cookie", "Authorization", guise.HEADER))
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    response.headers["X-Request-Id"] = g.get("request_id", "")
    return response
