"""The pages of internal errors: what is ours to mend, in a course and on the whole server."""

from __future__ import annotations

from http import HTTPStatus

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from grader.access.principal import principal
from grader.desks.desk import desk
from grader.desks.problems import NOT_FAILED, RequestError
from grader.store.course.courses import Course
from grader.store.submission.submissions import Summary
from grader.web import regrades as words_of

#: How many submissions a page lists.
PAGE_LENGTH = 50


def internal_errors(course: str) -> str:
    """What the grader failed on in a course, and fails on now."""
    return _list(desk().courses.course(principal(), course))


def grade_again(course: str) -> Response:
    """Grade one of a course again, or all of them."""
    found = desk().courses.course(principal(), course)
    if "submission" in request.form:
        count = _again(request.form["submission"], course)
    else:
        count = desk().internal_errors.again_all(principal(), found.id)
    return redirect(
        url_for("pages.internal_errors", course=course, again=count), HTTPStatus.SEE_OTHER
    )


def all_internal_errors() -> str:
    """The same of all courses, and of what answers to none."""
    return _list(None)


def grade_again_anywhere() -> Response:
    """Grade one again, or everything."""
    if "submission" in request.form:
        count = _again(request.form["submission"], None)
    else:
        count = desk().internal_errors.again_all(principal(), None)
    return redirect(url_for("pages.all_internal_errors", again=count), HTTPStatus.SEE_OTHER)


def _list(course: Course | None) -> str:
    who, held = principal(), desk().internal_errors
    id_ = None if course is None else course.id
    before = request.args.get("before") or None
    page, cursor = held.page(who, id_, limit=PAGE_LENGTH, before=before)
    return render_template(
        "staff/internal_errors.html",
        course=course,
        failures=page,
        extent=held.extent(who, id_),
        titles={one.submission.id: _title(one.submission) for one in page},
        cursor=cursor,
        before=before,
        again=request.args.get("again", type=int),
        said=words_of,
    )


def _title(submission: Summary) -> str:
    asked = desk().courses.pinned.get(submission.exercise, submission.exercise_version)
    asked = asked or desk().catalog.get(submission.exercise)
    return submission.exercise if asked is None else asked.title


def _again(id_: str, course: str | None) -> int:
    """Grade one submission again; what does not fail any more is left as it is."""
    found = desk().submission(id_)
    if course is not None and found.course != course:
        return 0
    try:
        desk().internal_errors.again(principal(), found)
    except RequestError as error:
        if error.problem.type is not NOT_FAILED:
            raise
        return 0
    return 1
