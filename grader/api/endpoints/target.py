"""The API's targets: the density that x should have, to be drawn beside one's own."""

from __future__ import annotations

from functools import lru_cache
from http import HTTPStatus
from pathlib import Path

from flask import Response
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag

from exercises.live import shows_target
from grader.api import resources
from grader.api.endpoints.material import of_version
from grader.api.http.answers import answer, compressed, conditional, documented, image
from grader.desks import problems
from grader.desks.problems import NOT_FOUND, RequestError
from grader.desks.report.common_laws import target_thumbnail

blueprint = APIBlueprint(
    "target",
    __name__,
    url_prefix="/api/v1/exercises",
    abp_tags=[Tag(name="exercises", description="What can be answered.")],
)


@blueprint.get(
    "/<slug>/target",
    responses=documented(
        {HTTPStatus.OK: resources.TargetDensity}, problems.INVALID, problems.NOT_FOUND
    ),
)
def show(path: resources.ExercisePath, query: resources.MaterialQuery) -> Response:
    """Read the density of the target, as the report's comparison shows it.

    With the version in the address it never changes.
    """
    asked = of_version(path.slug, query.version)
    if not shows_target(asked):
        raise RequestError(NOT_FOUND, "This exercise has no target density.")
    kept = "private, no-cache"
    if query.version is not None:
        kept = "private, max-age=31536000, immutable"
    found = _target(asked.folder, asked.version)
    return compressed(answer(found, headers={"Cache-Control": kept}))


@blueprint.get(
    "/<slug>/target/thumbnail.png",
    responses=documented({HTTPStatus.OK: image("image/png")}, problems.INVALID, problems.NOT_FOUND),
)
def thumbnail(path: resources.ExercisePath, query: resources.MaterialQuery) -> Response:
    """Read the density of the target as a picture of 64 × 64 pixels, in the exercise's window.

    With the version in the address it never changes.
    """
    content = target_thumbnail(of_version(path.slug, query.version))
    if content is None:
        raise RequestError(NOT_FOUND, "This exercise has no target density.")
    response = Response(content, mimetype="image/png")
    response.headers["Cache-Control"] = (
        "private, no-cache" if query.version is None else "private, max-age=31536000, immutable"
    )
    return conditional(response)


@lru_cache(maxsize=64)
def _target(folder: Path, version: str) -> resources.TargetDensity:
    del version  # part of the key of the cache only
    # Here, not above: numerics that the web process otherwise does not need.
    from exercises.figures.target import target_alt_text, target_view
    from exercises.tables.target import load_target

    target = load_target(folder)
    return resources.TargetDensity(density=target_view(target), alt=target_alt_text(target))
