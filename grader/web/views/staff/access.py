"""The page of the tokens that reach a course: its platforms', and those of its staff."""

from __future__ import annotations

from http import HTTPStatus

from flask import make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from grader.access.principal import principal
from grader.desks.desk import desk
from grader.desks.tokens import Fresh
from grader.store.identity.access_tokens import LIFETIME, LONGEST
from grader.web.forms import Complaints, about_token
from grader.web.views.sign_in import UNKEPT

#: How many tokens a page shows.
PAGE_LENGTH = 50


def access(course: str) -> Response:
    """The tokens, and the form for another one."""
    return _page(course)


def make_platform_token(course: str) -> Response:
    """Make a token for a platform; the answer shows it, this once."""
    name, days = request.form.get("token_name", ""), request.form.get("days", "")
    wrong = about_token(name, days)
    if wrong:
        return _page(course, wrong)
    held = desk().tokens
    return _page(
        course, fresh=held.make_for_platform(principal(), course, name=name, days=int(days))
    )


def revoke_course_token(course: str, id_: str) -> Response:
    """End a token of the course.

    Raises:
        RequestError: not-found or not-allowed.
    """
    desk().tokens.revoke_in_course(principal(), course, id_)
    return redirect(url_for("pages.access", course=course, done="revoked"), HTTPStatus.SEE_OTHER)


def _page(
    course: str, complaints: Complaints | None = None, fresh: Fresh | None = None
) -> Response:
    who, before = principal(), request.args.get("before")
    cursor = before if before is not None and desk().is_id(before) else None
    found = desk().tokens.of_course(who, course, limit=PAGE_LENGTH + 1, before=cursor)
    shown = found[:PAGE_LENGTH]
    page = render_template(
        "staff/access.html",
        course=desk().courses.course(who, course),
        tokens=[one for one in shown if one.course == course],
        others=[one for one in shown if one.course != course],
        names=desk().courses.people.names({one.person for one in shown}),
        following=shown[-1].id if len(found) > PAGE_LENGTH else None,
        fresh=fresh,
        done=request.args.get("done") == "revoked",
        complaints=complaints or {},
        given=request.form if complaints else {},
        lasts=LIFETIME.days,
        longest=LONGEST.days,
    )
    answer = make_response(page, HTTPStatus.UNPROCESSABLE_ENTITY if complaints else HTTPStatus.OK)
    answer.headers["Cache-Control"] = UNKEPT
    return answer
