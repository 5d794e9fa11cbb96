"""Turns every failed request into a problem (RFC 9457): JSON for programs, a page for people."""

from __future__ import annotations

import json
import logging
from http import HTTPStatus
from typing import NoReturn
from urllib.parse import quote

from flask import Flask, Response, g, render_template, request
from pydantic import ValidationError
from pydantic_core import ErrorDetails
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException

from grader.desks import problems
from grader.desks.problems import Complaint, ProblemDetail, ProblemType, RequestError

log = logging.getLogger(__name__)

#: As many complaints as a person reads; a body can hold thousands of unknown fields.
COMPLAINTS_SHOWN = 20

#: Pydantic's error types, in our words; others keep Pydantic's own sentence.
_SENTENCES = {
    "missing": "This is required.",
    "extra_forbidden": "There is nothing of this name here.",
    "string_type": "This must be a string.",
    "dict_type": "This must be an object.",
    "option_type": "This must be the id of an option, or true or false.",
    "string_unicode": "This text holds one half of a surrogate pair, which is not a character and "
    "has no UTF-8 form.",
    "string_nul": "This text holds a NUL character, which can not be kept.",
    "string_pattern_mismatch": "This may not hold control characters or line breaks.",
}

_OF_STATUS = {
    HTTPStatus.BAD_REQUEST: problems.BAD_REQUEST,
    HTTPStatus.NOT_FOUND: problems.NOT_FOUND,
    HTTPStatus.METHOD_NOT_ALLOWED: problems.METHOD_NOT_ALLOWED,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: problems.BODY_TOO_LARGE,
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: problems.MEDIA_TYPE,
}

_DETAILS = {problems.NOT_FOUND: "There is nothing at this address."}


def handle_errors(app: Flask) -> None:
    """Register the handlers of every kind of failure."""
    app.register_error_handler(RequestError, lambda error: answer(error.problem))
    app.register_error_handler(HTTPException, _from_http)
    app.register_error_handler(Exception, _from_failure)
    for lost in (OperationalError, InterfaceError, PoolTimeout):
        app.register_error_handler(lost, _from_database)


def refuse(error: ValidationError) -> NoReturn:
    """End a request whose body or query does not fit its model.

    Raises:
        RequestError: invalid, with a complaint for each part that does not fit.
    """
    details = error.errors(include_url=False, include_context=False, include_input=False)
    complaints = [_complaint(detail, query=error.title.endswith("Query")) for detail in details]
    count = len(complaints)
    raise RequestError(
        problems.INVALID,
        "One field or parameter does not fit."
        if count == 1
        else f"{count} fields or parameters do not fit.",
        complaints[:COMPLAINTS_SHOWN],
    )


def answer(problem: ProblemDetail) -> Response:
    """The response that carries a problem, in the form that the client asked for."""
    response = Response(status=problem.type.status, headers=dict(problem.headers))
    if _wants_page(problem.type):
        response.data = render_template(
            "problem.html",
            problem=problem,
            request_id=_request_id(),
            written=_written(problem.type),
        )
        response.mimetype = "text/html"
    else:
        # ensure_ascii: what is quoted from a request may hold text that UTF-8 cannot write.
        response.data = json.dumps(_body(problem), allow_nan=False) + "\n"
        response.mimetype = "application/problem+json"
    response.headers["Cache-Control"] = "no-store"
    response.vary.add("Accept")
    return response


def _body(problem: ProblemDetail) -> dict[str, object]:
    body: dict[str, object] = {
        "type": problem.type.path if problem.type.slug else "about:blank",
        "title": problem.type.title,
        "status": problem.type.status.value,
        "detail": problem.detail,
        "request_id": _request_id(),
    }
    if problem.errors:
        body["errors"] = [
            {
                key: value
                for key, value in (
                    ("pointer", complaint.pointer),
                    ("parameter", complaint.parameter),
                    ("message", complaint.message),
                )
                if value is not None
            }
            for complaint in problem.errors
        ]
    return body


def _wants_page(kind: ProblemType) -> bool:
    """Whether a person reads the answer: a page was asked for, under a name that is ours."""
    if request.path.startswith("/api/") or kind is problems.UNKNOWN_HOST:
        return False
    forms = ["application/problem+json", "application/json", "text/html"]
    return request.accept_mimetypes.best_match(forms) == "text/html"


def _written(kind: ProblemType) -> str:
    """The code that a refused form held: shown, as going back would not bring it back.

    Browsers fill no form again that asks them not to, and the editor's does: the next person at
    the computer would see it. What another site sent, or what was too long to read, is not shown.
    """
    if request.method != "POST" or kind in (problems.CROSS_SITE, problems.BODY_TOO_LARGE):
        return ""
    # A browser sends the lines of a text area with CR LF (HTML, form submission).
    return request.form.get("source", "").replace("\r\n", "\n")


def _request_id() -> str:
    return str(g.get("request_id", ""))


def _complaint(detail: ErrorDetails, *, query: bool) -> Complaint:
    message = _SENTENCES.get(detail["type"], f"{detail['msg']}.")
    names = [str(part)[:80] for part in detail["loc"]]
    if query:
        return Complaint(message, parameter=".".join(names))
    escaped = (name.replace("~", "~0").replace("/", "~1") for name in names)
    pointer = "".join("/" + quote(name, errors="surrogatepass") for name in escaped)
    return Complaint(message, pointer=f"#{pointer}")


def _from_http(error: HTTPException) -> Response | HTTPException:
    if error.code is None or error.code < 400:
        return error  # a redirect
    status = HTTPStatus(error.code)
    blank = ProblemType("", status, status.phrase, "")
    kind = _OF_STATUS.get(status, blank)
    headers = {name: value for name, value in error.get_headers() if name in {"Allow"}}
    return answer(ProblemDetail(kind, _detail(kind, headers), headers=headers))


def _detail(kind: ProblemType, headers: dict[str, str]) -> str:
    if kind is problems.METHOD_NOT_ALLOWED:
        allowed = headers.get("Allow", "nothing")
        return f"{request.method[:20]} is not taken here. This address takes: {allowed}."
    if kind is problems.BODY_TOO_LARGE:
        limit = request.max_content_length or problems.BODY_LIMIT_BYTES
        return f"The body has more than {limit:,} bytes."
    return _DETAILS.get(kind, f"{kind.title}.")


def _from_database(error: Exception) -> Response:
    # `orig`: the full text would carry the statement with its parameters, so a student's source.
    log.error("the database fails (request %s): %s", _request_id(), getattr(error, "orig", error))
    return answer(
        ProblemDetail(
            problems.STORE_UNAVAILABLE,
            "The database does not answer. Nothing was accepted.",
            headers={"Retry-After": "10"},
        )
    )


def _from_failure(error: Exception) -> Response:
    log.error("request %s failed", _request_id(), exc_info=error)
    return answer(
        ProblemDetail(
            problems.INTERNAL_ERROR,
            f"Something went wrong on our side. It is in our log under {_request_id()}.",
        )
    )
