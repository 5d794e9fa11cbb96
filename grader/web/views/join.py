"""The page of an invitation: into a course, with an account or a new one, or back in."""

from __future__ import annotations

from http import HTTPStatus

from flask import Response as FlaskResponse
from flask import make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from grader.access.door import door
from grader.access.passwords import SHORTEST, Busy
from grader.access.principal import principal
from grader.store.course.invitations import Invitation, InvitationSpent
from grader.store.identity.people import Person, UsernameTaken
from grader.web.forms import Complaints, about_name, about_password, about_username
from grader.web.views.sign_in import BUSY_SECONDS, UNKEPT, busy_words, wait_page


def join(token: str) -> Response:
    """What the link is for, with the form that uses it."""
    return _page(token)


def try_join(token: str) -> Response:
    """Its forms: somebody new, who has signed in already, or who needs a new password."""
    found = door().invitations.look(token)
    if found is None:
        return _page(token)
    try:
        if found.person is not None:
            return _choose_password(token, found)
        who = principal()
        if who.person is not None and not who.is_demo and "join" in request.form:
            return _enter(token, found, who.person)
        return _create(token, found)
    except InvitationSpent:  # somebody else was faster
        return _page(token)
    except Busy:
        return wait_page(_page(token, {"": busy_words()}), BUSY_SECONDS)


def _enter(token: str, found: Invitation, person: Person) -> Response:
    door().invitations.accept(token, person.id)
    return redirect(url_for("pages.course", course=found.course), HTTPStatus.SEE_OTHER)


def _create(token: str, found: Invitation) -> Response:
    name, username, password = (
        request.form.get(field, "") for field in ("name", "username", "password")
    )
    wrong = about_name(name) | about_username(username)
    wrong |= about_password(password, username=username, name=name)
    if wrong:
        return _page(token, wrong)
    hashed = door().passwords.hash(password)
    try:
        person = door().invitations.join(token, name=name, username=username, password_hash=hashed)
    except UsernameTaken:
        return _page(token, {"username": _("Somebody has this user name already.")})
    return _signed_in(person.id, url_for("pages.course", course=found.course))


def _choose_password(token: str, found: Invitation) -> Response:
    password = request.form.get("password", "")
    wrong = about_password(password, username=found.username or "", name=found.person_name or "")
    if wrong:
        return _page(token, wrong)
    person = door().invitations.choose_password(token, door().passwords.hash(password))
    return _signed_in(person, url_for("pages.home"))


def _signed_in(person: str, goal: str) -> Response:
    answer = redirect(goal, HTTPStatus.SEE_OTHER)
    door().sign_in(answer, person)
    return answer


def _page(token: str, complaints: Complaints | None = None) -> FlaskResponse:
    found = door().invitations.look(token)
    who = principal()
    page = render_template(
        "join.html",
        invitation=found,
        complaints=complaints or {},
        person=None if who.is_demo else who.person,
        shortest=SHORTEST,
        given=request.form,
    )
    status = HTTPStatus.UNPROCESSABLE_ENTITY if complaints else HTTPStatus.OK
    answer = make_response(page, HTTPStatus.NOT_FOUND if found is None else status)
    answer.headers["Cache-Control"] = UNKEPT
    return answer
