"""The API's privacy: takes away what a course holds of a student."""

from __future__ import annotations

from http import HTTPStatus

from flask import Response, request
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag

from grader.access.principal import principal
from grader.api import resources
from grader.api.http.answers import answer, documented
from grader.api.http.body import require_json_object
from grader.desks import problems
from grader.desks.desk import desk

blueprint = APIBlueprint(
    "privacy",
    __name__,
    url_prefix="/api/v1/courses/<course>/students",
    abp_tags=[Tag(name="privacy", description="What a course holds of a student.")],
)


@blueprint.before_request
def _read_strictly() -> None:
    require_json_object(request)


@blueprint.post(
    "/<person>/erase",
    responses=documented(
        {HTTPStatus.OK: resources.Erased},
        *problems.OF_A_BODY,
        problems.NOT_FOUND,
        problems.FORBIDDEN,
    ),
)
def erase(path: resources.MemberPath, body: resources.Erase) -> Response:
    """Take away all that a course holds of a student; it can't be undone. For instructors.

    Submissions with their reports, figures, comments, points and reviews, extensions, external ids
    and the membership; where no other course knows the person, the account too. The log keeps that
    something was done, without names. No token does this.
    """
    done = desk().privacy.erase(principal(), path.course, path.person, body.confirm)
    return answer(resources.Erased(submissions=done.submissions, account=done.person_gone))
