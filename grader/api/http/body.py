"""Reads a request's JSON body strictly, before any field of it is looked at."""

from __future__ import annotations

import inspect
import json
from typing import NoReturn

from flask import Flask, Request, request
from werkzeug.exceptions import RequestEntityTooLarge

from grader.desks.problems import (
    BODY_LIMIT_BYTES,
    INVALID,
    MEDIA_TYPE,
    NOT_JSON,
    NOT_UTF8,
    Complaint,
    RequestError,
)

#: As browsers and curl call it, and what is said of bytes in general.
_ZIP = {"application/zip", "application/x-zip-compressed", "application/octet-stream"}


def read_bodies(app: Flask) -> None:
    """Have the body of every request read strictly whose endpoint declares one.

    It is to be called last: who asks, how often, and what was sent before are asked first.
    """
    expecting = {
        name
        for name, view in app.view_functions.items()
        if "body" in inspect.signature(view).parameters
    }

    @app.before_request
    def _read() -> None:
        if request.endpoint in expecting:
            require_json_object(request)


def require_json_object(request: Request) -> None:
    """Let a request pass whose body is one JSON object in UTF-8.

    Raises:
        RequestError: media-type, not-utf-8, not-json, or invalid (JSON, but not an object).
        RequestEntityTooLarge: the body is over the limit (werkzeug's).
    """
    if not request.is_json:
        raise RequestError(
            MEDIA_TYPE,
            "The body must be sent as application/json"
            + (f", not as {request.mimetype[:80]}." if request.mimetype else "."),
            headers={"Accept-Post": "application/json"},
        )
    content = request.get_data()
    if request.content_length is None and len(content) >= BODY_LIMIT_BYTES:
        # A body sent in chunks is cut at the limit, without a word, by werkzeug's reader.
        raise RequestEntityTooLarge
    if not isinstance(_parse(_text(content)), dict):
        raise RequestError(
            INVALID,
            "The body must be one JSON object.",
            [Complaint("This must be an object.", pointer="#")],
        )


def require_archive(request: Request) -> bytes:
    """The body of a request that is sent as a zip archive; whether it is one is seen later.

    Raises:
        RequestError: media-type.
        RequestEntityTooLarge: the body is over the limit (werkzeug's).
    """
    if request.mimetype not in _ZIP:
        raise RequestError(
            MEDIA_TYPE,
            "The body must be sent as application/zip"
            + (f", not as {request.mimetype[:80]}." if request.mimetype else "."),
            headers={"Accept-Post": "application/zip"},
        )
    content = request.get_data()
    if request.content_length is None and len(content) >= (request.max_content_length or 0):
        raise RequestEntityTooLarge
    return content


def _text(content: bytes) -> str:
    try:
        # RFC 8259, section 8.1: JSON between systems is UTF-8. A byte order mark may be ignored,
        # but what parses the body after us does not, so it is refused here, in words.
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise RequestError(
            NOT_UTF8, f"The byte at position {error.start} of the body is not UTF-8."
        ) from None
    if text.startswith("\ufeff"):
        raise RequestError(NOT_JSON, "The body starts with a byte order mark; JSON has none.")
    return text


def _parse(text: str) -> object:
    if not text.strip():
        raise RequestError(NOT_JSON, "The body is empty.")
    try:
        return json.loads(text, parse_constant=_refuse)
    except json.JSONDecodeError as error:
        raise RequestError(
            NOT_JSON,
            f"The JSON breaks off at line {error.lineno}, column {error.colno}: {error.msg}.",
        ) from None
    except RecursionError:
        raise RequestError(NOT_JSON, "The JSON is nested too deeply.") from None
    except ValueError:
        # Not a JSONDecodeError: an integer of more digits than Python converts.
        raise RequestError(NOT_JSON, "The JSON holds a number that is too long.") from None


def _refuse(constant: str) -> NoReturn:
    raise RequestError(NOT_JSON, f"{constant} is not JSON.")
