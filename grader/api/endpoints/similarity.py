"""The API's similarity: pairs of a class whose work agrees, and archives for other programs."""

from __future__ import annotations

from http import HTTPStatus

from flask import Response, url_for
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag

from grader.access.principal import principal
from grader.api import represent, resources
from grader.api.http.answers import answer, conditional, documented
from grader.desks import problems
from grader.desks.desk import desk
from grader.desks.paging import page_of
from grader.desks.similarity import SimilarPair
from grader.exports.comparison_archives import dolos_archive, jplag_archive

blueprint = APIBlueprint(
    "similarity",
    __name__,
    url_prefix="/api/v1/assignments",
    abp_tags=[Tag(name="comparisons", description="What a class hands in, compared. For staff.")],
)

_ZIP = {
    HTTPStatus.OK: {
        "content": {"application/zip": {"schema": {"type": "string", "format": "binary"}}}
    }
}


@blueprint.get(
    "/<id>/similarity",
    responses=documented(
        {HTTPStatus.OK: resources.SimilarPairs},
        problems.INVALID,
        problems.BAD_CURSOR,
        problems.NOT_FOUND,
    ),
)
def index(path: resources.AssignmentPath, query: resources.SimilarityQuery) -> Response:
    """List the pairs of students whose functions or code agree more than chance does. For staff.

    Of each student the latest and the latest passed submission are compared. It says that they
    agree: not who wrote it first, nor that anybody copied.
    """
    found = desk().similarity.similarity(principal(), path.id)
    page, cursor = page_of(found.pairs, query.limit, query.after, pair_cursor)
    following = cursor and url_for("similarity.index", id=path.id, limit=query.limit, after=cursor)
    pairs = resources.SimilarPairs(
        people=found.people,
        compared=found.compared,
        items=[represent.pair(one, path.id) for one in page],
        next=following,
    )
    headers = {"Link": f'<{following}>; rel="next"'} if following else None
    return answer(pairs, headers=headers)


@blueprint.get(
    "/<id>/similarity/<a>/<b>",
    responses=documented({HTTPStatus.OK: resources.CloserPair}, problems.NOT_FOUND),
)
def show(path: resources.PairPath) -> Response:
    """Read two submissions side by side, of two students, with how near their functions come."""
    found = desk().similarity.closer(principal(), path.id, path.a, path.b)
    closer = resources.CloserPair(
        pair=represent.pair(found.found, path.id),
        likeness=represent.likeness(found.likeness),
        sources=list(found.sources),
    )
    return answer(closer)


@blueprint.get("/<id>/exports/dolos.zip", responses=documented(_ZIP, problems.NOT_FOUND))
def dolos(path: resources.AssignmentPath) -> Response:
    """Download the latest programs of all students as Dolos reads them. For staff.

    It holds names: what leaves this service with it is for you to answer for.
    """
    taken = desk().similarity.programs(principal(), path.id)
    return _attached(dolos_archive(taken), "dolos.zip")


@blueprint.get("/<id>/exports/jplag.zip", responses=documented(_ZIP, problems.NOT_FOUND))
def jplag(path: resources.AssignmentPath) -> Response:
    """Download the latest programs of all students as JPlag reads them. For staff.

    It holds names: what leaves this service with it is for you to answer for.
    """
    taken = desk().similarity.programs(principal(), path.id)
    return _attached(jplag_archive(taken), "jplag.zip")


def pair_cursor(pair: SimilarPair) -> str:
    """What names a pair in a cursor."""
    return f"{pair.a.submission}.{pair.b.submission}"


def _attached(content: bytes, name: str) -> Response:
    response = Response(content, content_type="application/zip")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "private, no-cache"
    return conditional(response)
