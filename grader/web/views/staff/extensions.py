"""The page of an assignment's extensions: who has more time or attempts, and why."""

from __future__ import annotations

from http import HTTPStatus

from flask import make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from grader.access.principal import principal
from grader.api import resources
from grader.api.endpoints.assignments import apply_extension
from grader.desks.desk import desk
from grader.desks.problems import RequestError
from grader.store.assignment.deadlines import zone_of
from grader.store.course.roles import Role
from grader.web.standing import local_moment
from grader.web.views.staff.policies import assignment_of, title_of
from grader.web.views.talk import plain, validated, whole_number

_FIELDS = ("due_at", "closes_at", "more_attempts", "reason")


def extensions(course: str, id_: str) -> str:
    """The extensions, and a form to give one."""
    return _page(course, id_, {}, [])


def give_extension(course: str, id_: str) -> Response:
    """Its form: gives one student an extension, in place of any before."""
    assignment_of(course, id_)
    given = {name: request.form.get(name, "").strip() for name in _FIELDS}
    fields = {
        "due_at": given["due_at"] or None,
        "closes_at": given["closes_at"] or None,
        "more_attempts": whole_number(given["more_attempts"] or "0"),
        "reason": plain(given["reason"]),
    }
    try:
        apply_extension(
            id_, request.form.get("person", ""), validated(resources.NewExtension, fields)
        )
    except RequestError as error:
        complaints = [one.message for one in error.problem.errors] or [error.problem.detail]
        page = _page(course, id_, given, complaints)
        return make_response(page, HTTPStatus.UNPROCESSABLE_ENTITY)
    return redirect(url_for(".extensions", course=course, id_=id_), HTTPStatus.SEE_OTHER)


def take_back_extension(course: str, id_: str, person: str) -> Response:
    """Take an extension back."""
    assignment_of(course, id_)
    apply_extension(id_, person, None)
    return redirect(url_for(".extensions", course=course, id_=id_), HTTPStatus.SEE_OTHER)


def _page(course: str, id_: str, given: dict[str, str], complaints: list[str]) -> str:
    held = desk().courses
    entity = assignment_of(course, id_)
    found = held.course(principal(), course)
    granted = held.assignments.extensions(id_)
    members = held.memberships.of(course, limit=5000)
    return render_template(
        "staff/extensions.html",
        course=found,
        assignment=entity,
        title=title_of(entity),
        exercise=held.pinned.get(entity.exercise, entity.exercise_version),
        zone=zone_of(found.time_zone),
        local_moment=local_moment,
        granted=granted,
        names=held.people.names(granted),
        students=sorted(
            (one.person for one in members if one.role is Role.STUDENT),
            key=lambda person: (person.name.casefold(), person.id),
        ),
        person=request.values.get("person", ""),
        given=given,
        complaints=complaints,
    )
