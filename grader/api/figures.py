"""The API's figures: pictures that a grading made, and those drawn from its numbers on demand."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from http import HTTPStatus
from importlib.metadata import version
from types import MappingProxyType

from flask import Response, request
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag

from grader.api import problems, resources
from grader.api.answers import documented, image
from grader.api.desk import desk
from grader.api.problems import NOT_FOUND, RequestError
from grader.store.submissions import Submission

blueprint = APIBlueprint(
    "figures",
    __name__,
    url_prefix="/api/v1/submissions",
    abp_tags=[Tag(name="figures", description="The pictures of a report.")],
)


@lru_cache(maxsize=32)
def _density_svg(content: bytes) -> bytes:
    # Here, not above: it brings matplotlib, which the web process needs for nothing else.
    from exercises.figures.density import DensityPanels, render_svg

    return render_svg(DensityPanels.from_bytes(content))


@dataclass(frozen=True, slots=True)
class Drawing:
    """How a figure's file comes about."""

    #: The stored file that it is, or is drawn from.
    stored: str
    media_type: str
    #: None where the stored file is the picture.
    draw: Callable[[bytes], bytes] | None = None


#: The figures that can be asked for.
DRAWINGS: Mapping[str, Drawing] = MappingProxyType(
    {
        "density.png": Drawing("density.png", "image/png"),
        "density.svg": Drawing("density.npz", "image/svg+xml", _density_svg),
    }
)

#: An SVG is a document, which a browser opens as a page of ours: it may style itself and show the
#: picture that is in it, and nothing else.
SVG_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox"

#: The drawing may change with the version, so a picture's tag holds it.
_VERSION = version("pushforward")


@blueprint.get(
    "/<id>/figures/<figure>",
    responses=documented(
        {HTTPStatus.OK: image("image/png", "image/svg+xml")}, problems.INVALID, problems.NOT_FOUND
    ),
)
def show(path: resources.FigurePath, query: resources.FigureQuery) -> Response:
    """Read one figure of a graded submission.

    With the attempt in the address, as the report's links have it, it never changes.
    """
    drawing = DRAWINGS.get(path.figure)
    if drawing is None:
        raise RequestError(NOT_FOUND, f"There is no such figure; there are: {', '.join(DRAWINGS)}.")
    submission = _of_attempt(path.id, query.attempt)
    content = desk().file(submission, drawing.stored).content
    response = Response(mimetype=drawing.media_type)
    tag = _tag(content, path.figure)
    response.set_etag(tag)
    response.headers["Cache-Control"] = (
        "private, no-cache" if query.attempt is None else "private, max-age=31536000, immutable"
    )
    if drawing.media_type == "image/svg+xml":
        response.headers["Content-Security-Policy"] = SVG_POLICY
    # Compared before it is drawn: a repeated look costs no drawing.
    if not request.if_none_match.contains(tag):
        response.data = content if drawing.draw is None else drawing.draw(content)
    response.make_conditional(request)
    return response


def _of_attempt(id_: str, attempt: int | None) -> Submission:
    submission = desk().submission(id_)
    if attempt is not None and attempt != submission.attempt:
        raise RequestError(NOT_FOUND, f"Attempt {attempt} of this submission has no figures.")
    return submission


def _tag(content: bytes, figure: str) -> str:
    return hashlib.sha256(f"{_VERSION}/{figure}/".encode() + content).hexdigest()[:32]
