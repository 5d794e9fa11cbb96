"""The page of an assignment's settings: its rules in a form, and the release of its grades."""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus
from typing import Any
from zoneinfo import ZoneInfo

from flask import make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from pydantic import ValidationError
from werkzeug.wrappers import Response

from grader.access.principal import principal
from grader.api import resources
from grader.api.endpoints.assignments import apply_change, apply_release
from grader.api.http.errors import refuse
from grader.desks.desk import desk
from grader.desks.hiding import hideable
from grader.desks.problems import NOT_FOUND, RequestError
from grader.store.assignment.assignments import Assignment, Rules
from grader.store.assignment.deadlines import zone_of
from grader.store.assignment.disclosure import Release
from grader.store.course.courses import Course
from grader.web.views.talk import real_number, whole_number
from grader.web.words import number

_MOMENTS = ("opens_at", "due_at", "closes_at")


def policies(course: str, id_: str) -> str:
    """The rules of an assignment, as they are."""
    found, entity = _found(course, id_)
    return _page(found, entity, _fields(entity.rules, zone_of(found.time_zone)))


def change_policies(course: str, id_: str) -> Response:
    """Its form: changes what is other than it was, or says what does not fit."""
    found, entity = _found(course, id_)
    before = _fields(entity.rules, zone_of(found.time_zone))
    given = {name: request.form.get(name, "").strip() for name in before}
    hidden = request.form.getlist("hidden_criteria")
    try:
        body = _body(_said(before, given) | _hiding(entity, hidden))
        apply_change(id_, body)
    except RequestError as error:
        complaints = [one.message for one in error.problem.errors] or [error.problem.detail]
        page = _page(found, entity, given, complaints, hidden)
        return make_response(page, HTTPStatus.UNPROCESSABLE_ENTITY)
    return redirect(url_for(".policies", course=course, id_=id_, saved=1), HTTPStatus.SEE_OTHER)


def release_grades(course: str, id_: str) -> Response:
    """Let students see their grades now."""
    return _release(course, id_, released=True)


def withhold_grades(course: str, id_: str) -> Response:
    """Let students see their grades only when the rules say."""
    return _release(course, id_, released=False)


def assignment_of(course: str, id_: str) -> Assignment:
    """An assignment of the course that the address names.

    Raises:
        RequestError: not-found.
    """
    entity = desk().courses.entity(principal(), id_)
    if entity.course != course:
        raise RequestError(NOT_FOUND, "There is no such assignment.")
    return entity


def title_of(entity: Assignment) -> str:
    """The title of what an assignment asks for."""
    asked = desk().courses.pinned.get(entity.exercise, entity.exercise_version)
    return entity.exercise if asked is None else asked.title


def _release(course: str, id_: str, *, released: bool) -> Response:
    assignment_of(course, id_)
    apply_release(id_, released=released)
    return redirect(url_for(".policies", course=course, id_=id_), HTTPStatus.SEE_OTHER)


def _found(course: str, id_: str) -> tuple[Course, Assignment]:
    entity = assignment_of(course, id_)
    return desk().courses.course(principal(), course), entity


def _page(
    course: Course,
    entity: Assignment,
    fields: dict[str, str],
    complaints: list[str] | None = None,
    hidden: list[str] | None = None,
) -> str:
    asked = desk().courses.pinned.get(entity.exercise, entity.exercise_version)
    served = desk().catalog.get(entity.exercise)
    return render_template(
        "staff/policies.html",
        course=course,
        assignment=entity,
        title=title_of(entity),
        exercise=asked,
        fields=fields,
        complaints=complaints or [],
        criteria=hideable(asked),
        hidden=entity.rules.hidden_criteria if hidden is None else hidden,
        releases=_releases(),
        has_newer=served is not None and served.version != entity.exercise_version,
        saved="saved" in request.args,
    )


def _releases() -> dict[Release, str]:
    return {
        Release.AT_ONCE: str(_("as soon as each submission is graded")),
        Release.AFTER_CLOSE: str(_("once nothing can be handed in any more")),
        Release.BY_HAND: str(_("when you release them")),
    }


def _fields(rules: Rules, zone: ZoneInfo) -> dict[str, str]:
    """The rules as the form shows them; moments in the course's time zone."""
    fields = {name: _local(getattr(rules, name), zone) for name in _MOMENTS}
    return fields | {
        "late_penalty": number(100 * rules.late_penalty).replace(",", "."),
        "attempts": "" if rules.attempts is None else str(rules.attempts),
        "cooldown_seconds": str(rules.cooldown_seconds),
        "release": rules.release.value,
        "update_version": "",
    }


def _local(moment: datetime | None, zone: ZoneInfo) -> str:
    if moment is None:
        return ""
    return moment.astimezone(zone).replace(tzinfo=None).isoformat(timespec="seconds")


def _said(before: dict[str, str], given: dict[str, str]) -> dict[str, Any]:
    """What was changed in the form, as the API's body says it."""
    changed = {name: text for name, text in given.items() if text != before[name]}
    said: dict[str, Any] = {
        name: text or None for name, text in changed.items() if name in _MOMENTS
    }
    if "late_penalty" in changed:
        percent = real_number(changed["late_penalty"] or "0")
        said["late_penalty"] = percent / 100 if isinstance(percent, float) else percent
    if "attempts" in changed:
        said["attempts"] = whole_number(changed["attempts"])
    if "cooldown_seconds" in changed:
        said["cooldown_seconds"] = whole_number(changed["cooldown_seconds"] or "0")
    if "release" in changed:
        said["release"] = changed["release"]
    return said | ({"update_version": True} if changed.get("update_version") else {})


def _hiding(entity: Assignment, hidden: list[str]) -> dict[str, Any]:
    changed = set(hidden) != set(entity.rules.hidden_criteria)
    return {"hidden_criteria": hidden} if changed else {}


def _body(said: dict[str, Any]) -> resources.AssignmentChange:
    try:
        return resources.AssignmentChange.model_validate(said)
    except ValidationError as error:
        refuse(error)
