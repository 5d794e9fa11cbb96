"""The API's assignments: what a course asks for, by when, and how one stands in it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from http import HTTPStatus
from typing import Any
from zoneinfo import ZoneInfo

from flask import Response, request
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag

from grader.access.principal import principal
from grader.api import problems, represent_courses, resources
from grader.api.answers import answer, documented
from grader.api.body import require_json_object
from grader.api.desk import desk
from grader.api.problems import ANSWERED, NOT_FOUND, RequestError
from grader.api.unfit import unfit
from grader.store.assignments import Assignment, Extension, Rules
from grader.store.deadlines import read_moment, zone_of

blueprint = APIBlueprint(
    "assignments",
    __name__,
    url_prefix="/api/v1",
    abp_tags=[Tag(name="assignments", description="What a course asks for, and by when.")],
)

#: The fields that hold moments, and whether a date alone means its last second.
_MOMENTS = {"opens_at": False, "due_at": True, "closes_at": True}


@blueprint.before_request
def _read_strictly() -> None:
    if request.method in {"POST", "PATCH", "PUT"}:
        require_json_object(request)


@blueprint.get(
    "/courses/<course>/assignments",
    responses=documented({HTTPStatus.OK: resources.AssignmentList}, problems.NOT_FOUND),
)
def index(path: resources.CoursePath) -> Response:
    """List the assignments of a course, in its order, with how you stand in each.

    Students see those that have opened.
    """
    who, held = principal(), desk().courses
    held.course(who, path.course)
    items = [represent_courses.assignment_item(one) for one in held.assigned(who, path.course)]
    return answer(resources.AssignmentList(items=items))


@blueprint.post(
    "/courses/<course>/assignments",
    responses=documented(
        {HTTPStatus.CREATED: resources.Assignment},
        *problems.OF_A_BODY,
        problems.NOT_FOUND,
        problems.UNKNOWN_EXERCISE,
        problems.EXERCISE_UNAVAILABLE,
    ),
)
def assign(path: resources.CoursePath, body: resources.NewAssignment) -> Response:
    """Ask for an exercise, at the version that is served now. For instructors."""
    held = desk().courses
    course = held.course(principal(), path.course)
    asked = desk().asked(body.exercise)
    said = body.model_dump(exclude={"exercise"})
    rules = _rules(Rules(), said, zone_of(course.time_zone))
    desk().acceptance.keep(asked)
    made = held.assignments.assign(course.id, asked.slug, asked.version, rules)
    return _shown(made, HTTPStatus.CREATED)


@blueprint.get(
    "/assignments/<id>",
    responses=documented({HTTPStatus.OK: resources.Assignment}, problems.NOT_FOUND),
)
def show(path: resources.AssignmentPath) -> Response:
    """Read one assignment: what is asked, its rules, and how you stand in it."""
    who = principal()
    seen = desk().courses.assignment(who, path.id)
    return answer(represent_courses.assignment(seen, who))


@blueprint.patch(
    "/assignments/<id>",
    responses=documented(
        {HTTPStatus.OK: resources.Assignment},
        *problems.OF_A_BODY,
        problems.NOT_FOUND,
        problems.UNKNOWN_EXERCISE,
        problems.EXERCISE_UNAVAILABLE,
    ),
)
def change(path: resources.AssignmentPath, body: resources.AssignmentChange) -> Response:
    """Change an assignment. For instructors. What was handed in is as late as the new rules say."""
    held = desk().courses
    found, zone = _entity(path.id)
    said: dict[str, Any] = body.model_dump(include=body.model_fields_set)
    position, update = said.pop("position", None), said.pop("update_version", False)
    rules, version = _rules(found.rules, said, zone), None
    if update:
        asked = desk().asked(found.exercise)
        desk().acceptance.keep(asked)
        version = asked.version
    changed = held.assignments.change(found.id, rules=rules, exercise_version=version)
    if position is not None:
        changed = held.assignments.move(found.id, position)
    if changed is None:
        raise RequestError(NOT_FOUND, "There is no such assignment.")
    return _shown(changed)


@blueprint.delete(
    "/assignments/<id>",
    responses=documented({HTTPStatus.NO_CONTENT: None}, problems.NOT_FOUND, problems.ANSWERED),
)
def remove(path: resources.AssignmentPath) -> Response:
    """Take back an assignment that nobody has answered. For instructors."""
    found, _ = _entity(path.id)
    if not desk().courses.assignments.remove(found.id):
        raise RequestError(ANSWERED, "There are submissions to this assignment.")
    return Response(status=HTTPStatus.NO_CONTENT)


@blueprint.get(
    "/assignments/<id>/extensions",
    responses=documented({HTTPStatus.OK: resources.ExtensionList}, problems.NOT_FOUND),
)
def extensions(path: resources.AssignmentPath) -> Response:
    """List the extensions of an assignment. For staff."""
    found, _ = _entity(path.id)
    given = desk().courses.assignments.extensions(found.id)
    items = [represent_courses.extension(person, one) for person, one in given.items()]
    return answer(resources.ExtensionList(items=items))


@blueprint.put(
    "/assignments/<id>/extensions/<person>",
    responses=documented(
        {HTTPStatus.OK: resources.Extension}, *problems.OF_A_BODY, problems.NOT_FOUND
    ),
)
def extend(path: resources.ExtensionPath, body: resources.NewExtension) -> Response:
    """Give one student more time or more attempts, in place of what was given before. For staff."""
    found, zone = _entity(path.id)
    _require_member(found.course, path.person)
    said = _moments(body.model_dump(), zone)
    try:
        extension = Extension(**said)
    except ValueError as error:
        raise unfit(error) from error
    desk().courses.assignments.extend(found.id, path.person, extension)
    return answer(represent_courses.extension(path.person, extension))


@blueprint.delete(
    "/assignments/<id>/extensions/<person>",
    responses=documented({HTTPStatus.NO_CONTENT: None}, problems.NOT_FOUND),
)
def take_back(path: resources.ExtensionPath) -> Response:
    """Take an extension back. For staff."""
    found, _ = _entity(path.id)
    _require_member(found.course, path.person)
    desk().courses.assignments.extend(found.id, path.person, None)
    return Response(status=HTTPStatus.NO_CONTENT)


def _entity(id_: str) -> tuple[Assignment, ZoneInfo]:
    """An assignment and the time zone of its course.

    Raises:
        RequestError: not-found.
    """
    who, held = principal(), desk().courses
    found = held.entity(who, id_)
    return found, zone_of(held.course(who, found.course).time_zone)


def _require_member(course: str, person: str) -> None:
    if not desk().is_id(person) or desk().courses.memberships.role(course, person) is None:
        raise RequestError(NOT_FOUND, "There is nobody of this id in the course.")


def _rules(before: Rules, said: dict[str, Any], zone: ZoneInfo) -> Rules:
    """The rules, with what was said of them.

    Raises:
        RequestError: invalid.
    """
    changes = _moments(said, zone)
    try:
        return replace(before, **changes)
    except ValueError as error:
        raise unfit(error) from error


def _moments(said: dict[str, Any], zone: ZoneInfo) -> dict[str, Any]:
    """The same fields, with moments in place of the texts that name them.

    Raises:
        RequestError: invalid.
    """
    read: dict[str, datetime | None] = {}
    for name in _MOMENTS.keys() & said.keys():
        try:
            text = said[name]
            read[name] = text and read_moment(text, zone, end_of_day=_MOMENTS[name])
        except ValueError as error:
            raise unfit(error, f"#/{name}") from error
    return said | read


def _shown(entity: Assignment, status: HTTPStatus = HTTPStatus.OK) -> Response:
    who = principal()
    shown = represent_courses.assignment(desk().courses.assignment(who, entity.id), who)
    headers = {"Location": shown.links.self} if status is HTTPStatus.CREATED else None
    return answer(shown, status, headers)
