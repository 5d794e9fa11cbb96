"""The API's failures: where a class fails, and who fails there."""

from __future__ import annotations

from http import HTTPStatus

from flask import Response, url_for
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag

from grader.access.principal import principal
from grader.api import represent, resources
from grader.api.http.answers import answer, documented
from grader.desks import problems
from grader.desks.desk import desk
from grader.store.submission.snags import Snag

blueprint = APIBlueprint(
    "failures",
    __name__,
    url_prefix="/api/v1",
    abp_tags=[Tag(name="classes", description="How a class does, for who teaches it.")],
)


@blueprint.get(
    "/courses/<course>/failures",
    responses=documented({HTTPStatus.OK: resources.DifficultyList}, problems.NOT_FOUND),
)
def index(path: resources.CoursePath) -> Response:
    """List how hard each assignment of a course is, and what its students fail by. For staff."""
    _, found = desk().classes.difficulties(principal(), path.course)
    items = [represent.difficulty(one) for one in found]
    return answer(resources.DifficultyList(items=items))


@blueprint.get(
    "/assignments/<id>/failures",
    responses=documented({HTTPStatus.OK: resources.AssignmentFailures}, problems.NOT_FOUND),
)
def show(path: resources.AssignmentPath) -> Response:
    """Read where a class fails in one assignment: by part, and in clusters. For staff."""
    found, parts = desk().classes.difficulty(principal(), path.id)
    return answer(represent.assignment_failures(found, parts))


@blueprint.get(
    "/assignments/<id>/failures/students",
    responses=documented(
        {HTTPStatus.OK: resources.CaughtList},
        problems.INVALID,
        problems.BAD_CURSOR,
        problems.NOT_FOUND,
    ),
)
def students(path: resources.AssignmentPath, query: resources.SnagQuery) -> Response:
    """List the students of one cluster, each with the submission in question. For staff."""
    snag = Snag(query.part, query.kind, query.name)
    found, cursor = desk().classes.cluster(
        principal(), path.id, snag, limit=query.limit, after=query.after
    )
    following = None
    if cursor is not None:
        kept = query.model_dump(mode="json", exclude_none=True) | {"after": cursor}
        following = url_for("failures.students", id=path.id, **kept)
    listed = resources.CaughtList(items=[represent.caught(one) for one in found], next=following)
    return answer(listed, headers={"Link": f'<{following}>; rel="next"'} if following else None)
