"""The API's material of exercises: figures of questions, pictures, and data to download."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from http import HTTPStatus
from importlib.metadata import version
from pathlib import Path

from flask import Response, request
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag

from exercises.catalog.manifest import PICTURES
from exercises.catalog.material import data_file, figure_file, picture_file
from exercises.exercise import AnyExercise, QuizExercise
from grader.api import resources
from grader.api.endpoints.figures import SVG_POLICY
from grader.api.http.answers import documented, image
from grader.desks import problems
from grader.desks.desk import desk
from grader.desks.problems import NOT_FOUND, RequestError

blueprint = APIBlueprint(
    "material",
    __name__,
    url_prefix="/api/v1/exercises",
    abp_tags=[Tag(name="exercises", description="What can be answered.")],
)

_DATA_TYPES = {".csv": "text/csv", ".npz": "application/vnd.numpy.npz"}
#: A drawing may change with our version, so that a picture's tag holds it.
_VERSION = version("pushforward")


@blueprint.get(
    "/<slug>/figures/<figure>",
    responses=documented(
        {HTTPStatus.OK: image("image/png", "image/svg+xml")}, problems.INVALID, problems.NOT_FOUND
    ),
)
def figure(path: resources.QuestionFigurePath, query: resources.MaterialQuery) -> Response:
    """Read the figure of a question of a quiz.

    With the version in the address, as the exercise's links have it, it never changes.
    """
    asked = of_version(path.slug, query.version)
    question, _, ending = path.figure.rpartition(".")
    if not _has_figure(asked, question) or ending not in {"png", "svg"}:
        raise RequestError(NOT_FOUND, "This exercise has no such figure.")
    kept = _read(figure_file(asked.folder, question, "png" if ending == "png" else "npz"))
    response = Response(mimetype="image/png" if ending == "png" else "image/svg+xml")
    if ending == "svg":
        response.headers["Content-Security-Policy"] = SVG_POLICY
    tag = hashlib.sha256(f"{_VERSION}/{ending}/".encode() + kept).hexdigest()[:32]
    response.set_etag(tag)
    # Compared before it is drawn: a repeated look costs no drawing.
    if not request.if_none_match.contains(tag):
        response.data = kept if ending == "png" else _svg(kept)
    return _cached(response, query.version)


@blueprint.get(
    "/<slug>/data/<name>",
    responses=documented(
        {HTTPStatus.OK: image(*_DATA_TYPES.values())}, problems.INVALID, problems.NOT_FOUND
    ),
)
def data(path: resources.DataPath, query: resources.MaterialQuery) -> Response:
    """Download a file of data that an exercise gives to its students."""
    asked = of_version(path.slug, query.version)
    file = data_file(asked, path.name)
    if file is None:
        raise RequestError(NOT_FOUND, "This exercise has no such file of data.")
    response = Response(_read(file), mimetype=_DATA_TYPES[file.suffix])
    response.headers["Content-Disposition"] = f'attachment; filename="{file.name}"'
    response.add_etag()
    return _cached(response, query.version)


@blueprint.get(
    "/<slug>/pictures/<path:name>",
    responses=documented(
        {HTTPStatus.OK: image(*dict.fromkeys(PICTURES.values()))},
        problems.INVALID,
        problems.NOT_FOUND,
    ),
)
def picture(path: resources.PicturePath, query: resources.MaterialQuery) -> Response:
    """Read a picture that the statement shows."""
    file = picture_file(of_version(path.slug, query.version), path.name)
    if file is None:
        raise RequestError(NOT_FOUND, "This exercise has no such picture.")
    response = Response(_read(file), mimetype=PICTURES[file.suffix.lower()])
    # An author's file: it may style itself, and neither run nor load anything.
    response.headers["Content-Security-Policy"] = SVG_POLICY
    response.add_etag()
    return _cached(response, query.version)


def of_version(slug: str, version: str | None) -> AnyExercise:
    """The exercise, in the version that an address names if it names one.

    Raises:
        RequestError: not-found.
    """
    asked = desk().exercise(slug)
    if version is None or version == asked.version:
        return asked
    pinned = desk().courses.pinned.get(slug, version) if desk().is_id(version) else None
    if pinned is None:
        raise RequestError(NOT_FOUND, f"The exercise {slug} is at version {asked.version} now.")
    return pinned


def _has_figure(asked: AnyExercise, question: str) -> bool:
    return isinstance(asked, QuizExercise) and any(
        known.id == question and known.plots is not None for known in asked.questions
    )


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except FileNotFoundError:
        # The catalogue saw it; it went since.
        raise RequestError(NOT_FOUND, "This file is not there any more.") from None


def _cached(response: Response, version: str | None) -> Response:
    response.headers["Cache-Control"] = (
        "private, no-cache" if version is None else "private, max-age=31536000, immutable"
    )
    response.make_conditional(request)
    return response


@lru_cache(maxsize=32)
def _svg(content: bytes) -> bytes:
    # Here, not above: it brings matplotlib, which the web process needs for pictures only.
    from exercises.figures.density import DensityPanels, render_svg

    return render_svg(DensityPanels.from_bytes(content))
