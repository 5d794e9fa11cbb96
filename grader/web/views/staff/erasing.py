"""The page on which an instructor erases a student from a course."""

from __future__ import annotations

from http import HTTPStatus

from flask import make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from grader.access.principal import principal
from grader.desks.desk import desk
from grader.desks.problems import INVALID, RequestError


def erasing(course: str, person: str) -> Response:
    """What would go, and the form that asks for the name."""
    return _page(course, person)


def erase(course: str, person: str) -> Response:
    """Take away all that the course holds of a student; the log says that it was done.

    Raises:
        RequestError: not-found, or not-allowed: it is no student.
    """
    try:
        desk().privacy.erase(principal(), course, person, request.form.get("confirm", ""))
    except RequestError as error:
        if error.problem.type is not INVALID:
            raise
        return _page(course, person, wrong=True)
    return redirect(url_for("pages.log", course=course), HTTPStatus.SEE_OTHER)


def _page(course: str, person: str, *, wrong: bool = False) -> Response:
    held = desk()
    page = render_template(
        "staff/erasing.html",
        person=held.privacy.person(principal(), course, person),
        course=held.courses.course(principal(), course),
        wrong=wrong,
    )
    return make_response(page, HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK)
