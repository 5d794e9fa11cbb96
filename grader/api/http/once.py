"""Once: a POST that carries an Idempotency-Key is done once, however often it is sent."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any

from flask import Flask, Response, g, make_response, request

from grader.access.principal import principal
from grader.desks.desk import desk
from grader.desks.problems import (
    ANSWER_NOT_KEPT,
    INVALID,
    KEY_REUSED,
    REQUEST_IN_PROGRESS,
    Complaint,
    RequestError,
)
from grader.store.identity.tokens import digest_of
from grader.store.requests import Kept, KeyReused, UnderWay

HEADER = "Idempotency-Key"
REPLAYED = "Idempotency-Replayed"
LONGEST = 255

#: A string of structured fields (RFC 9651, 3.3.3), as the draft asks for.
_QUOTED = re.compile(r'"((?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\["\\])*)"', re.ASCII)
_ESCAPED = re.compile(r"\\(.)")
#: Most clients send it without quotes.
_BARE = re.compile(r"[\x21\x23-\x7e][\x20-\x7e]*", re.ASCII)

#: The headers that belong to an answer, as against those that each request gets anew.
_KEPT = (
    *("Content-Type", "Content-Location", "Content-Disposition", "Location", "Link"),
    *("Cache-Control", "ETag"),
)

#: What waits after it was done, and so says itself what is done once.
_BY_ITSELF = {"submissions.submit"}
#: What may be done twice, as it stores nothing; the next preview of a stream ends the one before.
_REPEATABLE = {"previews.start", "batches.dry_run"}

_View = Callable[..., Any]


class _Refused(Exception):
    """The answer refuses: nothing that was written for it is kept, and the key is free again."""


def takes_key(endpoint: str) -> bool:
    """Whether a POST to an endpoint of the API looks at the key."""
    return endpoint not in _REPEATABLE


def keep_keys(app: Flask) -> None:
    """Let every view of the API that takes POST look at the key, after all are registered."""
    for rule in app.url_map.iter_rules():
        posts = rule.rule.startswith("/api/") and "POST" in (rule.methods or ())
        if posts and rule.endpoint not in _BY_ITSELF | _REPEATABLE:
            app.view_functions[rule.endpoint] = _keyed(app.view_functions[rule.endpoint])
    app.after_request(_tell)


def once(act: Callable[[], Kept]) -> Kept:
    """What `act` answers, or what it has answered to an earlier request with the same key.

    Without a key it is simply done. With one, all that it writes through the store is committed
    together with the key and the answer.

    Raises:
        RequestError: invalid (of the key), idempotency-key-reused or request-in-progress.
    """
    key, who = _key(), principal()
    owner = who.actor.token or who.actor.person
    # Nobody's keys would be everybody's: who is not known gets no further than the gate anyway.
    if key is None or owner is None:
        return act()
    try:
        kept, g.replayed = desk().requests.once(owner, digest_of(key), _fingerprint(), act)
    except KeyReused:
        raise RequestError(
            KEY_REUSED, "You have sent this key with another body, or to another address."
        ) from None
    except UnderWay:
        raise RequestError(
            REQUEST_IN_PROGRESS,
            "The service did not come to this request: the first one with its key, or others, "
            "took too long.",
            headers={"Retry-After": "2"},
        ) from None
    return kept


def _keyed(view: _View) -> _View:
    @wraps(view)
    def answered(**parts: Any) -> Any:
        if HEADER not in request.headers:
            return view(**parts)
        fresh: list[Response] = []

        def act() -> Kept:
            fresh.append(make_response(view(**parts)))
            return _kept(fresh[0])

        try:
            kept = once(act)
        except _Refused:
            return fresh[0]
        return fresh[0] if fresh else _again(kept)

    return answered


def _kept(response: Response) -> Kept:
    """What is kept of a response.

    Raises:
        _Refused: nothing is.
    """
    if response.status_code >= HTTPStatus.BAD_REQUEST:
        raise _Refused
    headers = {name: response.headers[name] for name in _KEPT if name in response.headers}
    secret = response.cache_control.no_store
    return Kept(response.status_code, headers, None if secret else response.get_data())


def _again(kept: Kept) -> Response:
    """The answer that was kept.

    Raises:
        RequestError: answer-not-kept.
    """
    if kept.body is None:
        made = kept.headers.get("Location")
        where = f" It made {made}." if made else ""
        raise RequestError(ANSWER_NOT_KEPT, f"This was done before.{where}")
    response = Response(kept.body, status=kept.status)
    response.headers.update(kept.headers)
    return response


def _tell(response: Response) -> Response:
    if g.get("replayed"):
        response.headers[REPLAYED] = "true"
    return response


def _key() -> str | None:
    """The request's key; None where it has none.

    Raises:
        RequestError: invalid.
    """
    sent = request.headers.get(HEADER)
    if sent is None:
        return None
    sent = sent.strip(" \t")
    quoted = _QUOTED.fullmatch(sent)
    key = _ESCAPED.sub(r"\1", quoted[1]) if quoted else sent
    if (quoted is None and not _BARE.fullmatch(sent)) or not 1 <= len(key) <= LONGEST:
        complaint = Complaint(
            f"This must be 1 to {LONGEST} printable ASCII characters, in quotes or without.",
            parameter=HEADER,
        )
        raise RequestError(INVALID, f"The header {HEADER} can not be read.", [complaint])
    return key


def _fingerprint() -> str:
    """A digest of what is asked: method, address, type and body."""
    digest = hashlib.sha256()
    address = request.full_path.encode("utf-8", "surrogatepass")
    for part in (request.method.encode(), address, request.mimetype.encode(), request.get_data()):
        digest.update(len(part).to_bytes(8))
        digest.update(part)
    return digest.hexdigest()
