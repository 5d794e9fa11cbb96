"""The API's course reports: how a class has done, in numbers that name nobody."""

from __future__ import annotations

from http import HTTPStatus

from flask import Response
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag

from grader.access.principal import principal
from grader.api import represent, resources
from grader.api.http.answers import answer, compressed, documented
from grader.desks import problems
from grader.desks.desk import desk

blueprint = APIBlueprint(
    "course_reports",
    __name__,
    url_prefix="/api/v1/courses/<course>",
    abp_tags=[Tag(name="classes", description="How a class does, for who teaches it.")],
)


@blueprint.get(
    "/report",
    responses=documented(
        {HTTPStatus.OK: resources.CourseReport}, problems.INVALID, problems.NOT_FOUND
    ),
)
def show(path: resources.CoursePath, query: resources.CourseReportQuery) -> Response:
    """Read the report on a course: its numbers, and pictures of wrong laws. For staff.

    Nobody is named in it. Of fewer than five students there are counts, and no shares or medians.
    """
    held = desk().course_reports
    found = held.report(principal(), path.course, query.assignment)
    return compressed(
        answer(
            represent.course_report(found, held.pictures(found), query.assignment),
            # It says when it was made, so that no two are the same.
            headers={"Cache-Control": "no-store"},
        )
    )
