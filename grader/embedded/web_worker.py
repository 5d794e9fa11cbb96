"""The web server's worker: what can not be read as HTTP is answered as problems are, in JSON.

Such a request never reaches the application: gunicorn answers it, with a page of its own.
"""

from __future__ import annotations

import json
import re
from http import HTTPStatus
from typing import Any

from gunicorn.workers.gthread import ThreadWorker

from grader.desks.problems import BAD_REQUEST

_STATUS_LINE = re.compile(rb"HTTP/1\.1 (\d{3}) ")
_DETAILS = {
    HTTPStatus.REQUEST_URI_TOO_LONG: "The first line of the request, with the address, is too "
    "long: it may have 4,094 bytes.",
    HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE: "There are too many headers, or they are too long.",
    HTTPStatus.INTERNAL_SERVER_ERROR: "Something went wrong on our side.",
}


class WebWorker(ThreadWorker):  # type: ignore[misc]  # gunicorn has no types
    """gunicorn's worker with threads, but for its answers to what can not be read."""

    def handle_error(self, req: Any, client: Any, addr: Any, exc: BaseException) -> None:
        """Log the request as gunicorn does, and answer it by a problem."""
        super().handle_error(req, _Client(client), addr, exc)


class _Client:
    """A connection on which gunicorn's page of an error goes out as a problem."""

    def __init__(self, sock: Any) -> None:
        self._sock = sock

    def __getattr__(self, name: str) -> Any:
        return getattr(self._sock, name)

    def sendall(self, data: bytes) -> None:
        """Send a whole answer."""
        told = _STATUS_LINE.match(data)
        self._sock.sendall(data if told is None else problem(int(told[1])))


def problem(code: int) -> bytes:
    """The answer of this status to a request that can not be read, to the byte."""
    status = HTTPStatus(code)
    # Of a kind of its own where the page of problems has one, else of what the status says.
    known = BAD_REQUEST if status is HTTPStatus.BAD_REQUEST else None
    body = {
        "type": "about:blank" if known is None else known.path,
        "title": status.phrase if known is None else known.title,
        "status": status.value,
        "detail": _DETAILS.get(status, "The request can not be read as HTTP."),
        "request_id": "",
    }
    content = json.dumps(body).encode() + b"\n"
    head = (
        f"HTTP/1.1 {status.value} {status.phrase}\r\n"
        "Connection: close\r\n"
        "Content-Type: application/problem+json\r\n"
        "Cache-Control: no-store\r\n"
        f"Content-Length: {len(content)}\r\n\r\n"
    )
    return head.encode("ascii") + content
