"""The overview of a course, and the record of one of its students."""

from __future__ import annotations

from http import HTTPStatus

from flask import make_response, redirect, render_template, request, url_for
from pydantic import ValidationError
from werkzeug.wrappers import Response

from grader.access.principal import principal
from grader.api import represent, resources
from grader.api.endpoints.assignments import apply_extension
from grader.api.endpoints.overview import wanted
from grader.api.http.errors import refuse
from grader.desks.desk import desk
from grader.desks.problems import INVALID, NOT_FOUND, RequestError
from grader.web import cells
from grader.web.forms import Complaints
from grader.web.queries import read_query
from grader.web.standing import shown

#: How many submissions of a student a page shows.
PAGE_LENGTH = 50


def overview(course: str) -> str:
    """The students of a course, with how each has done in each assignment."""
    query = read_query(resources.OverviewQuery)
    asked = wanted(query)
    found = desk().classes.overview(
        principal(), course, asked, limit=query.limit, after=query.after
    )
    kept = query.model_dump(mode="json", exclude_defaults=True, exclude={"after"})
    return render_template(
        "staff/overview.html",
        course=found.course,
        found=found,
        query=query,
        rows=cells.shown_students(found, asked),
        asked=cells.asked_words(asked),
        cells=cells,
        kept=kept,
    )


def student(course: str, person: str) -> Response:
    """All that one student has done in a course, and the form for an extension."""
    return _record(course, person)


def extend(course: str, person: str) -> Response:
    """Give a student an extension in an assignment of the course, or take it back.

    Raises:
        RequestError: not-found.
    """
    id_ = request.form.get("assignment", "")
    # Whoever teaches this course is let in by its address: the assignment must be of it.
    if desk().courses.entity(principal(), id_).course != course:
        raise RequestError(NOT_FOUND, "There is no such assignment.")
    try:
        apply_extension(id_, person, None if "take_back" in request.form else _extension())
    except RequestError as error:
        return _record(course, person, _complaints(error))
    done = "taken_back" if "take_back" in request.form else "given"
    there = url_for("pages.student", course=course, person=person, done=done)
    return redirect(there, HTTPStatus.SEE_OTHER)


def _extension() -> resources.NewExtension:
    """The extension that the form gives.

    Raises:
        RequestError: invalid.
    """
    said: dict[str, object] = {
        name: request.form[name] for name in ("due_at", "closes_at") if request.form.get(name)
    }
    more = request.form.get("more_attempts") or "0"
    said["more_attempts"] = int(more) if more.isascii() and more.isdigit() else more
    said["reason"] = request.form.get("reason", "")
    try:
        return resources.NewExtension.model_validate(said)
    except ValidationError as error:
        refuse(error)


def _complaints(error: RequestError) -> Complaints:
    """By field what is wrong with what was sent.

    Raises:
        RequestError: the error itself, where it is about something else.
    """
    if error.problem.type is not INVALID:
        raise error
    return {
        (complaint.pointer or "").removeprefix("#/").strip("#") or "due_at": complaint.message
        for complaint in error.problem.errors
    }


def _record(course: str, person: str, complaints: Complaints | None = None) -> Response:
    query = read_query(resources.RecordQuery, limit=PAGE_LENGTH)
    found = desk().classes.record(
        principal(), course, person, limit=PAGE_LENGTH, before=query.before
    )
    page = render_template(
        "staff/student.html",
        course=found.course,
        found=found,
        person=found.member.person,
        shown=[(shown(one, found.course), one) for one in found.assigned],
        titles={one.assignment.id: one.exercise.title for one in found.assigned},
        items=[represent.item(one) for one in found.submissions],
        cells=cells,
        query=query,
        complaints=complaints or {},
        sent=request.form if complaints else {},
        done=request.args.get("done", ""),
    )
    status = HTTPStatus.UNPROCESSABLE_ENTITY if complaints else HTTPStatus.OK
    return make_response(page, status)
