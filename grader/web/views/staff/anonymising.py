"""The page on which an instructor takes away who the students of a course were."""

from __future__ import annotations

from http import HTTPStatus

from flask import make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from grader.access.principal import principal
from grader.desks.desk import desk
from grader.desks.problems import INVALID, RequestError
from grader.store.anonymity.anonymity import Keep


def anonymising(course: str) -> Response:
    """What would go and what would stay, and the form that asks for the title."""
    return _page(course)


def anonymise(course: str) -> Response:
    """Take away who the students were; the log says that it was done.

    Raises:
        RequestError: not-found, or course-busy.
    """
    form = request.form
    keep = Keep(words="keep_words" in form, code_comments="keep_code_comments" in form)
    try:
        desk().privacy.anonymise(principal(), course, form.get("confirm", ""), keep)
    except RequestError as error:
        if error.problem.type is not INVALID:
            raise
        return _page(course, wrong=True)
    return redirect(url_for("pages.log", course=course), HTTPStatus.SEE_OTHER)


def _page(course: str, *, wrong: bool = False) -> Response:
    found = desk().courses.course(principal(), course)
    sent = request.form if wrong else {}
    page = render_template("staff/anonymising.html", course=found, wrong=wrong, sent=sent)
    return make_response(page, HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK)
