"""Builds the API's answers: strict JSON with its validators, and the documentation of problems."""

from __future__ import annotations

import gzip
from collections import defaultdict
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from flask import Response, request
from pydantic import BaseModel

from grader.desks import problems
from grader.desks.problems import ProblemType

#: Bytes from which packing an answer saves a packet, and how hard to try: numbers in base64 hardly
#: get smaller than at the first level.
_WORTH_PACKING, _LEVEL = 4_096, 1

#: What every operation may answer.
ALWAYS = (problems.UNKNOWN_HOST, problems.STORE_UNAVAILABLE, problems.INTERNAL_ERROR)


def conditional(response: Response) -> Response:
    """The response with an ETag, or 304 where the client has it already."""
    response.add_etag()
    # It changes the response itself; what it returns is typed as werkzeug's.
    response.make_conditional(request)
    return response


def answer(
    resource: BaseModel,
    status: HTTPStatus = HTTPStatus.OK,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """A resource as JSON; an answer to GET has an ETag and may be 304."""
    response = Response(
        resource.model_dump_json() + "\n", status=status, mimetype="application/json"
    )
    response.headers.update(headers or {})
    # Kept by the client alone, and asked about each time: a submission changes while it waits.
    response.headers.setdefault("Cache-Control", "private, no-cache")
    if request.method in {"GET", "HEAD"} and status == HTTPStatus.OK:
        return conditional(response)
    return response


def compressed(response: Response) -> Response:
    """The response, packed where that is worth it and the client can unpack it."""
    response.vary.add("Accept-Encoding")
    content = response.get_data()
    if len(content) < _WORTH_PACKING or not request.accept_encodings["gzip"]:
        return response
    # Without a date: the same content has the same bytes, and so the same tag.
    response.set_data(gzip.compress(content, _LEVEL, mtime=0))
    response.headers["Content-Encoding"] = "gzip"
    # Another form of the same: a tag that promises the bytes would lie (RFC 9110, 8.8.1).
    tag, weak = response.get_etag()
    if tag is not None and not weak:
        response.set_etag(tag, weak=True)
    return response


def documented(
    answers: Mapping[HTTPStatus, Any], *kinds: ProblemType, for_everyone: bool = False
) -> dict[str | int, Any]:
    """The `responses` of an operation: its answers, and the problems it can end with.

    Args:
        answers: what it answers by status.
        kinds: the problems of its own.
        for_everyone: whether nobody has to sign in for it.
    """
    by_status: dict[int, list[ProblemType]] = defaultdict(list)
    of_access = () if for_everyone else (problems.SIGN_IN_REQUIRED,)
    for kind in (*kinds, *of_access, *ALWAYS):
        by_status[kind.status.value].append(kind)
    documented_problems: dict[str | int, Any] = {
        str(status): {
            "description": "; ".join(f"{kind.title} (`{kind.path}`)" for kind in members),
            "content": {
                "application/problem+json": {"schema": {"$ref": "#/components/schemas/ProblemBody"}}
            },
        }
        for status, members in by_status.items()
    }
    own: dict[str | int, Any] = {str(status.value): model for status, model in answers.items()}
    return {**own, **documented_problems}


def image(*media_types: str) -> dict[str, Any]:
    """The documentation of an answer that is bytes of one of these types."""
    return {"content": {kind: {} for kind in media_types}}
