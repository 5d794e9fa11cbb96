"""If-Match: changes a thing only while it is what the client has seen of it."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any

from flask import Flask, make_response, request
from sqlalchemy import Connection, text
from sqlalchemy.exc import OperationalError

from grader.desks.desk import desk
from grader.desks.problems import CHANGED_MEANWHILE, RequestError
from grader.store.database import one_transaction

#: The methods that change what is at their address.
_CHANGING = {"PATCH", "PUT", "DELETE"}
#: PostgreSQL's name for a row that somebody else has changed meanwhile (serialization_failure).
_CHANGED = "40001"

_View = Callable[..., Any]


def heed_if_match(app: Flask) -> None:
    """Let every view of the API that changes a thing look at If-Match, after all are registered.

    What is compared is what GET answers at the same address.
    """
    rules = [rule for rule in app.url_map.iter_rules() if rule.rule.startswith("/api/")]
    readers = {rule.rule: rule.endpoint for rule in rules if "GET" in (rule.methods or ())}
    for rule in rules:
        if _CHANGING & (rule.methods or set()):
            view = app.view_functions[rule.endpoint]
            reader = readers.get(rule.rule)
            read = None if reader is None else app.view_functions[reader]
            app.view_functions[rule.endpoint] = _careful(view, read)


def _careful(view: _View, read: _View | None) -> _View:
    @wraps(view)
    def answered(**parts: Any) -> Any:
        if "If-Match" not in request.headers:
            return view(**parts)
        try:
            with one_transaction(desk().engine) as connection:
                _freeze(connection)
                _require_match(read, parts)
                return view(**parts)
        except OperationalError as error:
            if getattr(error.orig, "sqlstate", None) == _CHANGED:
                raise _changed() from error
            raise

    return answered


def _freeze(connection: Connection) -> None:
    """See the database as it is now: what somebody else changes meanwhile can't be written over.

    SQLite has one writer at a time, and this is it.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"))


def _require_match(read: _View | None, parts: dict[str, Any]) -> None:
    """Let a request pass whose If-Match names what is there.

    Raises:
        RequestError: changed-meanwhile; also where nothing can be read at the address, as nobody
            has seen an ETag of it.
    """
    if read is None:
        raise _changed()
    present = make_response(read(**parts))
    if present.status_code != HTTPStatus.OK:
        raise _changed()
    present.add_etag()
    tag, is_weak = present.get_etag()
    wanted = request.if_match
    # RFC 9110, 13.1.1: strong comparison.
    if not wanted.star_tag and (tag is None or is_weak or tag not in wanted):
        raise _changed()


def _changed() -> RequestError:
    return RequestError(CHANGED_MEANWHILE, "What If-Match names is not what is there now.")
