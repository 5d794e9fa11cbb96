"""The API's atlas: the laws of a class in clusters, and the thumbnail of each."""

from __future__ import annotations

from http import HTTPStatus

from flask import Response, url_for
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag

from grader.access.principal import principal
from grader.api import represent, resources
from grader.api.http.answers import answer, conditional, documented, image
from grader.desks import problems
from grader.desks.desk import desk
from grader.desks.paging import page_of

blueprint = APIBlueprint(
    "atlas",
    __name__,
    url_prefix="/api/v1",
    abp_tags=[Tag(name="comparisons", description="What a class hands in, compared. For staff.")],
)


@blueprint.get(
    "/assignments/<id>/atlas",
    responses=documented(
        {HTTPStatus.OK: resources.LawAtlas},
        problems.INVALID,
        problems.BAD_CURSOR,
        problems.NOT_FOUND,
    ),
)
def show(path: resources.AssignmentPath, query: resources.AtlasQuery) -> Response:
    """Read an assignment's atlas: each student's latest law, in clusters, what is right first.

    Only exercises that ask for an f of the plane have one; for others it is empty. For staff.
    """
    atlas = desk().atlas.atlas(principal(), path.id, query.within, query.order)
    page, cursor = page_of(
        atlas.clusters, query.limit, query.after, lambda one: one.medoid.submission
    )
    fields = query.model_dump(mode="json", exclude={"after"})
    following = cursor and url_for("atlas.show", id=path.id, after=cursor, **fields)
    found = resources.LawAtlas(
        within=atlas.within,
        students=atlas.students,
        pictured=atlas.pictured,
        clusters=len(atlas.clusters),
        items=[represent.cluster(one, atlas) for one in page],
        next=following,
    )
    return answer(found, headers=_link(following))


@blueprint.get(
    "/assignments/<id>/atlas/<submission>",
    responses=documented(
        {HTTPStatus.OK: resources.LawClusterMembers},
        problems.INVALID,
        problems.BAD_CURSOR,
        problems.NOT_FOUND,
    ),
)
def cluster(path: resources.ClusterPath, query: resources.ClusterQuery) -> Response:
    """List the cluster that a submission is in, those in the middle first. For staff."""
    atlas = desk().atlas.atlas(principal(), path.id, query.within)
    found = atlas.cluster_of(path.submission)
    page, cursor = page_of(found.members, query.limit, query.after, lambda one: one.submission)
    fields = query.model_dump(mode="json", exclude={"after"})
    following = cursor and url_for(
        "atlas.cluster", id=path.id, submission=path.submission, after=cursor, **fields
    )
    members = resources.LawClusterMembers(
        cluster=represent.cluster(found, atlas),
        items=[represent.sketch(one) for one in page],
        next=following,
    )
    return answer(members, headers=_link(following))


@blueprint.get(
    "/submissions/<id>/thumbnail.png",
    responses=documented({HTTPStatus.OK: image("image/png")}, problems.INVALID, problems.NOT_FOUND),
)
def thumbnail(path: resources.SubmissionPath, query: resources.FigureQuery) -> Response:
    """Read a submission's density as a picture of 64 × 64 pixels, in the exercise's window.

    With the attempt in the address, as links have it, it never changes. For staff.
    """
    content = desk().atlas.thumbnail(principal().view, path.id, query.attempt)
    response = Response(content, mimetype="image/png")
    response.headers["Cache-Control"] = (
        "private, no-cache" if query.attempt is None else "private, max-age=604800"
    )
    return conditional(response)


def _link(following: str | None) -> dict[str, str] | None:
    return {"Link": f'<{following}>; rel="next"'} if following else None
