"""The API's courses: which one is in, and what they are called."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from flask import Response
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag

from grader.access.principal import principal
from grader.api import represent, resources
from grader.api.http.answers import answer, documented
from grader.desks import problems
from grader.desks.desk import desk
from grader.desks.problems import NOT_FOUND, TAKEN, Complaint, RequestError
from grader.desks.unfit import unfit
from grader.store.course.courses import Course, CourseExists

blueprint = APIBlueprint(
    "courses",
    __name__,
    url_prefix="/api/v1/courses",
    abp_tags=[Tag(name="courses", description="Courses, and the people in them.")],
)


@blueprint.get("", responses=documented({HTTPStatus.OK: resources.CourseList}))
def index() -> Response:
    """List the courses that you are in, the newest first; for operators all."""
    found = desk().courses.of(principal())
    items = [represent.course(course, role) for course, role in found]
    return answer(resources.CourseList(items=items))


@blueprint.post(
    "",
    responses=documented(
        {HTTPStatus.CREATED: resources.Course}, *problems.OF_A_BODY, problems.TAKEN
    ),
)
def create(body: resources.NewCourse) -> Response:
    """Begin a course. For operators."""
    try:
        made = desk().courses.courses.create(
            body.id, body.title, body.time_zone, actor=principal().actor
        )
    except CourseExists as error:
        complaint = Complaint("There is a course of this id already.", pointer="#/id")
        raise RequestError(TAKEN, f"There is a course {body.id} already.", [complaint]) from error
    except ValueError as error:
        raise unfit(error) from error
    return _shown(made, HTTPStatus.CREATED)


@blueprint.get(
    "/<course>", responses=documented({HTTPStatus.OK: resources.Course}, problems.NOT_FOUND)
)
def show(path: resources.CoursePath) -> Response:
    """Read one course."""
    return _shown(desk().courses.course(principal(), path.course))


@blueprint.patch(
    "/<course>",
    responses=documented(
        {HTTPStatus.OK: resources.Course}, *problems.OF_A_BODY, problems.NOT_FOUND
    ),
)
def change(path: resources.CoursePath, body: resources.CourseChange) -> Response:
    """Change a course, end it, or let it go on. For its instructors."""
    held = desk().courses
    found: Course | None = held.course(principal(), path.course)
    said: dict[str, Any] = body.model_dump(include=body.model_fields_set)
    archived = said.pop("archived", None)
    try:
        found = held.courses.change(path.course, **said, actor=principal().actor)
    except ValueError as error:
        raise unfit(error) from error
    if archived is not None and found is not None and archived != (found.archived_at is not None):
        actor = principal().actor
        found = held.courses.archive(path.course, archived=archived, actor=actor)
    if found is None:
        raise RequestError(NOT_FOUND, "There is no such course.")
    return _shown(found)


def _shown(entity: Course, status: HTTPStatus = HTTPStatus.OK) -> Response:
    shown = represent.course(entity, principal().roles.get(entity.id))
    headers = {"Location": shown.links.self} if status is HTTPStatus.CREATED else None
    return answer(shown, status, headers)
