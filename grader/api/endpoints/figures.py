"""The API's figures: pictures that a grading made, and those drawn from its numbers on demand."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from http import HTTPStatus
from importlib.metadata import version
from types import MappingProxyType

from flask import Response, request
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag

from exercises.figures.gallery import GALLERY, PNG, SVG, draw
from grader.api import resources
from grader.api.http.answers import documented, image
from grader.api.represent.submissions import FIGURE_FORMATS
from grader.desks import problems
from grader.desks.desk import desk
from grader.desks.problems import NOT_FOUND, RequestError
from grader.store.assignment.disclosure import Extent
from grader.store.submission.submissions import Submission

blueprint = APIBlueprint(
    "figures",
    __name__,
    url_prefix="/api/v1/submissions",
    abp_tags=[Tag(name="figures", description="The pictures of a report.")],
)


@dataclass(frozen=True, slots=True)
class Drawing:
    """How a figure's file comes about."""

    #: The stored files that it is, or is drawn from.
    stored: tuple[str, ...]
    media_type: str
    #: The name in the gallery; None where the one stored file is the picture.
    name: str | None = None


def _drawings() -> Iterator[tuple[str, Drawing]]:
    for name, exhibit in GALLERY.items():
        for media_type, ending in FIGURE_FORMATS.items():
            yield f"{name}.{ending}", Drawing(exhibit.sources, media_type, name)


#: The figures that can be asked for; the PNG of the density is drawn while grading.
DRAWINGS: Mapping[str, Drawing] = MappingProxyType(
    dict(_drawings()) | {"density.png": Drawing(("density.png",), PNG)}
)

#: An SVG is a document, which a browser opens as a page of ours: it may style itself and show the
#: picture that is in it, and nothing else.
SVG_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox"

#: The drawing may change with the version, so a picture's tag holds it.
_VERSION = version("pushforward")


@blueprint.get(
    "/<id>/figures/<figure>",
    responses=documented({HTTPStatus.OK: image(PNG, SVG)}, problems.INVALID, problems.NOT_FOUND),
)
def show(path: resources.FigurePath, query: resources.FigureQuery) -> Response:
    """Read one figure of a graded submission.

    With the attempt in the address, as the report's links have it, it never changes.
    """
    drawing = DRAWINGS.get(path.figure)
    if drawing is None:
        raise RequestError(NOT_FOUND, f"There is no such figure; there are: {', '.join(DRAWINGS)}.")
    submission = desk().submission(path.id, query.attempt)
    _require_shown(submission, path.figure)
    contents = tuple(desk().file(submission, name).content for name in drawing.stored)
    response = Response(mimetype=drawing.media_type)
    tag = _tag(b"".join(contents), path.figure)
    response.set_etag(tag)
    response.headers["Cache-Control"] = (
        "private, no-cache" if query.attempt is None else "private, max-age=31536000, immutable"
    )
    if drawing.media_type == SVG:
        response.headers["Content-Security-Policy"] = SVG_POLICY
    # Compared before it is drawn: a repeated look costs no drawing.
    if not request.if_none_match.contains(tag):
        response.data = _drawn(drawing, contents)
    response.make_conditional(request)
    return response


def pictures(submission: Submission) -> dict[str, bytes]:
    """By name the pictures that a submission's report speaks of, and the numbers behind them."""
    found: dict[str, bytes] = {}
    for figure in () if submission.report is None else submission.report.figures:
        drawing = DRAWINGS.get(f"{figure.name}.png")
        stored = {
            name: desk().submissions.file(submission.id, name, submission.attempt)
            for name in (drawing.stored if drawing else ())
        }
        kept = {name: file.content for name, file in stored.items() if file is not None}
        if drawing is None or len(kept) < len(stored):
            continue
        found |= kept
        found[f"{figure.name}.png"] = _drawn(drawing, tuple(kept.values()))
    return found


@lru_cache(maxsize=32)
def _drawn(drawing: Drawing, contents: tuple[bytes, ...]) -> bytes:
    if drawing.name is None:
        return contents[0]
    return draw(drawing.name, contents, drawing.media_type)


def _require_shown(submission: Submission, file: str) -> None:
    """Let a figure pass that is in the report, where only a part of that is shown.

    Raises:
        RequestError: not-found.
    """
    if submission.disclosure.extent is Extent.WHOLE:
        return
    report = submission.report
    names = set() if report is None else {figure.name for figure in report.figures}
    if file.partition(".")[0] not in names:
        raise RequestError(NOT_FOUND, "This submission has no such figure.")


def _tag(content: bytes, figure: str) -> str:
    return hashlib.sha256(f"{_VERSION}/{figure}/".encode() + content).hexdigest()[:32]
