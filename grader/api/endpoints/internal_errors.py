"""The API's internal errors: what the grader failed on, and grading it again."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from flask import Response, url_for
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag

from grader.access.principal import principal
from grader.api import represent, resources
from grader.api.http.answers import answer, documented
from grader.desks import problems
from grader.desks.desk import desk

blueprint = APIBlueprint(
    "internal_errors",
    __name__,
    url_prefix="/api/v1",
    abp_tags=[Tag(name="internal errors", description="What is ours to mend.")],
)

_OF_A_LIST = (problems.NOT_FOUND, problems.INVALID, problems.BAD_CURSOR)


@blueprint.get(
    "/courses/<course>/internal-errors",
    responses=documented({HTTPStatus.OK: resources.InternalErrorList}, *_OF_A_LIST),
)
def of_course(path: resources.CoursePath, query: resources.RegradesQuery) -> Response:
    """List what the grader failed on in a course, and fails on now. For staff."""
    desk().courses.course(principal(), path.course)
    return _listed(query, path.course)


@blueprint.get(
    "/internal-errors",
    responses=documented({HTTPStatus.OK: resources.InternalErrorList}, *_OF_A_LIST),
)
def index(query: resources.RegradesQuery) -> Response:
    """List what the grader failed on in all courses, and in none. For operators."""
    return _listed(query, None)


@blueprint.post(
    "/submissions/<id>/grade-again",
    responses=documented(
        {HTTPStatus.ACCEPTED: resources.GradedAgain}, problems.NOT_FOUND, problems.NOT_FAILED
    ),
)
def again(path: resources.SubmissionPath) -> Response:
    """Grade a submission again that the grader failed on: now, and for good. For staff."""
    desk().internal_errors.again(principal(), desk().submission(path.id))
    return answer(resources.GradedAgain(submissions=1), HTTPStatus.ACCEPTED)


@blueprint.post(
    "/courses/<course>/internal-errors/grade-again",
    responses=documented({HTTPStatus.ACCEPTED: resources.GradedAgain}, problems.NOT_FOUND),
)
def again_in_course(path: resources.CoursePath) -> Response:
    """Grade all of a course again that the grader failed on. For staff."""
    course = desk().courses.course(principal(), path.course)
    count = desk().internal_errors.again_all(principal(), course.id)
    return answer(resources.GradedAgain(submissions=count), HTTPStatus.ACCEPTED)


@blueprint.post(
    "/internal-errors/grade-again",
    responses=documented({HTTPStatus.ACCEPTED: resources.GradedAgain}),
)
def again_everywhere() -> Response:
    """Grade everything again that the grader failed on. For operators."""
    count = desk().internal_errors.again_all(principal(), None)
    return answer(resources.GradedAgain(submissions=count), HTTPStatus.ACCEPTED)


def _listed(query: resources.RegradesQuery, course: str | None) -> Response:
    held, who = desk().internal_errors, principal()
    page, cursor = held.page(who, course, limit=query.limit, before=query.before)
    extent, following = held.extent(who, course), None
    if cursor is not None:
        kept: dict[str, Any] = {"limit": query.limit, "before": cursor}
        following = (
            url_for("internal_errors.index", **kept)
            if course is None
            else url_for("internal_errors.of_course", course=course, **kept)
        )
    listed = resources.InternalErrorList(
        submissions=extent.submissions,
        students=extent.students,
        items=[represent.internal_error(one, who) for one in page],
        next=following,
    )
    return answer(listed, headers={"Link": f'<{following}>; rel="next"'} if following else None)
