"""The forms by which staff see a course as a student of it does, and as themselves again."""

from __future__ import annotations

from http import HTTPStatus

from flask import redirect, request, url_for
from werkzeug.wrappers import Response

from grader.access import cookies
from grader.access.paths import local_path
from grader.access.principal import principal
from grader.desks.desk import desk


def begin_guise(course: str, person: str) -> Response:
    """See the course as this student does, from its page on or from the one that is asked for.

    Raises:
        RequestError: not-found, or not-allowed: it is no student.
    """
    desk().guises.begin(principal(), course, person, cookies.read(cookies.SESSION))
    goal = local_path(request.form.get("next")) or url_for("pages.course", course=course)
    return redirect(goal, HTTPStatus.SEE_OTHER)


def end_guise() -> Response:
    """See all as oneself again, from the record of the student on."""
    who = principal()
    desk().guises.end(cookies.read(cookies.SESSION))
    if who.seen_by is None:  # another window was faster, or the hour is over
        return redirect(url_for("pages.home"), HTTPStatus.SEE_OTHER)
    record = url_for("pages.student", course=who.seen_in, person=who.id)
    return redirect(record, HTTPStatus.SEE_OTHER)
