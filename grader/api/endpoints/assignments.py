"""The API's assignments: what a course asks for, by when, and how one stands in it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from http import HTTPStatus
from typing import Any
from zoneinfo import ZoneInfo

from flask import Response
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag

from exercises.exercise import AnyExercise
from grader.access.principal import principal
from grader.api import represent, resources
from grader.api.http.answers import answer, documented
from grader.desks import problems
from grader.desks.desk import desk
from grader.desks.hiding import require_hideable
from grader.desks.problems import ANSWERED, NOT_FOUND, RequestError
from grader.desks.unfit import unfit
from grader.store.assignment.assignments import Assignment, Extension, Rules
from grader.store.assignment.deadlines import read_moment, zone_of

blueprint = APIBlueprint(
    "assignments",
    __name__,
    url_prefix="/api/v1",
    abp_tags=[Tag(name="assignments", description="What a course asks for, and by when.")],
)

#: The fields that hold moments, and whether a date alone means its last second.
_MOMENTS = {"opens_at": False, "due_at": True, "closes_at": True}


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
    items = [represent.assignment_item(one) for one in held.assigned(who, path.course)]
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
    rules = _rules(Rules(), said, zone_of(course.time_zone), asked)
    desk().acceptance.keep(asked)
    made = held.assignments.assign(
        course.id, asked.slug, asked.version, rules, actor=principal().actor
    )
    return _shown(made, HTTPStatus.CREATED)


@blueprint.get(
    "/assignments/<id>",
    responses=documented({HTTPStatus.OK: resources.Assignment}, problems.NOT_FOUND),
)
def show(path: resources.AssignmentPath) -> Response:
    """Read one assignment: what is asked, its rules, and how you stand in it."""
    who = principal()
    seen = desk().courses.assignment(who, path.id)
    return answer(represent.assignment(seen, who))


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
    return _shown(apply_change(path.id, body))


@blueprint.post(
    "/assignments/<id>/release",
    responses=documented({HTTPStatus.OK: resources.Assignment}, problems.NOT_FOUND),
)
def release(path: resources.AssignmentPath) -> Response:
    """Let students see their grades now, whatever the rules say of when. For instructors.

    Hidden criteria stay hidden until the assignment has closed.
    """
    return _shown(apply_release(path.id))


@blueprint.delete(
    "/assignments/<id>/release",
    responses=documented({HTTPStatus.OK: resources.Assignment}, problems.NOT_FOUND),
)
def withhold(path: resources.AssignmentPath) -> Response:
    """Take the release back: students see their grades when the rules say. For instructors."""
    return _shown(apply_release(path.id, released=False))


@blueprint.delete(
    "/assignments/<id>",
    responses=documented({HTTPStatus.NO_CONTENT: None}, problems.NOT_FOUND, problems.ANSWERED),
)
def remove(path: resources.AssignmentPath) -> Response:
    """Take back an assignment that nobody has answered. For instructors."""
    found, _ = _entity(path.id)
    if not desk().courses.assignments.remove(found.id, actor=principal().actor):
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
    items = [represent.extension(person, one) for person, one in given.items()]
    return answer(resources.ExtensionList(items=items))


@blueprint.put(
    "/assignments/<id>/extensions/<person>",
    responses=documented(
        {HTTPStatus.OK: resources.Extension}, *problems.OF_A_BODY, problems.NOT_FOUND
    ),
)
def extend(path: resources.ExtensionPath, body: resources.NewExtension) -> Response:
    """Give one student more time or more attempts, in place of what was given before. For staff."""
    extension = apply_extension(path.id, path.person, body)
    return answer(represent.extension(path.person, extension or Extension()))


@blueprint.delete(
    "/assignments/<id>/extensions/<person>",
    responses=documented({HTTPStatus.NO_CONTENT: None}, problems.NOT_FOUND),
)
def take_back(path: resources.ExtensionPath) -> Response:
    """Take an extension back. For staff."""
    apply_extension(path.id, path.person, None)
    return Response(status=HTTPStatus.NO_CONTENT)


def apply_change(id_: str, body: resources.AssignmentChange) -> Assignment:
    """Change an assignment as a body says: of the API, or of the page's form.

    Raises:
        RequestError: not-found, invalid, unknown-exercise, exercise-unavailable.
    """
    held, actor = desk().courses, principal().actor
    found, zone = _entity(id_)
    said: dict[str, Any] = body.model_dump(include=body.model_fields_set)
    position, update = said.pop("position", None), said.pop("update_version", False)
    asked, version = held.pinned.get(found.exercise, found.exercise_version), None
    if update:
        asked = desk().asked(found.exercise)
        desk().acceptance.keep(asked)
        version = asked.version
    rules = _rules(found.rules, said, zone, asked)
    changed = held.assignments.change(found.id, rules=rules, exercise_version=version, actor=actor)
    if position is not None:
        changed = held.assignments.move(found.id, position, actor=actor)
    return _required(changed)


def apply_release(id_: str, *, released: bool = True) -> Assignment:
    """Release an assignment's grades, or take that back.

    Raises:
        RequestError: not-found.
    """
    found, _ = _entity(id_)
    released_by = principal().actor
    return _required(
        desk().reviews.releases.release(found.id, released=released, actor=released_by)
    )


def apply_extension(id_: str, person: str, body: resources.NewExtension | None) -> Extension | None:
    """Give a student an extension as a body says, or with None take it back.

    Raises:
        RequestError: not-found, invalid.
    """
    found, zone = _entity(id_)
    _require_member(found.course, person)
    extension = None
    if body is not None:
        said = _moments(body.model_dump(), zone)
        try:
            extension = Extension(**said)
        except ValueError as error:
            raise unfit(error) from error
    desk().courses.assignments.extend(found.id, person, extension, actor=principal().actor)
    return extension


def _required(found: Assignment | None) -> Assignment:
    if found is None:
        raise RequestError(NOT_FOUND, "There is no such assignment.")
    return found


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


def _rules(before: Rules, said: dict[str, Any], zone: ZoneInfo, asked: AnyExercise | None) -> Rules:
    """The rules, with what was said of them, for an exercise at the version that is asked.

    Raises:
        RequestError: invalid.
    """
    changes = _moments(said, zone)
    if "hidden_criteria" in changes:
        changes["hidden_criteria"] = tuple(dict.fromkeys(changes["hidden_criteria"]))
    try:
        rules = replace(before, **changes)
    except ValueError as error:
        raise unfit(error) from error
    if asked is not None:
        require_hideable(rules.hidden_criteria, asked)
    return rules


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
    shown = represent.assignment(desk().courses.assignment(who, entity.id), who)
    headers = {"Location": shown.links.self} if status is HTTPStatus.CREATED else None
    return answer(shown, status, headers)
