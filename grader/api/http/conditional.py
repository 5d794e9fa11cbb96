"""Conditional requests: every answer of the API to GET has an ETag, and may be 304."""

from __future__ import annotations

from http import HTTPStatus

from flask import Flask, Response, request

from grader.api.http.answers import conditional


def answer_conditionally(app: Flask) -> None:
    """Give an ETag to what a view has given none, and 304 to who has it already."""
    app.after_request(_compare)


def _compare(response: Response) -> Response:
    if not request.path.startswith("/api/") or request.method not in {"GET", "HEAD"}:
        return response
    # What is stored nowhere is there to be compared with nothing.
    if response.status_code != HTTPStatus.OK or response.cache_control.no_store:
        return response
    if response.is_streamed or "ETag" in response.headers:
        return response
    return conditional(response)
