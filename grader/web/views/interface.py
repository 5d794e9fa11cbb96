"""The pages of the interface, made from the description that programs read."""

from __future__ import annotations

from flask import Response, current_app, render_template, request

from grader.access.principal import principal
from grader.api.described.description import description
from grader.api.http.answers import conditional
from grader.desks.problems import NOT_FOUND, RequestError
from grader.web.interface import COMMON, groups, shapes

#: The part that holds no operations.
_SHAPES = "shapes"


def interface() -> Response:
    """What the API takes and answers: all of it in one list, or one part with examples.

    Raises:
        RequestError: not-found: there is no such part.
    """
    document = description(current_app)
    found = groups(document, request.url_root, with_token=not principal().is_demo)
    part = request.args.get("part", "")
    chosen = next((group for group in found if group.name == part), None)
    if part and chosen is None and part != _SHAPES:
        raise RequestError(NOT_FOUND, "The interface has no such part.")
    page = render_template(
        "interface.html",
        part=part,
        groups=found,
        chosen=chosen,
        shapes=shapes(document) if part == _SHAPES else (),
        common=COMMON,
    )
    response = Response(page, mimetype="text/html")
    response.headers["Cache-Control"] = "private, no-cache"
    return conditional(response)
