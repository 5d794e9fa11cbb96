"""The API's overrides: points that staff give in place of the grader's."""

from __future__ import annotations

from http import HTTPStatus

from flask import Response
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag

from grader.access.principal import principal
from grader.api import represent, resources
from grader.api.http.answers import answer, documented
from grader.desks import problems
from grader.desks.desk import desk
from grader.desks.reviews import Points

blueprint = APIBlueprint(
    "overrides",
    __name__,
    url_prefix="/api/v1/submissions",
    abp_tags=[Tag(name="reviews", description="What people say of a submission and its grade.")],
)


@blueprint.get(
    "/<id>/overrides",
    responses=documented({HTTPStatus.OK: resources.OverrideList}, problems.NOT_FOUND),
)
def index(path: resources.SubmissionPath) -> Response:
    """List the overrides of a submission. Its student sees those that hold, once they count."""
    found = desk().submission(path.id)
    given = desk().reviews.overrides_of(principal(), found)
    return answer(resources.OverrideList(items=[represent.override(one) for one in given]))


@blueprint.post(
    "/<id>/overrides",
    responses=documented(
        {HTTPStatus.CREATED: resources.Override}, *problems.OF_A_BODY, problems.NOT_FOUND
    ),
)
def give(path: resources.SubmissionPath, body: resources.NewOverride) -> Response:
    """Give points in place of the grader's, in place of those given before. For staff.

    They hold until they are taken back, also when the submission is graded again. A late penalty
    is taken from them as from the grader's.
    """
    found = desk().submission(path.id)
    points = Points(body.criterion, body.points)
    given = desk().reviews.override(principal(), found, points, body.reason)
    return answer(represent.override(given), HTTPStatus.CREATED)


@blueprint.delete(
    "/<id>/overrides/<override>",
    responses=documented({HTTPStatus.NO_CONTENT: None}, problems.NOT_FOUND),
)
def take_back(path: resources.OverridePath) -> Response:
    """Let the grader's points count again. For staff. The override stays in the list."""
    found = desk().submission(path.id)
    desk().reviews.take_back_override(principal(), found, path.override)
    return Response(status=HTTPStatus.NO_CONTENT)
